package io.waybill.sender;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryEvent.TaskTransition.AttemptFailed;
import io.waybill.domain.DeliveryEvent.TaskTransition.Cancelled;
import io.waybill.domain.DeliveryEvent.TaskTransition.DeadLettered;
import io.waybill.domain.DeliveryEvent.TaskTransition.Delivered;
import io.waybill.domain.DeliveryEvent.TaskTransition.Parked;
import io.waybill.domain.Outcome;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.Task;
import io.waybill.wire.DeadLetters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What an outcome, or the lack of an attempt, makes of a task. Pure but for the jitter; safe to
 * share between threads.
 */
final class Settlements {
  /** A wait that costs no attempt, when nobody said how long. */
  static final Duration WAIT_FOR_DEPENDENCY = Duration.ofSeconds(5);

  /** A receiver may ask for so long a wait even where the destination's delays are shorter. */
  static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  /** How much younger than its maxAge a task stays that waits because of us. */
  private static final Duration LEFT = Duration.ofMinutes(10);

  private static final int LONGEST_MESSAGE = 2_000;

  private final RandomGenerator random;

  Settlements(RandomGenerator random) {
    this.random = random;
  }

  /**
   * What a made attempt comes to.
   *
   * @param task as it was before the attempt
   * @param whole the same with data and metadata inside, for a dead letter
   */
  Settlement ofAttempt(
      Task task,
      Task whole,
      RecordOrigin origin,
      Outcome outcome,
      RetryPolicy policy,
      Instant now) {
    return switch (outcome) {
      case Outcome.Delivered delivered ->
          ended(
              event(
                  task.withAttempts(task.attempts() + 1),
                  new Delivered(
                      cut(delivered.answer()),
                      delivered.externalReference().map(Settlements::cut),
                      delivered.took()),
                  now));
      case Outcome.Transient failed when costsNoAttempt(failed) ->
          parkedByUs(
              task.withDone(failed.doneParts()),
              failed.reason(),
              failed
                  .retryAfter()
                  .map(asked -> shorter(asked, LONGEST_RETRY_AFTER))
                  .orElse(WAIT_FOR_DEPENDENCY),
              policy,
              now);
      case Outcome.Transient failed ->
          afterTransient(
              task.withDone(failed.doneParts()),
              whole.withDone(failed.doneParts()),
              origin,
              failed,
              policy,
              now);
      case Outcome.Permanent failed ->
          failedForGood(
              task.withDone(failed.doneParts()),
              whole.withDone(failed.doneParts()),
              origin,
              new AttemptFailed(
                  failed.reason(), cut(failed.message()), failed.took(), Optional.empty()),
              failed.reason(),
              cut(failed.message()),
              now);
    };
  }

  /** The task waits without an attempt. */
  Settlement parked(Task task, Reason reason, Instant dueAt, Instant now) {
    return new Settlement(
        List.of(event(task, new Parked(reason, dueAt), now)),
        Optional.of(new ParkedTask(task, dueAt, reason)),
        Optional.empty());
  }

  /**
   * The task waits for something of ours, at no attempt, and not until it is too old: a key or a
   * dependency that is away for long must not turn what waits for it into dead letters.
   */
  Settlement parkedByUs(Task task, Reason reason, Duration wait, RetryPolicy policy, Instant now) {
    Instant dueAt = now.plus(wait);
    Instant youngest = dueAt.minus(policy.maxAge()).plus(shorter(LEFT, policy.maxAge()));
    Task kept = youngest.isAfter(task.firstDueAt()) ? task.withFirstDueAt(youngest) : task;
    return parked(kept, reason, dueAt, now);
  }

  /** The task waits for the end of a pause, and does not grow older meanwhile. */
  Settlement paused(Task task, Instant dueAt, Instant now) {
    Duration wait = Duration.between(now, dueAt);
    return parked(task.withFirstDueAt(task.firstDueAt().plus(wait)), Reason.PAUSED, dueAt, now);
  }

  /** The task ends unsent. */
  Settlement cancelled(Task task, Reason reason, Instant now) {
    return ended(event(task, new Cancelled(reason), now));
  }

