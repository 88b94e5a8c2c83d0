package io.waybill.sender;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryCommand.FallbackCause;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition.DeadLettered;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Adds to a settlement the wish for a destination that stands in, where there is reason for one:
 * the task is a dead letter, or it will wait for longer than its destination's {@code
 * fallbackAfter}. Who it becomes is decided by the status topology, which knows the delivery. Safe
 * to share between threads.
 */
final class FallbackRequests {
  private final DestinationView destinations;
  private final String actor;

  FallbackRequests(DestinationView destinations, DestinationType type) {
    this.destinations = destinations;
    this.actor = SenderConfig.groupId(type);
  }

  /**
   * The settlement with a wish, if there is one.
   *
   * @param task as it was read, so that a large payload stays in its request record
   */
  Settlement complete(Task task, Settlement settlement, Instant now) {
    if (settlement.deadLetter().isPresent()) {
      return afterDeath(task, settlement, now);
    }
    return settlement.parked().isPresent()
        ? whileWaiting(task, settlement, settlement.parked().get(), now)
        : settlement;
  }

  private Settlement afterDeath(Task task, Settlement settlement, Instant now) {
    List<TaskEvent> events = new ArrayList<>(settlement.events());
    TaskEvent last = events.getLast();
    if (!(last.transition() instanceof DeadLettered(Reason reason, String message, boolean _))
        || reason == Reason.PAYLOAD_MISSING
        || reason == Reason.PAYLOAD_KEY_DESTROYED) {
      // Nobody else could be sent what is gone, or can be read no more.
      return settlement;
    }
    List<FallbackTarget> targets = targets(task);
    // A fallback's failure is always told: those whose place it took may have others left.
    if (targets.isEmpty() && task.fallbackOf().isEmpty()) {
      return settlement;
    }
    events.set(events.size() - 1, with(last, new DeadLettered(reason, message, true)));
    return new Settlement(
        events,
        settlement.parked(),
        settlement.deadLetter(),
        Optional.of(
            command(
                task.withAttempts(last.attempt()),
                targets,
                new DeliveryCommand.Failed(reason, message),
                now)),
        settlement.destinationCommand());
  }

  private Settlement whileWaiting(
      Task task, Settlement settlement, ParkedTask parked, Instant now) {
    Optional<Duration> after =
        ownDestination(task).flatMap(destination -> destination.fallback().after());
    if (after.isEmpty() || task.fallbackAsked() || parked.reason() == Reason.PAUSED) {
      // A pause stops the clock: who wants others to stand in meanwhile disables the destination.
      return settlement;
    }
    Instant overdue = task.firstDueAt().plus(after.get());
    List<FallbackTarget> targets = targets(task);
    if (!parked.dueAt().isAfter(overdue) || targets.isEmpty()) {
      return settlement;
    }
    return new Settlement(
        settlement.events(),
        Optional.of(
            new ParkedTask(parked.task().withFallbackAsked(), parked.dueAt(), parked.reason())),
        settlement.deadLetter(),
        Optional.of(command(parked.task(), targets, new DeliveryCommand.Overdue(overdue), now)),
        settlement.destinationCommand());
  }

  /** Who can stand in for the task's destination as far as is known here, in its order. */
  private List<FallbackTarget> targets(Task task) {
    List<DestinationId> named =
        ownDestination(task)
            .map(destination -> destination.fallback().destinationIds())
            .orElse(List.of());
    return named.stream()
        .filter(id -> !id.equals(task.destinationId()))
        .flatMap(id -> destinations.destination(id).stream())
        .filter(target -> target.organizationId().equals(task.organizationId()))
        .filter(target -> target.enabled() && !target.deleted())
        .map(target -> new FallbackTarget(target.id(), target.type(), target.version()))
        .toList();
  }

  private Optional<Destination> ownDestination(Task task) {
    return destinations
        .destination(task.destinationId())
        .filter(destination -> destination.organizationId().equals(task.organizationId()));
  }

  private DeliveryCommand command(
      Task task, List<FallbackTarget> targets, FallbackCause cause, Instant now) {
    return new DeliveryCommand(
        UUID.randomUUID(),
        task.deliveryId(),
        task.organizationId(),
        actor,
        now,
        new DeliveryCommand.Fallback(task, targets, cause));
  }

  private static TaskEvent with(TaskEvent event, DeadLettered transition) {
    return new TaskEvent(
        event.deliveryId(),
        event.organizationId(),
        event.occurredAt(),
        event.taskId(),
        event.destinationId(),
        event.destinationType(),
        event.generation(),
        event.attempt(),
        transition,
        event.doneParts());
  }
}
