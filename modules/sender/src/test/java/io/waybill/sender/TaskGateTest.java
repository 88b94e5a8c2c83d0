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
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

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
        false);
  }

  private static TaskGate.Known nothing() {
    return new TaskGate.Known(Optional.empty(), Optional.empty(), OptionalInt.empty(), false);
  }

  private TaskGate.Decision decide(Task task, TaskGate.Known known) {
    return gate.decide(task, known, NOW);
  }

  private static Destination plain(long version) {
    return destination(HOOK, version, Optional.empty(), true, false);
  }

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
            Optional.of(plain(1)), Optional.of(secrets(HOOK, 1)), OptionalInt.of(1), false);
    assertThat(decide(aTask().generation(0).build(), cancelled))
        .isEqualTo(new TaskGate.Cancel(Reason.CANCELLED));
    assertThat(decide(aTask().generation(1).build(), cancelled))
        .isEqualTo(new TaskGate.Cancel(Reason.CANCELLED));
    assertThat(decide(aTask().generation(2).build(), cancelled)).isInstanceOf(TaskGate.Send.class);
  }

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

  @Test
  void waitsWhileDisabledOrPausedUntilMaxAge() {
    Destination disabled = destination(HOOK, 1, Optional.empty(), false, false);
    TaskGate.Known paused =
        new TaskGate.Known(
            Optional.of(plain(1)), Optional.of(secrets(HOOK, 1)), OptionalInt.empty(), true);
    assertThat(decide(aTask().build(), known(disabled)))
        .isEqualTo(
            new TaskGate.Park(Reason.DESTINATION_DISABLED, NOW.plus(TaskGate.WAIT_FOR_OWNER)));
    assertThat(decide(aTask().build(), paused))
        .isEqualTo(new TaskGate.Park(Reason.PAUSED, NOW.plus(TaskGate.WAIT_FOR_OWNER)));
    Task old = aTask().firstDueAt(NOW.minus(DAY).minusMillis(1)).build();
    assertThat(decide(old, known(disabled)))
        .isInstanceOfSatisfying(
            TaskGate.Bury.class, bury -> assertThat(bury.reason()).isEqualTo(Reason.MAX_AGE));
    assertThat(decide(old, paused)).isInstanceOf(TaskGate.Bury.class);
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

  @Test
  void buriesTasksOfAnotherType() {
    assertThat(decide(aTask().type(DestinationType.EMAIL).build(), known(plain(1))))
        .isInstanceOfSatisfying(
            TaskGate.Bury.class, bury -> assertThat(bury.reason()).isEqualTo(Reason.TYPE_MISMATCH));
  }
}
