package io.waybill.sender;

import static io.waybill.sender.TestTasks.HOOK;
import static io.waybill.sender.TestTasks.NOW;
import static io.waybill.sender.TestTasks.aTask;
import static io.waybill.sender.TestTasks.destination;
import static io.waybill.sender.TestTasks.retries;
import static io.waybill.sender.TestTasks.secrets;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskGateTest {
  private static final Duration DAY = Duration.ofHours(24);
  private final TaskGate gate =
      new TaskGate(DestinationType.WEBHOOK, RetryPolicy.defaults(), Duration.ofSeconds(60));

  private static TaskGate.Known known(Destination destination) {
    return known(destination, destination.version());
  }

  private static TaskGate.Known known(Destination destination, long secretsVersion) {
    return new TaskGate.Known(
        Optional.of(destination),
        Optional.of(secrets(HOOK, secretsVersion)),
        OptionalInt.empty(),
        Optional.empty());
  }

  private static TaskGate.Known nothing() {
    return new TaskGate.Known(
        Optional.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty());
  }

  private TaskGate.Decision decide(Task task, TaskGate.Known known) {
    return gate.decide(task, known, NOW);
  }

  private static Destination plain(long version) {
    return destination(HOOK, version, Optional.empty(), true, false);
  }

  @DisplayName("row 65: sends by the newest version and the destinations own policy")
  @Test
  void sendsByTheNewestVersionAndTheDestinationsOwnPolicy() {
    Destination newer = destination(HOOK, 3, 2);
    assertThat(decide(aTask().version(1).build(), known(newer)))
        .isEqualTo(
            new TaskGate.Send(
                newer,
                secrets(HOOK, 3),
                RetryPolicy.limited(
                    2,
                    Duration.ofSeconds(1),
                    2,
                    Duration.ofSeconds(10),
                    RetryPolicy.DEFAULT_JITTER_FACTOR,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(60))));
  }

  @Test
  void waitsForADestinationThatIsNotThereYetAndGivesUpAtMaxAge() {
    assertThat(decide(aTask().build(), nothing()))
        .isEqualTo(
            new TaskGate.Park(
                Reason.DESTINATION_PENDING, NOW.plus(TaskGate.FIRST_WAIT_FOR_DESTINATION)));
    assertThat(decide(aTask().firstDueAt(NOW.minusSeconds(5)).build(), nothing()))
        .isEqualTo(new TaskGate.Park(Reason.DESTINATION_PENDING, NOW.plusSeconds(5)));
    assertThat(decide(aTask().firstDueAt(NOW.minusSeconds(3_600)).build(), nothing()))
        .isEqualTo(
            new TaskGate.Park(
                Reason.DESTINATION_PENDING, NOW.plus(TaskGate.LONGEST_WAIT_FOR_DESTINATION)));
    assertThat(decide(aTask().firstDueAt(NOW.minus(DAY).minusMillis(1)).build(), nothing()))
        .isInstanceOfSatisfying(
            TaskGate.Bury.class,
            bury -> assertThat(bury.reason()).isEqualTo(Reason.DESTINATION_NOT_FOUND));
  }

  @DisplayName(
      "row 65: waits for the version of the task and for the credentials of the destination")
  @Test
  void waitsForTheVersionOfTheTaskAndForTheCredentialsOfTheDestination() {
    TaskGate.Park pending =
        new TaskGate.Park(
            Reason.DESTINATION_PENDING, NOW.plus(TaskGate.FIRST_WAIT_FOR_DESTINATION));
    assertThat(decide(aTask().version(2).build(), known(plain(1)))).isEqualTo(pending);
    assertThat(decide(aTask().build(), known(plain(2), 1))).isEqualTo(pending);
    assertThat(decide(aTask().build(), known(plain(2), 3))).isEqualTo(pending);
    assertThat(decide(aTask().version(2).build(), known(plain(2))))
        .isInstanceOf(TaskGate.Send.class);
  }

  @Test
  void sendsNothingForAnotherOrganization() {
    assertThat(decide(aTask().of(new OrganizationId("other")).build(), known(plain(1))))
        .isInstanceOfSatisfying(
            TaskGate.Bury.class,
            bury -> assertThat(bury.reason()).isEqualTo(Reason.DESTINATION_NOT_FOUND));
  }

  @Test
  void cancelsUpToTheGenerationThatTheCancelNames() {
    TaskGate.Known cancelled =
        new TaskGate.Known(
            Optional.of(plain(1)),
            Optional.of(secrets(HOOK, 1)),
            OptionalInt.of(1),
            Optional.empty());
    assertThat(decide(aTask().generation(0).build(), cancelled))
        .isEqualTo(new TaskGate.Cancel(Reason.CANCELLED));
    assertThat(decide(aTask().generation(1).build(), cancelled))
        .isEqualTo(new TaskGate.Cancel(Reason.CANCELLED));
    assertThat(decide(aTask().generation(2).build(), cancelled)).isInstanceOf(TaskGate.Send.class);
  }

  @DisplayName("row 75: ends what has expired and what lost its destination")
  @Test
  void endsWhatHasExpiredAndWhatLostItsDestination() {
    assertThat(decide(aTask().expiresAt(NOW).build(), known(plain(1))))
        .isEqualTo(new TaskGate.Cancel(Reason.EXPIRED));
    assertThat(decide(aTask().expiresAt(NOW.plusMillis(1)).build(), known(plain(1))))
        .isInstanceOf(TaskGate.Send.class);
    Destination deleted = destination(HOOK, 2, Optional.empty(), true, true);
    assertThat(decide(aTask().build(), known(deleted)))
        .isEqualTo(new TaskGate.Cancel(Reason.DESTINATION_DELETED));
  }

  @Test
  void aFallbackThatCannotStandInLetsTheNextOneHaveItsTurn() {
    TestTasks.ATask fallback = aTask().fallbackOf(new DestinationId("primary"));
    Destination deleted = destination(HOOK, 2, Optional.empty(), true, true);
    Destination disabled = destination(HOOK, 1, Optional.empty(), false, false);
    assertThat(decide(fallback.build(), known(deleted)))
        .isInstanceOfSatisfying(
            TaskGate.Bury.class,
            bury -> assertThat(bury.reason()).isEqualTo(Reason.DESTINATION_DELETED));
    assertThat(decide(fallback.build(), known(disabled)))
        .isInstanceOfSatisfying(
            TaskGate.Bury.class,
            bury -> assertThat(bury.reason()).isEqualTo(Reason.DESTINATION_DISABLED));
    assertThat(decide(fallback.version(2).build(), known(disabled)))
        .as("enabled again by a version that is not known here yet")
        .isInstanceOfSatisfying(
            TaskGate.Park.class,
            park -> assertThat(park.reason()).isEqualTo(Reason.DESTINATION_PENDING));
    assertThat(decide(fallback.version(1).attempts(1).build(), known(disabled)))
        .as("disabled while it was being tried")
        .isInstanceOf(TaskGate.Park.class);
  }

  private static final Destination DISABLED = destination(HOOK, 1, Optional.empty(), false, false);

  private static TaskGate.Known paused(Instant since) {
    return new TaskGate.Known(
        Optional.of(plain(1)),
        Optional.of(secrets(HOOK, 1)),
        OptionalInt.empty(),
        Optional.of(since));
  }

  private static Duration wait(TaskGate.Decision decision, Reason reason, Instant now) {
    assertThat(decision).isInstanceOf(TaskGate.Park.class);
    TaskGate.Park park = (TaskGate.Park) decision;
    assertThat(park.reason()).isEqualTo(reason);
    return Duration.between(now, park.dueAt());
  }

  /** The promise: back within as long as it was off, at least 5 seconds and at most 10 minutes. */
  @ParameterizedTest(name = "off for {0} s: looked at again within {1} s")
  @CsvSource({"0, 5", "3, 5", "20, 20", "400, 400", "600, 600", "40000, 600"})
  void looksAgainAfterAsLongAsTheDestinationHasBeenOff(long offSeconds, long withinSeconds) {
    Duration within = Duration.ofSeconds(withinSeconds);
    Instant now = NOW.plusSeconds(offSeconds);
    Task waiting = aTask().firstDueAt(NOW).build();
    // The destination was switched off at NOW; a task that is older has not waited for that.
    Task older = aTask().firstDueAt(NOW.minusSeconds(5_000)).build();
    for (Task task : List.of(waiting, older)) {
      assertThat(wait(gate.decide(task, known(DISABLED), now), Reason.DESTINATION_DISABLED, now))
          .isBetween(within.multipliedBy(3).dividedBy(4), within);
      // The timer holds what is paused: here it waits only until the timer has heard of it.
      Duration whilePaused = Duration.ofSeconds(Math.min(10, withinSeconds));
      assertThat(wait(gate.decide(task, paused(NOW), now), Reason.PAUSED, now))
          .isBetween(whilePaused.multipliedBy(3).dividedBy(4), whilePaused);
    }
  }

  /**
   * What a million of them come to: each is parked a few times at first, then six times an hour.
   */
  @Test
  void parksFewTimesHoweverLongTheDestinationIsOff() {
    int parkings = 0;
    Task task = aTask().firstDueAt(NOW).build();
    Instant now = NOW;
    while (gate.decide(task, known(DISABLED), now) instanceof TaskGate.Park park) {
      now = park.dueAt();
      parkings++;
    }
    assertThat(parkings).isBetween(24 * 6, 24 * 8 + 10);
    assertThat(now).isEqualTo(NOW.plus(DAY).plusMillis(1));
  }

  @Test
  void spreadsThoseThatWereParkedTogether() {
    Instant now = NOW.plusSeconds(3_600);
    List<Duration> waits =
        IntStream.range(0, 1_000)
            .mapToObj(_ -> gate.decide(aTask().build(), known(DISABLED), now))
            .map(decision -> wait(decision, Reason.DESTINATION_DISABLED, now))
            .sorted()
            .toList();
    assertThat(waits.get(250)).isBetween(Duration.ofSeconds(475), Duration.ofSeconds(500));
    assertThat(waits.get(750)).isBetween(Duration.ofSeconds(550), Duration.ofSeconds(575));
  }

  @Test
  void waitsWhileDisabledUntilMaxAgeAndWhilePausedUntilExpiry() {
    Task old = aTask().firstDueAt(NOW.minus(DAY).minusMillis(1)).build();
    assertThat(decide(old, known(DISABLED)))
        .isInstanceOfSatisfying(
            TaskGate.Bury.class, bury -> assertThat(bury.reason()).isEqualTo(Reason.MAX_AGE));
    assertThat(wait(decide(old, paused(NOW)), Reason.PAUSED, NOW)).isPositive();
    assertThat(wait(decide(old.withAttempts(3), paused(NOW)), Reason.PAUSED, NOW)).isPositive();
    TaskGate.Known pausedAndDisabled =
        new TaskGate.Known(
            Optional.of(DISABLED),
            Optional.of(secrets(HOOK, 1)),
            OptionalInt.empty(),
            Optional.of(NOW));
    assertThat(wait(decide(old, pausedAndDisabled), Reason.PAUSED, NOW)).isPositive();

    Instant now = NOW.plusSeconds(3_600);
    Task expiring = aTask().expiresAt(now.plusSeconds(7)).build();
    assertThat(wait(gate.decide(expiring, paused(NOW), now), Reason.PAUSED, now)).hasSeconds(7);
    assertThat(gate.decide(expiring, paused(NOW), now.plusSeconds(7)))
        .isEqualTo(new TaskGate.Cancel(Reason.EXPIRED));
  }

  @Test
  void buriesWhatIsOlderThanMaxAgeBeforeAnotherAttempt() {
    assertThat(decide(aTask().firstDueAt(NOW.minus(DAY)).build().withAttempts(1), known(plain(1))))
        .isInstanceOf(TaskGate.Send.class);
    Task old = aTask().firstDueAt(NOW.minus(DAY).minusMillis(1)).build();
    assertThat(decide(old.withAttempts(1), known(plain(1))))
        .isInstanceOfSatisfying(
            TaskGate.Bury.class, bury -> assertThat(bury.reason()).isEqualTo(Reason.MAX_AGE));
    // The destination's own limit: 2 s time-out, 60 s breaker reset, 1.1 s delay, 2 s time-out.
    Destination limited = destination(HOOK, 1, Optional.of(retries(1)), true, false);
    Task late = aTask().firstDueAt(NOW.minusMillis(65_101)).build();
    assertThat(decide(late.withAttempts(1), known(limited))).isInstanceOf(TaskGate.Bury.class);
  }

  @Test
  void alwaysMakesTheFirstAttempt() {
    Destination limited = destination(HOOK, 1, Optional.of(retries(1)), true, false);
    assertThat(decide(aTask().firstDueAt(NOW.minus(DAY)).build(), known(limited)))
        .isInstanceOf(TaskGate.Send.class);
  }

  @DisplayName("row 63: buries tasks of another type")
  @Test
  void buriesTasksOfAnotherType() {
    assertThat(decide(aTask().type(DestinationType.EMAIL).build(), known(plain(1))))
        .isInstanceOfSatisfying(
            TaskGate.Bury.class, bury -> assertThat(bury.reason()).isEqualTo(Reason.TYPE_MISMATCH));
  }
}
