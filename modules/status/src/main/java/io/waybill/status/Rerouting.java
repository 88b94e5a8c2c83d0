package io.waybill.status;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryCommand.Reroute;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides on wishes to send a dead-lettered task to another destination, which then stands in as a
 * fallback does: with a task id of its own, and the delivery is completed when it delivers. Pure.
 *
 * <p>A destination stands in for another one once: the same wish again, or after it failed too,
 * sends nothing. What failed there has a dead letter of its own.
 */
final class Rerouting {
  private final NewTasks newTasks;

  Rerouting(NewTasks newTasks) {
    this.newTasks = newTasks;
  }

  Decision decide(DeliveryCommand command, Reroute asked, DeliveryStatus status, Instant now) {
    Task dead = asked.task();
    Optional<DestinationStatus> found = failed(dead, status);
    if (found.isEmpty()) {
      return refuse(command, "not-found", now);
    }
    if (!asked.owner().equals(status.organizationId())) {
      return Decision.refused(foreign(command, asked.target(), now));
    }
    DestinationStatus one = found.get();
    if (one.state() != DestinationState.FAILED) {
      return refuse(command, "not-failed", now);
    }
    if (one.generation() != dead.generation()) {
      return refuse(command, "other-generation", now);
    }
    String target = asked.target().destinationId().value();
    Optional<DestinationStatus> present =
        status.destinations().stream().filter(any -> any.destinationId().equals(target)).findAny();
    if (present.filter(any -> !any.isFallback()).isPresent()) {
      // It gets, or got, the delivery anyway; what failed there can be replayed.
      return refuse(command, "named-by-the-request", now);
    }
    List<DestinationId> inNeed = inNeed(one, status);
    if (inNeed.isEmpty()) {
      return refuse(command, "already-delivered", now);
    }
    if (present.filter(any -> any.fallbackOf().containsAll(inNeed)).isPresent()) {
      return refuse(command, "already-rerouted", now);
    }
    if (isUnderWay(inNeed, status)) {
      return refuse(command, "fallback-under-way", now);
    }
    long fallbacks = status.destinations().stream().filter(DestinationStatus::isFallback).count();
    if (present.isEmpty() && fallbacks >= FallbackPlan.MOST_FALLBACKS) {
      return refuse(command, "too-many-fallbacks", now);
    }
    if (!newTasks.isServed(asked.target().destinationType())) {
      return refuse(command, "type-not-served", now);
    }
    Optional<NewTasks.Cargo> cargo = NewTasks.cargoOf(status, dead);
    if (cargo.isEmpty()) {
      return refuse(command, "other-payload", now);
    }
    return grant(command, asked, status, new Plan(one, present, inNeed, cargo.get()), now);
  }

  /**
   * What a granted wish is about.
   *
   * @param one that failed
   * @param present the target, when it stands in for others already
   * @param inNeed the requested destinations that it is to stand in for
   */
  private record Plan(
      DestinationStatus one,
      Optional<DestinationStatus> present,
      List<DestinationId> inNeed,
      NewTasks.Cargo cargo) {}

  private Decision grant(
      DeliveryCommand command, Reroute asked, DeliveryStatus status, Plan plan, Instant now) {
    FallbackTarget target = asked.target();
    int generation = CommandDecider.highestGeneration(status) + 1;
    DestinationStatus standIn = plan.present().orElseGet(() -> pending(status, target, generation));
    for (DestinationId requested : plan.inNeed()) {
      standIn = Changes.standingInFor(standIn, requested);
    }
    boolean hasEndedWithout =
        standIn.state().isTerminal() && standIn.state() != DestinationState.DELIVERED;
    boolean isShared = plan.present().isPresent() && !hasEndedWithout;
    if (hasEndedWithout) {
      standIn = Changes.reborn(standIn, generation);
    }
    Optional<Task> task =
        isShared
            ? Optional.empty()
            : newTasks.taskOf(
                status, standIn, generation, plan.cargo(), target.destinationVersion(), now);
    return new Decision(
        CommandDecider.audit(
            command,
            "task-rerouted",
            Map.of(
                "destinationId", plan.one().destinationId(),
                "toDestinationId", target.destinationId().value(),
                "generation", Integer.toString(standIn.generation())),
            now),
        Optional.of(Changes.with(status, withStandIn(status, standIn), now)),
        task.stream().toList(),
        Optional.empty());
  }

  private static DestinationStatus pending(
      DeliveryStatus status, FallbackTarget target, int generation) {
    return new DestinationStatus(
        target.destinationId().value(),
        Optional.of(target.destinationType()),
        Optional.of(
            TaskId.of(status.organizationId(), status.deliveryId(), target.destinationId())),
        DestinationState.PENDING,
        generation,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static List<DestinationStatus> withStandIn(
      DeliveryStatus status, DestinationStatus standIn) {
    List<DestinationStatus> destinations = new ArrayList<>(status.destinations());
    destinations.removeIf(any -> any.destinationId().equals(standIn.destinationId()));
    destinations.add(standIn);
    return destinations;
  }

  private static Optional<DestinationStatus> failed(Task dead, DeliveryStatus status) {
    boolean isOfDelivery =
        dead.organizationId().equals(status.organizationId())
            && dead.deliveryId().equals(status.deliveryId());
    return status.destinations().stream()
        .filter(one -> isOfDelivery && one.taskId().equals(Optional.of(dead.taskId())))
        .filter(one -> one.destinationId().equals(dead.destinationId().value()))
        .findAny();
  }

  /** The requested destinations that failed with it and that nobody has delivered for. */
  private static List<DestinationId> inNeed(DestinationStatus failed, DeliveryStatus status) {
    return status.destinations().stream()
        .filter(one -> !one.isFallback() && !one.isServed())
        .filter(one -> one.state() == DestinationState.FAILED)
        .filter(one ->
            one.destinationId().equals(failed.destinationId()) || Changes.standsInFor(failed, one))
        .map(one -> new DestinationId(one.destinationId()))
        .toList();
  }

  /** Whether somebody who stands in for one of them is at it: two would deliver twice. */
  private static boolean isUnderWay(List<DestinationId> inNeed, DeliveryStatus status) {
    return status.destinations().stream()
        .filter(one -> !one.state().isTerminal())
        .anyMatch(one -> one.fallbackOf().stream().anyMatch(inNeed::contains));
  }

  private static Decision refuse(DeliveryCommand command, String reason, Instant now) {
    return CommandDecider.refuse(command, "reroute", reason, now);
  }

  /** A security event. Says who asked, not whose the destination is. */
  private static AuditRecord foreign(DeliveryCommand command, FallbackTarget target, Instant now) {
    return new AuditRecord(
        command.organizationId(),
        command.actor(),
        "foreign-destination-requested",
        target.destinationId().value(),
        now,
        Optional.empty(),
        Map.of(
            "command", "reroute",
            "deliveryId", command.deliveryId().toString(),
            "commandId", command.commandId().toString()));
  }
}
