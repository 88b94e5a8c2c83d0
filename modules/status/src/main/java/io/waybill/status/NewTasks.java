package io.waybill.status;

import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.RawJson;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Makes tasks out of what is known of a delivery, and judges payloads that commands bring along.
 */
final class NewTasks {
  private final Set<DestinationType> types;

  /**
   * @param types the types that can be sent
   */
  NewTasks(Set<DestinationType> types) {
    this.types = Set.copyOf(types);
  }

  boolean isServed(DestinationType type) {
    return types.contains(type);
  }

  /** What a task carries. */
  record Cargo(TaskPayload payload, RawJson metadata) {}

  /**
   * What the task of a command carries, when it is what the request was accepted with.
   *
   * <p>Only data and metadata are taken from it, and only because their hashes are known; tags and
   * times come from the state, where nobody could change them. Of a reference not even that: the
   * state knows where the payload stands, and how large it is.
   */
  static Optional<Cargo> cargoOf(DeliveryStatus status, Task task) {
    boolean sameData =
        status
            .payload()
            .filter(known -> known.sha256().equals(task.payload().sha256()))
            .isPresent();
    if (!sameData) {
      return Optional.empty();
    }
    return switch (task.payload()) {
      case TaskPayload.Inline inline ->
          status.metadataSha256().equals(task.metadata().sha256())
              ? Optional.of(new Cargo(inline, task.metadata()))
              : Optional.empty();
      case TaskPayload.Reference _ -> inRequest(status);
    };
  }

  /** The payload where the request's record has it; nothing when there is nothing to send. */
  static Optional<Cargo> inRequest(DeliveryStatus status) {
    return status.payload().map(reference -> new Cargo(reference, RawJson.EMPTY_OBJECT));
  }

  /**
   * The first attempt of a destination's task in that generation; none when the destination never
   * had a task or its type is not here.
   */
  Optional<Task> taskOf(
      DeliveryStatus status,
      DestinationStatus one,
      int generation,
      Cargo cargo,
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
            cargo.payload(),
            cargo.metadata(),
            status.summary().correlationId(),
            status.summary().tags(),
            status.summary().priority(),
            status.summary().createdAt(),
            now,
            status.expiresAt(),
            0,
            one.doneParts(),
            one.fallbackOf().stream().findFirst(),
            false,
            status.trace()));
  }
}
