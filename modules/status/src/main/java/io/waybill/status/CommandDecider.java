package io.waybill.status;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.Control;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryCommand.Cancel;
import io.waybill.domain.DeliveryCommand.Fallback;
import io.waybill.domain.DeliveryCommand.Replay;
import io.waybill.domain.DeliveryCommand.Reroute;
import io.waybill.domain.DeliveryCommand.Retry;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides on commands. Each is decided on the state it meets and changes that state, so the same
 * command again meets another one: a second replay of a dead letter sends nothing.
 *
 * <p>A new life gets a generation above every generation of the delivery, not only of its own
 * destination: a cancel covers all generations up to the highest of its time, and what is asked for
 * after it must lie beyond.
 */
final class CommandDecider {
  private static final String FOREIGN = "foreign-delivery-requested";

  private final NewTasks newTasks;
  private final Rerouting rerouting;

  CommandDecider(NewTasks newTasks) {
    this.newTasks = newTasks;
    this.rerouting = new Rerouting(newTasks);
  }

  Decision decide(DeliveryCommand command, Optional<DeliveryStatus> current, Instant now) {
    String action =
        switch (command.action()) {
          case Cancel _ -> "cancel";
          case Retry _ -> "retry";
          case Replay _ -> "replay";
          case Reroute _ -> "reroute";
          case Fallback _ -> "fallback";
        };
    if (current.isEmpty()) {
      return refuse(command, action, "not-found", now);
    }
    DeliveryStatus status = current.get();
    if (!status.organizationId().equals(command.organizationId())) {
      // Nothing comes of it, as of a command for a delivery that nobody has; operators are told.
      return Decision.refused(audit(command, FOREIGN, Map.of("command", action), now));
    }
    return switch (command.action()) {
      case Cancel _ -> cancel(command, status, now);
      case Retry retry -> retry(command, retry, status, now);
      case Replay replay -> replay(command, replay.task(), status, now);
      case Reroute reroute -> rerouting.decide(command, reroute, status, now);
      // What can be decided on at once only sometimes is decided elsewhere.
      case Fallback _ -> throw new IllegalArgumentException("not a command of this decider");
    };
  }

  private static Decision cancel(DeliveryCommand command, DeliveryStatus status, Instant now) {
    List<DestinationStatus> destinations = new ArrayList<>();
    int cancelled = 0;
    Instant lastDueAt = now;
    for (DestinationStatus one : status.destinations()) {
      if (one.state().isTerminal()) {
        destinations.add(one);
        continue;
      }
      cancelled++;
      Instant dueAt = one.nextAttemptAt().orElse(now);
      lastDueAt = dueAt.isAfter(lastDueAt) ? dueAt : lastDueAt;
      destinations.add(
          Changes.undelivered(
              one,
              DestinationState.CANCELLED,
              one.generation(),
              one.attempts(),
              Optional.of(Reason.CANCELLED),
              Optional.empty(),
              Optional.empty()));
    }
    if (cancelled == 0) {
      return refuse(command, "cancel", "nothing-to-cancel", now);
    }
    return new Decision(
        audit(
            command,
            "delivery-cancelled",
            Map.of("destinations", Integer.toString(cancelled)),
            now),
        Optional.of(Changes.with(status, destinations, now)),
        List.of(),
        Optional.of(
            new Decision.Cancellation(
                new Control.DeliveryCancelled(status.deliveryId(), highestGeneration(status), now),
                lastDueAt)));
  }

  private Decision retry(DeliveryCommand command, Retry retry, DeliveryStatus status, Instant now) {
    Optional<NewTasks.Cargo> cargo = NewTasks.inRequest(status);
    int generation = highestGeneration(status) + 1;
    List<DestinationStatus> destinations = new ArrayList<>();
    List<Task> tasks = new ArrayList<>();
    for (DestinationStatus one : status.destinations()) {
      Optional<Task> task =
          cargo
              .filter(_ -> isAskedFor(one, retry.destinations()))
              // Any version will do: the status does not know the one of the first life.
              .flatMap(found -> newTasks.taskOf(status, one, generation, found, 0, now));
      task.ifPresent(tasks::add);
      destinations.add(task.isPresent() ? Changes.reborn(one, generation) : one);
    }
    if (tasks.isEmpty()) {
      return refuse(command, "retry", "nothing-to-retry", now);
    }
    return new Decision(
        audit(
            command,
            "delivery-retried",
            Map.of(
                "destinations", Integer.toString(tasks.size()),
                "generation", Integer.toString(generation)),
            now),
        Optional.of(Changes.with(status, destinations, now)),
        tasks,
        Optional.empty());
  }

  /**
   * What failed and nobody stood in for; whatever failed or was cancelled, when it is named: a
   * cancel is not undone by accident.
   */
  private static boolean isAskedFor(DestinationStatus one, Set<DestinationId> named) {
    if (named.isEmpty()) {
      return one.needsRetry();
    }
    boolean isNamed = named.stream().anyMatch(id -> id.value().equals(one.destinationId()));
    return isNamed
        && (one.state() == DestinationState.FAILED || one.state() == DestinationState.CANCELLED);
  }

  private Decision replay(DeliveryCommand command, Task dead, DeliveryStatus status, Instant now) {
    int position = 0;
    for (DestinationStatus one : status.destinations()) {
      if (one.destinationId().equals(dead.destinationId().value())) {
        return replay(command, dead, status, position, now);
      }
      position++;
    }
    return refuse(command, "replay", "not-found", now);
  }

  private Decision replay(
      DeliveryCommand command, Task dead, DeliveryStatus status, int position, Instant now) {
    DestinationStatus one = status.destinations().get(position);
    if (!dead.organizationId().equals(status.organizationId())
        || !dead.deliveryId().equals(status.deliveryId())
        || !one.taskId().equals(Optional.of(dead.taskId()))) {
      return refuse(command, "replay", "not-found", now);
    }
    if (one.state() != DestinationState.FAILED) {
      return refuse(command, "replay", "not-failed", now);
    }
    if (one.generation() != dead.generation()) {
      return refuse(command, "replay", "other-generation", now);
    }
    Optional<NewTasks.Cargo> cargo = NewTasks.cargoOf(status, dead);
    if (cargo.isEmpty()) {
      return refuse(command, "replay", "other-payload", now);
    }
    int generation = highestGeneration(status) + 1;
    Optional<Task> task =
        newTasks.taskOf(status, one, generation, cargo.get(), dead.destinationVersion(), now);
    if (task.isEmpty()) {
      return refuse(command, "replay", "type-not-served", now);
    }
    return new Decision(
        audit(
            command,
            "task-replayed",
            Map.of(
                "destinationId", one.destinationId(),
                "generation", Integer.toString(generation)),
            now),
        Optional.of(Changes.with(status, position, Changes.reborn(one, generation), now)),
        List.of(task.get()),
        Optional.empty());
  }

  static int highestGeneration(DeliveryStatus status) {
    return status.destinations().stream().mapToInt(DestinationStatus::generation).max().orElse(0);
  }

  static Decision refuse(DeliveryCommand command, String action, String reason, Instant now) {
    return Decision.refused(audit(command, action + "-refused", Map.of("reason", reason), now));
  }

  static AuditRecord audit(
      DeliveryCommand command, String action, Map<String, String> details, Instant now) {
    Map<String, String> all = new TreeMap<>(details);
    all.put("commandId", command.commandId().toString());
    return new AuditRecord(
        command.organizationId(),
        command.actor(),
        action,
        command.deliveryId().toString(),
        now,
        Optional.empty(),
        all);
  }
}
