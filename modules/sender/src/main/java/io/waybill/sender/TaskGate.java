package io.waybill.sender;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Reason;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** Decides, before each attempt, whether a task is sent, waits, or ends. Pure. */
final class TaskGate {
  /** A version just published reaches the view within milliseconds. */
  static final Duration FIRST_WAIT_FOR_DESTINATION = Duration.ofMillis(200);

  static final Duration LONGEST_WAIT_FOR_DESTINATION = Duration.ofSeconds(60);

  /**
   * A destination that is switched off is looked at again after as long as it has been off, between
   * these: so its tasks go on within that time once it is back, and a million of them are parked
   * anew some two thousand times a second, not two hundred thousand.
   */
  static final Duration FIRST_WAIT_FOR_OWNER = Duration.ofSeconds(5);

  static final Duration LONGEST_WAIT_FOR_OWNER = Duration.ofMinutes(10);

  /**
   * The timer holds what is paused as soon as it gets it, and lets it go when it is resumed. What
   * it gets before it has heard of the pause, or after it has heard of its end, waits so long.
   */
  static final Duration LONGEST_WAIT_WHILE_PAUSED = Duration.ofSeconds(10);

  /** Tasks that are parked together come back over that share of their wait, not at once. */
  private static final double SPREAD = 0.25;

  private final DestinationType type;
  private final RetryPolicy defaults;
  private final Duration breakerReset;

  TaskGate(DestinationType type, RetryPolicy defaults, Duration breakerReset) {
    this.type = type;
    this.defaults = defaults;
    this.breakerReset = breakerReset;
  }

  /**
   * What the sender knows around one task at the moment of deciding.
   *
   * @param cancelledUpTo the generation up to which the task's delivery is cancelled
   * @param pausedSince when the task's destination, organization or type is paused
   */
  record Known(
      Optional<Destination> destination,
      Optional<DestinationSecrets> secrets,
      OptionalInt cancelledUpTo,
      Optional<Instant> pausedSince) {}

  /** What is to be done with the task. */
  sealed interface Decision {}

  /** Try it. */
  record Send(Destination destination, DestinationSecrets secrets, RetryPolicy policy)
      implements Decision {}

  /** Not now, or never. */
  sealed interface Unsent extends Decision {}

  /** Wait, at no attempt. */
  record Park(Reason reason, Instant dueAt) implements Unsent {}

  /** End it unsent, as its owner wished. */
  record Cancel(Reason reason) implements Unsent {}

  /** End it as a dead letter. */
  record Bury(Reason reason, String message) implements Unsent {}

  Decision decide(Task task, Known known, Instant now) {
    if (task.destinationType() != type) {
      return new Bury(
          Reason.TYPE_MISMATCH,
          "a task of type " + task.destinationType().word() + " among those of " + type.word());
    }
    if (known.cancelledUpTo().isPresent()
        && known.cancelledUpTo().getAsInt() >= task.generation()) {
      return new Cancel(Reason.CANCELLED);
    }
    if (task.expiresAt().isPresent() && !now.isBefore(task.expiresAt().get())) {
      return new Cancel(Reason.EXPIRED);
    }
    if (known.destination().isEmpty()) {
      return waitForDestination(task, defaults, now, "it is not known here");
    }
    return decide(task, known.destination().get(), known, now);
  }

