package io.waybill.status;

import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.Accepted;
import io.waybill.domain.DeliveryEvent.Duplicate;
import io.waybill.domain.DeliveryEvent.Rejected;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Adds an event to what is known of a delivery. Monotone on (generation, attempt), so that late and
 * repeated events change nothing: within a generation a task that is over stays so, except that a
 * delivery that really happened is the truth whatever was said before.
 */
final class DeliveryReducer {
  private static final String NO_METADATA_SHA256 = RawJson.EMPTY_OBJECT.sha256();

  private DeliveryReducer() {}

  static Reduction reduce(DeliveryEvent event, Optional<DeliveryStatus> known) {
    Optional<DeliveryStatus> current = known.filter(status -> !isNobodys(status, event));
    if (current.isPresent() && !current.get().organizationId().equals(event.organizationId())) {
      return new Reduction.ForeignOrganization(current.get().organizationId());
    }
    return switch (event) {
      case Accepted accepted -> accept(accepted, current);
      case Rejected rejected -> replaceRefused(rejected(rejected), current);
      case Duplicate duplicate when duplicate.duplicateOf().equals(duplicate.deliveryId()) ->
          new Reduction.Unchanged(Reduction.Why.REPEATED);
      case Duplicate duplicate -> replaceRefused(duplicate(duplicate), current);
      case TaskEvent task ->
          current.isPresent() ? advance(task, current.get()) : new Reduction.UnknownDelivery();
    };
  }

  /**
   * A request without a readable organization was refused under this id. That owns nothing: who
   * repeats the request in order, or has the id by right, must not be taken for a stranger.
   */
  private static boolean isNobodys(DeliveryStatus status, DeliveryEvent event) {
    return status.organizationId().equals(OrganizationId.UNKNOWN)
        && !event.organizationId().equals(OrganizationId.UNKNOWN)
        && !(event instanceof TaskEvent);
  }

  private static Reduction accept(Accepted event, Optional<DeliveryStatus> current) {
    if (current.filter(status -> !wasRefused(status)).isPresent()) {
      return new Reduction.Unchanged(Reduction.Why.REPEATED);
    }
    return new Reduction.Changed(accepted(event));
  }

  /**
   * A refused request says nothing about a delivery that was accepted under the same id before; of
   * several refused requests under one id the newest holds.
   */
  private static Reduction replaceRefused(DeliveryStatus next, Optional<DeliveryStatus> current) {
    if (current.isEmpty()) {
      return new Reduction.Changed(next);
    }
    if (!wasRefused(current.get())) {
      return new Reduction.Unchanged(Reduction.Why.ALREADY_ACCEPTED);
    }
    return next.equals(current.get()) || next.updatedAt().isBefore(current.get().updatedAt())
        ? new Reduction.Unchanged(Reduction.Why.REPEATED)
        : new Reduction.Changed(next);
  }

  private static boolean wasRefused(DeliveryStatus status) {
    return status.state() == OverallState.REJECTED || status.state() == OverallState.DUPLICATE;
  }

  private static DeliveryStatus accepted(Accepted event) {
    Optional<Instant> later = event.deliverAt().filter(at -> at.isAfter(event.occurredAt()));
    Stream<DestinationStatus> tasks =
        event.tasks().stream()
            .map(task ->
                new DestinationStatus(
                    task.destinationId().value(),
                    Optional.of(task.destinationType()),
                    Optional.of(task.taskId()),
                    later.isPresent() ? DestinationState.PARKED : DestinationState.PENDING,
                    0,
                    0,
                    later.map(at -> Reason.DELIVER_AT),
                    Optional.empty(),
                    later,
                    Optional.empty(),
                    Optional.empty()));
    Stream<DestinationStatus> refused =
        event.refused().stream()
            .map(one ->
                new DestinationStatus(
                    one.destinationId(),
                    Optional.empty(),
                    Optional.empty(),
                    DestinationState.FAILED,
                    0,
                    0,
                    Optional.of(one.reason()),
                    Optional.of(one.message()),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()));
    List<DestinationStatus> destinations = Stream.concat(tasks, refused).toList();
    return new DeliveryStatus(
        event.deliveryId(),
        event.organizationId(),
        Overall.of(destinations),
        event.summary(),
        destinations,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.of(event.payload()),
        event.metadataSha256(),
        event.expiresAt(),
        event.occurredAt());
  }

  private static DeliveryStatus rejected(Rejected event) {
    return new DeliveryStatus(
        event.deliveryId(),
        event.organizationId(),
        OverallState.REJECTED,
        event.summary(),
        List.of(),
        Optional.empty(),
        Optional.of(event.reason()),
        event.errors(),
        Optional.empty(),
        NO_METADATA_SHA256,
        Optional.empty(),
        event.occurredAt());
  }

