package io.waybill.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.soak.Fault.Kind;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Duration USUAL = Duration.ofMinutes(40);
  private static final Duration EVERY = Duration.ofSeconds(8);

  @Test
  void isTheSameForTheSameSeed() {
    assertThat(Schedule.of(7, USUAL, EVERY, 1)).isEqualTo(Schedule.of(7, USUAL, EVERY, 1));
    assertThat(Schedule.of(7, USUAL, EVERY, 3)).isEqualTo(Schedule.of(7, USUAL, EVERY, 3));
  }

  @Test
  void isAnotherForAnotherSeed() {
    assertThat(Schedule.of(7, USUAL, EVERY, 1)).isNotEqualTo(Schedule.of(8, USUAL, EVERY, 1));
  }

  @Test
  void killsTwoHundredTimesInTheUsualTimeWhateverTheSeed() {
    for (long seed = 1; seed <= 50; seed++) {
      List<Fault> faults = Schedule.of(seed, USUAL, EVERY, 1);
      assertThat(faults.stream().filter(fault -> fault.kind() == Kind.KILL).count())
          .as("seed %d", seed)
          .isGreaterThanOrEqualTo(200);
    }
  }

  @Test
  void hitsEveryProcessAndEveryLinkInAnyTenMinutes() {
    Set<String> wanted = new HashSet<>(Roster.ROLES.keySet());
    wanted.addAll(
        Set.of(
            Roster.BROKER,
            Roster.REGISTRY,
            Roster.HTTP_LINK,
            Roster.MORTAL_LINK,
            Roster.SMTP_LINK,
            Roster.S3_LINK,
            Roster.KAFKA_LINK));
    Set<String> hit = new HashSet<>();
    Set<Kind> kinds = new HashSet<>();
    Schedule.of(3, Duration.ofMinutes(10), EVERY, 1)
        .forEach(fault -> {
          hit.add(fault.victim());
          kinds.add(fault.kind());
        });

    assertThat(hit).isEqualTo(wanted);
    assertThat(kinds)
        .containsExactlyInAnyOrder(
            Kind.KILL,
            Kind.TERM,
            Kind.STOP,
            Kind.REFUSES,
            Kind.RESETS,
            Kind.SLOW,
            Kind.SLICES,
            Kind.BLACK_HOLE);
  }

  @Test
  void takesTwoOfThreeBrokersAwayEvenInAShortRun() {
    assertThat(Schedule.of(1, Duration.ofMinutes(1), EVERY, 3))
        .anyMatch(fault -> fault.kind() == Kind.TWO_DOWN);
    assertThat(Schedule.of(1, USUAL, EVERY, 1)).noneMatch(fault -> fault.kind() == Kind.TWO_DOWN);
  }

  @Test
  void isInOrderAndInTime() {
    List<Fault> faults = Schedule.of(1, USUAL, EVERY, 3);

    assertThat(faults).extracting(Fault::at).isSorted();
    assertThat(faults).allSatisfy(fault -> assertThat(fault.at()).isLessThan(USUAL));
    assertThat(faults).extracting(Fault::number).isSorted().doesNotHaveDuplicates();
  }
}