  /** The task ends as a dead letter without an attempt. */
  Settlement buried(Task whole, RecordOrigin origin, Reason reason, String message, Instant now) {
    return new Settlement(
        List.of(event(whole, new DeadLettered(reason, message), now)),
        Optional.empty(),
        Optional.of(DeadLetters.ofTask(origin, whole, reason, message, now)));
  }

  /** The dead letter of a record that is no task: nobody knows which delivery to tell of it. */
  static Settlement ofRecord(DeadLetter letter) {
    return new Settlement(List.of(), Optional.empty(), Optional.of(letter));
  }

  private Settlement afterTransient(
      Task task,
      Task whole,
      RecordOrigin origin,
      Outcome.Transient failed,
      RetryPolicy policy,
      Instant now) {
    Task tried = task.withAttempts(task.attempts() + 1);
    String last = failed.reason().code() + ": " + cut(failed.message());
    AttemptFailed ending =
        new AttemptFailed(failed.reason(), cut(failed.message()), failed.took(), Optional.empty());
    if (!policy.allowsAnother(tried.attempts())) {
      return failedForGood(
          task,
          whole,
          origin,
          ending,
          Reason.ATTEMPTS_EXHAUSTED,
          "all " + tried.attempts() + " attempts are used up; the last failure was " + last,
          now);
    }
    Instant dueAt = now.plus(delay(tried.attempts(), failed.retryAfter(), policy));
    if (dueAt.isAfter(task.firstDueAt().plus(policy.maxAge()))) {
      return failedForGood(
          task,
          whole,
          origin,
          ending,
          Reason.MAX_AGE,
          "the next attempt would be later than the task's maxAge of "
              + policy.maxAge()
              + " allows; the last failure was "
              + last,
          now);
    }
    AttemptFailed goingOn =
        new AttemptFailed(
            failed.reason(), cut(failed.message()), failed.took(), Optional.of(dueAt));
    return new Settlement(
        List.of(event(tried, goingOn, now)),
        Optional.of(new ParkedTask(tried, dueAt, Reason.RETRY)),
        Optional.empty());
  }

  private static Settlement failedForGood(
      Task task,
      Task whole,
      RecordOrigin origin,
      AttemptFailed attempt,
      Reason reason,
      String message,
      Instant now) {
    int attempts = task.attempts() + 1;
    Task tried = task.withAttempts(attempts);
    return new Settlement(
        List.of(event(tried, attempt, now), event(tried, new DeadLettered(reason, message), now)),
        Optional.empty(),
        Optional.of(
            DeadLetters.ofTask(origin, whole.withAttempts(attempts), reason, message, now)));
  }

  private Duration delay(int attempts, Optional<Duration> retryAfter, RetryPolicy policy) {
    Duration own = delayAfter(attempts, policy);
    Duration cap =
        policy.maxDelay().compareTo(LONGEST_RETRY_AFTER) > 0
            ? policy.maxDelay()
            : LONGEST_RETRY_AFTER;
    Duration asked = retryAfter.map(floor -> shorter(floor, cap)).orElse(Duration.ZERO);
    return asked.compareTo(own) > 0 ? asked : own;
  }

  // Not every generator may be used by many threads at once.
  private synchronized Duration delayAfter(int attempts, RetryPolicy policy) {
    return policy.delayAfter(attempts, random);
  }

  /** Whether the failure is ours, so that the destination's attempts are not spent on it. */
  static boolean costsNoAttempt(Outcome outcome) {
    return outcome instanceof Outcome.Transient failed
        && (failed.reason() == Reason.KEY_UNAVAILABLE
            || failed.reason() == Reason.DEPENDENCY_UNAVAILABLE
            || failed.reason() == Reason.EGRESS_UNAVAILABLE);
  }

  private static Settlement ended(TaskEvent event) {
    return new Settlement(List.of(event), Optional.empty(), Optional.empty());
  }

  private static TaskEvent event(Task task, TaskTransition transition, Instant now) {
    return new TaskEvent(
        task.deliveryId(),
        task.organizationId(),
        now,
        task.taskId(),
        task.destinationId(),
        task.destinationType(),
        task.generation(),
        task.attempts(),
        transition,
        task.doneParts());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE);
  }
}
