package io.waybill.status;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.Control;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryCommand.Cancel;
import io.waybill.domain.DeliveryCommand.Replay;
import io.waybill.domain.DeliveryCommand.Retry;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
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
  private final Set<DestinationType> types;

  /**
   * @param types the types that can be sent
   */
  CommandDecider(Set<DestinationType> types) {
    this.types = Set.copyOf(types);
  }

  Decision decide(DeliveryCommand command, Optional<DeliveryStatus> current, Instant now) {
    String action =
        switch (command.action()) {
          case Cancel _ -> "cancel";
          case Retry _ -> "retry";
          case Replay _ -> "replay";
        };
    if (current
        .filter(status -> status.organizationId().equals(command.organizationId()))
        .isEmpty()) {
      // A foreign delivery reads like none: nobody learns which ids exist.
      return refuse(command, action, "not-found", now);
    }
    DeliveryStatus status = current.get();
    return switch (command.action()) {
      case Cancel _ -> cancel(command, status, now);
      case Retry retry -> retry(command, retry, status, now);
      case Replay replay -> replay(command, replay.task(), status, now);
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
    Optional<TaskPayload.Reference> payload = status.payload();
    int generation = highestGeneration(status) + 1;
    List<DestinationStatus> destinations = new ArrayList<>();
    List<Task> tasks = new ArrayList<>();
    for (DestinationStatus one : status.destinations()) {
      Optional<Task> task =
          payload
              .filter(_ -> isAskedFor(one, retry.destinations()))
              // Any version will do: the status does not know the one of the first life.
              .flatMap(reference ->
                  taskOf(status, one, generation, reference, RawJson.EMPTY_OBJECT, 0, now));
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

  /** What failed; and what was cancelled, when it is named: a cancel is not undone by accident. */
  private static boolean isAskedFor(DestinationStatus one, Set<DestinationId> named) {
    if (named.isEmpty()) {
      return one.state() == DestinationState.FAILED;
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
    if (!hasPayloadOf(status, dead)) {
      return refuse(command, "replay", "other-payload", now);
    }
    int generation = highestGeneration(status) + 1;
    // Only data and metadata are taken from the command, and only because their hashes are known;
    // tags and times come from the state, where nobody could change them.
    // Of a reference not even that: the state knows where the payload stands, and how large it is.
    boolean isInline = dead.payload() instanceof TaskPayload.Inline;
    TaskPayload payload = isInline ? dead.payload() : status.payload().orElseThrow();
    RawJson metadata = isInline ? dead.metadata() : RawJson.EMPTY_OBJECT;
    Optional<Task> task =
        taskOf(status, one, generation, payload, metadata, dead.destinationVersion(), now);
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

  /** Whether the task carries, or refers to, what the request was accepted with. */
  private static boolean hasPayloadOf(DeliveryStatus status, Task dead) {
    boolean sameData =
        status
            .payload()
            .filter(known -> known.sha256().equals(dead.payload().sha256()))
            .isPresent();
    return switch (dead.payload()) {
      case TaskPayload.Inline _ ->
          sameData && status.metadataSha256().equals(dead.metadata().sha256());
      case TaskPayload.Reference _ -> sameData;
    };
  }

  /**
   * The task of a destination in a new life; none when it never had one or its type is not here.
   */
  private Optional<Task> taskOf(
      DeliveryStatus status,
      DestinationStatus one,
      int generation,
      TaskPayload payload,
      RawJson metadata,
      long destinationVersion,
      Instant now) {
    if (one.taskId().isEmpty() || one.type().filter(types::contains).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Task(
            one.taskId().get(),
            status.organizationId(),
            status.deliveryId(),
            new DestinationId(one.destinationId()),
            one.type().get(),
            destinationVersion,
            generation,
            0,
            status.summary().type(),
            payload,
            metadata,
            status.summary().correlationId(),
            status.summary().tags(),
            status.summary().priority(),
            status.summary().createdAt(),
            now,
            status.expiresAt(),
            0));
  }

  private static int highestGeneration(DeliveryStatus status) {
    return status.destinations().stream().mapToInt(DestinationStatus::generation).max().orElse(0);
  }

  private static Decision refuse(
      DeliveryCommand command, String action, String reason, Instant now) {
    return Decision.refused(audit(command, action + "-refused", Map.of("reason", reason), now));
  }

  private static AuditRecord audit(
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