  private Decision decide(Task task, Destination destination, Known known, Instant now) {
    if (!destination.organizationId().equals(task.organizationId())) {
      // Reads the same as one that does not exist: who asks must not learn of others' ids.
      return new Bury(
          Reason.DESTINATION_NOT_FOUND,
          "destination " + task.destinationId() + " is not one of the task's organization");
    }
    if (cannotStandIn(task, destination)) {
      // A dead letter, and not its owner's wish or a wait, so that the next fallback has its turn.
      return new Bury(
          destination.deleted() ? Reason.DESTINATION_DELETED : Reason.DESTINATION_DISABLED,
          "destination "
              + destination.id()
              + " cannot stand in, it was "
              + (destination.deleted() ? "deleted" : "disabled")
              + " after it had been chosen");
    }
    if (destination.deleted()) {
      return new Cancel(Reason.DESTINATION_DELETED);
    }
    if (destination.type() != type) {
      return new Bury(
          Reason.TYPE_MISMATCH,
          "destination " + destination.id() + " is of type " + destination.type().word());
    }
    RetryPolicy policy = destination.config().retryPolicy(defaults, breakerReset);
    if (destination.version() < task.destinationVersion()) {
      return waitForDestination(
          task, policy, now, "version " + task.destinationVersion() + " is not known here");
    }
    Optional<DestinationSecrets> secrets =
        known.secrets().filter(sealed -> sealed.version() == destination.version());
    if (secrets.isEmpty()) {
      // Also when they are newer: a new credential must not go to the address of an old version.
      return waitForDestination(
          task,
          policy,
          now,
          "the credentials of version " + destination.version() + " are not known here");
    }
    // Before all that looks at its age, which stands still meanwhile.
    if (known.pausedSince().isPresent()) {
      return waitForResume(task, known.pausedSince().get(), now);
    }
    if (!destination.enabled()) {
      // Its newest version is the one that switched it off, or is younger still.
      return waitForOwner(task, policy, destination.updatedAt(), now);
    }
    // The first attempt is always made: an outage of ours must not use up a receiver's limited
    // retries before it was asked once. See docs/decisions/0011.
    if (task.attempts() > 0 && isTooOld(task, policy, now)) {
      return new Bury(Reason.MAX_AGE, tooOld(policy));
    }
    return new Send(destination, secrets.get(), policy);
  }

  private static boolean cannotStandIn(Task task, Destination destination) {
    // What an older version said does not count: it was chosen because it is enabled since.
    boolean isDisabled =
        !destination.enabled()
            && task.attempts() == 0
            && destination.version() >= task.destinationVersion();
    return task.fallbackOf().isPresent() && (destination.deleted() || isDisabled);
  }

  private static Decision waitForDestination(
      Task task, RetryPolicy policy, Instant now, String what) {
    if (isTooOld(task, policy, now)) {
      return new Bury(
          Reason.DESTINATION_NOT_FOUND,
          "destination "
              + task.destinationId()
              + ": "
              + what
              + ", and the task is "
              + tooOld(policy));
    }
    // Doubles the time already waited: many tasks that wait for long must not become a flood.
    Duration waited = Duration.between(task.firstDueAt(), now);
    Duration wait =
        Duration.ofMillis(
            Math.clamp(
                waited.toMillis(),
                FIRST_WAIT_FOR_DESTINATION.toMillis(),
                LONGEST_WAIT_FOR_DESTINATION.toMillis()));
    return new Park(Reason.DESTINATION_PENDING, now.plus(wait));
  }

  private static Decision waitForOwner(
      Task task, RetryPolicy policy, Instant disabledAt, Instant now) {
    if (isTooOld(task, policy, now)) {
      return new Bury(
          Reason.MAX_AGE,
          tooOld(policy) + "; destination " + task.destinationId() + " is disabled");
    }
    Instant again = again(task, disabledAt, LONGEST_WAIT_FOR_OWNER, now);
    // Not later than it ends, or it would be a dead letter only at its next turn.
    Instant end = task.firstDueAt().plus(policy.maxAge()).plusMillis(1);
    Instant last = task.expiresAt().filter(end::isAfter).orElse(end);
    return new Park(Reason.DESTINATION_DISABLED, last.isBefore(again) ? last : again);
  }

  /** However old it is: a pause is an operator's, and no task dies of it. */
  private static Decision waitForResume(Task task, Instant pausedSince, Instant now) {
    Instant again = again(task, pausedSince, LONGEST_WAIT_WHILE_PAUSED, now);
    return new Park(Reason.PAUSED, task.expiresAt().filter(again::isAfter).orElse(again));
  }

  /** When to look again at a task that nobody may send since then: as long as it has been so. */
  private static Instant again(Task task, Instant since, Duration longest, Instant now) {
    Duration waited = Duration.between(latest(since, task.firstDueAt()), now);
    long wait = Math.clamp(waited.toMillis(), FIRST_WAIT_FOR_OWNER.toMillis(), longest.toMillis());
    return now.plusMillis(Math.round(wait * (1 - SPREAD * shareOf(task))));
  }

  /** From 0 to 1, the same for a task each time. */
  private static double shareOf(Task task) {
    return (task.taskId().value().hashCode() & 0xffff) / (double) 0xffff;
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static boolean isTooOld(Task task, RetryPolicy policy, Instant now) {
    return now.isAfter(task.firstDueAt().plus(policy.maxAge()));
  }

  private static String tooOld(RetryPolicy policy) {
    return "older than its maxAge of " + policy.maxAge();
  }
}