  private static DeliveryStatus duplicate(Duplicate event) {
    return new DeliveryStatus(
        event.deliveryId(),
        event.organizationId(),
        OverallState.DUPLICATE,
        event.summary(),
        List.of(),
        Optional.of(event.duplicateOf()),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        NO_METADATA_SHA256,
        Optional.empty(),
        event.occurredAt());
  }

  private static Reduction advance(TaskEvent event, DeliveryStatus status) {
    int position = positionOf(event.taskId(), event.destinationId().value(), status);
    if (position < 0) {
      return new Reduction.UnknownTask();
    }
    DestinationStatus before = status.destinations().get(position);
    Optional<Reduction.Why> why = whyNot(event, before);
    // What is done counts also when the rest of the event comes too late: a command may have ended
    // the task before the event beside it was read.
    DestinationStatus after =
        (why.isPresent() ? before : apply(event, before)).withDoneParts(doneParts(event, before));
    return after.equals(before)
        ? new Reduction.Unchanged(why.orElse(Reduction.Why.REPEATED))
        : new Reduction.Changed(Changes.with(status, position, after, event.occurredAt()));
  }

  private static int positionOf(TaskId taskId, String destinationId, DeliveryStatus status) {
    for (int i = 0; i < status.destinations().size(); i++) {
      DestinationStatus one = status.destinations().get(i);
      if (one.destinationId().equals(destinationId) && one.taskId().equals(Optional.of(taskId))) {
        return i;
      }
    }
    return -1;
  }

  /** Why an event says nothing new about a task, if so. */
  private static Optional<Reduction.Why> whyNot(TaskEvent event, DestinationStatus before) {
    if (event.generation() < before.generation()) {
      return Optional.of(Reduction.Why.OLDER_GENERATION);
    }
    if (event.generation() > before.generation()) {
      return Optional.empty();
    }
    if (event.transition() instanceof TaskTransition.Delivered) {
      return before.state() == DestinationState.DELIVERED
          ? Optional.of(Reduction.Why.TERMINAL)
          : Optional.empty();
    }
    if (before.state().isTerminal()) {
      return Optional.of(Reduction.Why.TERMINAL);
    }
    // An attempt ends once, and before anything else is said about that number of attempts.
    boolean attemptEnds = event.transition() instanceof TaskTransition.AttemptFailed;
    int least = attemptEnds ? before.attempts() + 1 : before.attempts();
    return event.attempt() < least ? Optional.of(Reduction.Why.OLDER_ATTEMPT) : Optional.empty();
  }

  /** What is done stays done, also when an event of a task made from less comes later. */
  private static List<String> doneParts(TaskEvent event, DestinationStatus before) {
    return Stream.concat(before.doneParts().stream(), event.doneParts().stream())
        .distinct()
        .toList();
  }

  private static DestinationStatus apply(TaskEvent event, DestinationStatus before) {
    int generation = event.generation();
    boolean sameLife = generation == before.generation();
    int attempts = sameLife ? Math.max(before.attempts(), event.attempt()) : event.attempt();
    return switch (event.transition()) {
      case TaskTransition.Delivered delivered ->
          Changes.delivered(
              before, generation, attempts, event.occurredAt(), delivered.externalReference());
      case TaskTransition.AttemptFailed failed ->
          Changes.undelivered(
              before,
              // Without a next attempt it is about to end: the event that says so follows.
              DestinationState.RETRYING,
              generation,
              attempts,
              Optional.of(failed.reason()),
              Optional.of(failed.message()),
              failed.nextAttemptAt());
      case TaskTransition.Parked parked -> {
        // A plain wait for the next attempt does not hide why the last one failed.
        boolean keepsError = parked.reason() == Reason.RETRY && sameLife;
        yield Changes.undelivered(
            before,
            DestinationState.PARKED,
            generation,
            attempts,
            keepsError && before.reason().isPresent()
                ? before.reason()
                : Optional.of(parked.reason()),
            keepsError ? before.message() : Optional.empty(),
            // Nobody knows when a pause ends.
            parked.reason() == Reason.PAUSED ? Optional.empty() : Optional.of(parked.dueAt()));
      }
      case TaskTransition.DeadLettered dead ->
          Changes.undelivered(
              before,
              // The command beside this event ends it, together with what follows: otherwise the
              // delivery would be shown as failed for as long as the command is on its way.
              dead.fallbackAsked() ? DestinationState.RETRYING : DestinationState.FAILED,
              generation,
              attempts,
              Optional.of(dead.reason()),
              Optional.of(dead.message()),
              Optional.empty());
      case TaskTransition.Cancelled cancelled ->
          Changes.undelivered(
              before,
              DestinationState.CANCELLED,
              generation,
              attempts,
              Optional.of(cancelled.reason()),
              Optional.empty(),
              Optional.empty());
    };
  }
}
