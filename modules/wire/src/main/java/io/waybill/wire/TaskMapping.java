package io.waybill.wire;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.TraceParent;
import java.util.Optional;

/** Tasks between Avro and the domain. */
final class TaskMapping {
  private TaskMapping() {}

  static io.waybill.avro.Task toAvro(Task task) {
    TaskPayload payload = task.payload();
    return new io.waybill.avro.Task(
        task.taskId().value(),
        task.organizationId().value(),
        task.deliveryId().toString(),
        task.destinationId().value(),
        task.destinationType().word(),
        task.destinationVersion(),
        task.generation(),
        task.attempts(),
        task.payloadType(),
        payload instanceof TaskPayload.Inline inline
            ? AvroValues.buffer(inline.data().bytes())
            : null,
        payload instanceof TaskPayload.Reference reference ? AvroValues.reference(reference) : null,
        AvroValues.buffer(task.metadata().bytes()),
        task.correlationId().orElse(null),
        task.tags(),
        task.priority(),
        task.createdAt(),
        task.firstDueAt(),
        task.expiresAt().orElse(null),
        task.shard(),
        task.doneParts(),
        task.fallbackOf().map(DestinationId::value).orElse(null),
        task.fallbackAsked(),
        payload instanceof TaskPayload.Inline inline && inline.sealed(),
        task.trace().map(TraceParent::value).orElse(null));
  }

  static Task toDomain(io.waybill.avro.Task task) {
    OrganizationId organization = new OrganizationId(task.getOrganizationId());
    DeliveryId delivery = deliveryId(task.getDeliveryId());
    DestinationId destination = new DestinationId(task.getDestinationId());
    TaskId taskId = new TaskId(task.getTaskId());
    if (!taskId.equals(TaskId.of(organization, delivery, destination))) {
      // Every task id is a hash of its names: another one is a forgery or a bug, never a task.
      throw new IllegalArgumentException(
          "taskId does not belong to its organization, delivery and destination");
    }
    return new Task(
        taskId,
        organization,
        delivery,
        destination,
        destinationType(task.getDestinationType()),
        task.getDestinationVersion(),
        atLeastZero("generation", task.getGeneration()),
        atLeastZero("attempts", task.getAttempts()),
        task.getPayloadType(),
        payload(task),
        AvroValues.json(task.getMetadata()),
        Optional.ofNullable(task.getCorrelationId()),
        task.getTags(),
        task.getPriority(),
        task.getCreatedAt(),
        task.getFirstDueAt(),
        Optional.ofNullable(task.getExpiresAt()),
        task.getShard(),
        task.getDoneParts(),
        Optional.ofNullable(task.getFallbackOf()).map(DestinationId::new),
        task.getFallbackAsked(),
        Optional.ofNullable(task.getTraceparent()).flatMap(TraceParent::parse));
  }

  static io.waybill.avro.FallbackTarget toAvro(FallbackTarget target) {
    return new io.waybill.avro.FallbackTarget(
        target.destinationId().value(),
        target.destinationType().word(),
        target.destinationVersion());
  }

  static FallbackTarget toDomain(io.waybill.avro.FallbackTarget target) {
    return new FallbackTarget(
        new DestinationId(target.getDestinationId()),
        destinationType(target.getDestinationType()),
        target.getDestinationVersion());
  }

  static io.waybill.avro.ParkedTask toAvro(ParkedTask parked) {
    return new io.waybill.avro.ParkedTask(
        parked.dueAt(), parked.reason().code(), toAvro(parked.task()));
  }

  static ParkedTask toDomain(io.waybill.avro.ParkedTask parked) {
    return new ParkedTask(
        toDomain(parked.getTask()), parked.getDueAt(), Reason.parse(parked.getReason()));
  }

  static DeliveryId deliveryId(String text) {
    return DeliveryId.parse(text)
        .orElseThrow(() -> new IllegalArgumentException("deliveryId must be a UUID"));
  }

  static DestinationType destinationType(String word) {
    return DestinationType.parse(word)
        .orElseThrow(() ->
            new IllegalArgumentException("destinationType must be webhook, email or storage"));
  }

  private static TaskPayload payload(io.waybill.avro.Task task) {
    if (task.getData() != null) {
      return new TaskPayload.Inline(AvroValues.json(task.getData()), task.getSealed());
    }
    if (task.getReference() != null) {
      return AvroValues.reference(task.getReference());
    }
    throw new IllegalArgumentException("a task needs data or reference, this one has neither");
  }

  private static int atLeastZero(String field, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(field + " must not be negative");
    }
    return value;
  }
}
