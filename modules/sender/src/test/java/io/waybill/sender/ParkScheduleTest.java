package io.waybill.sender;

import static io.waybill.sender.TestTasks.NOW;
import static io.waybill.sender.TestTasks.aTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When parked tasks come back. */
class ParkScheduleTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final ParkSchedule schedule = new ParkSchedule();

  private static Task createdAt(Instant time) {
    return aTask().createdAt(time).build();
  }

  @Test
  void givesOneSlotAfterTheOtherNotBeforeTheLeastWait() {
    Instant first = schedule.nextSlot(createdAt(NOW), NOW, MINUTE, 4);
    assertThat(first).isEqualTo(NOW.plus(MINUTE));
    Instant second = schedule.nextSlot(createdAt(NOW), NOW, MINUTE, 4);
    assertThat(second).isEqualTo(first.plusMillis(250));
    Instant third = schedule.nextSlot(createdAt(NOW), NOW.plusSeconds(10), MINUTE, 4);
    assertThat(third).as("by its own wait").isEqualTo(NOW.plusSeconds(70));
    Instant fourth = schedule.nextSlot(createdAt(NOW), NOW.plusSeconds(10), Duration.ZERO, 2);
    assertThat(fourth)
        .as("never before one that was parked earlier")
        .isEqualTo(third.plusMillis(500));
  }

  @Test
  void whatIsNewIsBehindWhatIsParkedUntilTheLastSlotHasCome() {
    Task parked = createdAt(NOW.minusSeconds(10));
    Instant slot = schedule.nextSlot(parked, NOW, MINUTE, 10);
    Task newer = createdAt(NOW);

    assertThat(schedule.isBehind(newer, NOW)).isTrue();
    assertThat(schedule.isBehind(parked, NOW)).as("it comes back").isFalse();
    assertThat(schedule.isBehind(createdAt(NOW.minusSeconds(20)), NOW))
        .as("was there before it")
        .isFalse();
    assertThat(schedule.isBehind(aTask().priority(8).createdAt(NOW).build(), NOW))
        .as("express")
        .isFalse();
    assertThat(schedule.isBehind(newer, slot.minusMillis(1))).isTrue();
    assertThat(schedule.isBehind(newer, slot)).isFalse();
  }

  /**
   * A destination is silent for ten minutes and then answers; whatever was parked, whenever and for
   * however long, comes back no faster than it drains.
   */
  @ParameterizedTest(name = "{0} parked a second, {1} drain")
  @CsvSource({"20, 80", "100, 80", "300, 80", "100, 10", "5, 0.5", "100, 800"})
  void noSecondAfterARecoveryHasMoreThanTheDrainRate(int perSecond, double drain) {
    Duration longest = Duration.ofMinutes(3);
    List<Instant> slots = new ArrayList<>();
    for (int i = 0; i < 600 * perSecond; i++) {
      Duration silent = Duration.ofNanos(i * 1_000_000_000L / perSecond);
      Instant now = NOW.plus(silent);
      Duration wait = silent.compareTo(longest) > 0 ? longest : silent;
      slots.add(schedule.nextSlot(createdAt(now), now, wait, drain));
    }

    Map<Long, Long> perSlotSecond =
        slots.stream()
            .collect(
                Collectors.groupingBy(
                    Instant::getEpochSecond, TreeMap::new, Collectors.counting()));
    assertThat(perSlotSecond.values())
        .allSatisfy(count -> assertThat(count).isLessThanOrEqualTo((long) Math.ceil(drain)));
    assertThat(slots).isSorted().doesNotHaveDuplicates();
    Instant last = slots.getLast();
    Duration atTheDrainRate = Duration.ofMillis((long) (slots.size() * 1_000 / drain));
    Instant latest = NOW.plus(Duration.ofMinutes(10)).plus(longest).plus(atTheDrainRate);
    assertThat(last).as("nor much slower").isBefore(latest);
  }
}
