package io.waybill.status;

import io.waybill.domain.Blame;
import io.waybill.domain.BreakerTrace;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.HealthSignal;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Adds an attempt to what is known of a destination's health. */
final class HealthReducer {
  /** Weight of the newest attempt in the average duration: the last ten or so make it up. */
  private static final double WEIGHT = 0.2;

  private HealthReducer() {}

  /** Whether the event is the end of an attempt; waiting and ending say nothing about health. */
  static boolean isAttempt(TaskEvent event) {
    return switch (event.transition()) {
      case TaskTransition.Delivered _, TaskTransition.AttemptFailed _ -> true;
      case TaskTransition.Parked _, TaskTransition.DeadLettered _, TaskTransition.Cancelled _ ->
          false;
    };
  }

  /** The destination's health after the event; nothing when that is no attempt. */
  static Optional<DestinationHealth> reduce(TaskEvent event, Optional<DestinationHealth> before) {
    return switch (event.transition()) {
      case TaskTransition.Delivered delivered ->
          Optional.of(succeeded(event, delivered.took(), before));
      case TaskTransition.AttemptFailed failed -> Optional.of(failed(event, failed, before));
      case TaskTransition.Parked _, TaskTransition.DeadLettered _, TaskTransition.Cancelled _ ->
          Optional.empty();
    };
  }

  /** Whether the destination does better or worse than before, and not only the same once more. */
  static boolean isNews(DestinationHealth before, DestinationHealth after) {
    return before.consecutiveFailures() != after.consecutiveFailures()
        || !before.breaker().counts(after.breaker());
  }

  private static DestinationHealth succeeded(
      TaskEvent event, Duration took, Optional<DestinationHealth> before) {
    return new DestinationHealth(
        event.destinationId(),
        event.organizationId(),
        event.destinationType(),
        DestinationHealth.Grade.HEALTHY,
        before.map(DestinationHealth::deliveries).orElse(0L) + 1,
        before.map(DestinationHealth::failures).orElse(0L),
        0,
        Optional.empty(),
        before.flatMap(DestinationHealth::lastFailureAt),
        Optional.of(event.occurredAt()),
        before.flatMap(DestinationHealth::lastReason),
        average(took, before),
        event.occurredAt(),
        trace(before).afterAnswer(event.occurredAt()),
        backlog(before));
  }

  /** Of a destination that no attempt was made at yet. */
  static DestinationHealth ofBacklog(HealthSignal.Backlog signal) {
    return new DestinationHealth(
        signal.destinationId(),
        signal.organizationId(),
        signal.type(),
        DestinationHealth.Grade.HEALTHY,
        0,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        signal.at(),
        BreakerTrace.none());
  }

  private static long backlog(Optional<DestinationHealth> before) {
    return before.map(DestinationHealth::backlog).orElse(0L);
  }

  private static DestinationHealth failed(
      TaskEvent event, TaskTransition.AttemptFailed failed, Optional<DestinationHealth> before) {
    Instant at = event.occurredAt();
    Reason reason = failed.reason();
    // A destination must not be disabled for what went wrong here.
    boolean counts = !Blame.saysNothing(reason);
    int consecutive =
        before.map(DestinationHealth::consecutiveFailures).orElse(0) + (counts ? 1 : 0);
    Optional<Instant> first = before.flatMap(DestinationHealth::firstFailureAt);
    return new DestinationHealth(
        event.destinationId(),
        event.organizationId(),
        event.destinationType(),
        DestinationHealth.Grade.of(consecutive),
        before.map(DestinationHealth::deliveries).orElse(0L),
        before.map(DestinationHealth::failures).orElse(0L) + 1,
        consecutive,
        counts ? first.or(() -> Optional.of(at)) : first,
        Optional.of(at),
        before.flatMap(DestinationHealth::lastSuccessAt),
        Optional.of(reason),
        average(failed.took(), before),
        at,
        trace(event, failed, before),
        backlog(before));
  }

  private static BreakerTrace trace(
      TaskEvent event, TaskTransition.AttemptFailed failed, Optional<DestinationHealth> before) {
    // The parts are those of the whole task, so a mail server that took one long ago has answered.
    Blame blame =
        failed.nextAttemptAt().isPresent()
            ? Blame.ofTransient(failed.reason(), event.doneParts())
            : Blame.ofLast(failed.reason(), event.doneParts());
    return switch (blame) {
      case ANSWERED -> trace(before).afterAnswer(event.occurredAt());
      case FAILING -> trace(before).afterFailure(event.occurredAt());
      case REFUSING -> trace(before).afterRefusal(event.occurredAt());
      case NOTHING -> trace(before);
    };
  }

  private static BreakerTrace trace(Optional<DestinationHealth> before) {
    return before.map(DestinationHealth::breaker).orElse(BreakerTrace.none());
  }

  private static Duration average(Duration took, Optional<DestinationHealth> before) {
    if (before.isEmpty() || before.get().deliveries() + before.get().failures() == 0) {
      return took;
    }
    double old = before.get().averageDuration().toNanos();
    return Duration.ofNanos(Math.round(old + WEIGHT * (took.toNanos() - old)));
  }
}
