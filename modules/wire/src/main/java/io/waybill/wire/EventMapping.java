package io.waybill.wire;

import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Delivery events between Avro and the domain. */
final class EventMapping {
  static final String ACCEPTED = "accepted";
  static final String REJECTED = "rejected";
  static final String DUPLICATE = "duplicate";
  static final String TASK = "task";

  static final String DELIVERED = "delivered";
  static final String ATTEMPT_FAILED = "attempt-failed";
  static final String PARKED = "parked";
  static final String DEAD_LETTERED = "dead-lettered";
  static final String CANCELLED = "cancelled";

  private static final Duration LONGEST_ATTEMPT = Duration.ofDays(1);

  private EventMapping() {}

  static io.waybill.avro.DeliveryEvent toAvro(DeliveryEvent event) {
    if (event instanceof DeliveryEvent.Accepted accepted) {
      return event(event, ACCEPTED, accepted.summary(), toAvro(accepted), null, null, null);
    }
    if (event instanceof DeliveryEvent.Rejected rejected) {
      var section =
          new io.waybill.avro.Rejected(
              rejected.reason().code(), AvroValues.toAvro(rejected.errors()));
      return event(event, REJECTED, rejected.summary(), null, section, null, null);
    }
    if (event instanceof DeliveryEvent.Duplicate duplicate) {
      var section = new io.waybill.avro.Duplicate(duplicate.duplicateOf().toString());
      return event(event, DUPLICATE, duplicate.summary(), null, null, section, null);
    }
    return event(event, TASK, null, null, null, null, toAvro((TaskEvent) event));
  }

  static DeliveryEvent toDomain(io.waybill.avro.DeliveryEvent event) {
    DeliveryId delivery = TaskMapping.deliveryId(event.getDeliveryId());
    OrganizationId organization = new OrganizationId(event.getOrganizationId());
    Instant at = event.getOccurredAt();
    return switch (event.getKind()) {
      case ACCEPTED -> {
        io.waybill.avro.Accepted section = section(event.getAccepted(), ACCEPTED);
        yield new DeliveryEvent.Accepted(
            delivery,
            organization,
            at,
            summary(event.getSummary()),
            AvroValues.reference(section.getPayload()),
            section.getMetadataSha256(),
            Optional.ofNullable(section.getDeliverAt()),
            Optional.ofNullable(section.getExpiresAt()),
            section.getTasks().stream().map(EventMapping::acceptedTask).toList(),
            section.getRefused().stream().map(EventMapping::refused).toList());
      }
      case REJECTED -> {
        io.waybill.avro.Rejected section = section(event.getRejected(), REJECTED);
        yield new DeliveryEvent.Rejected(
            delivery,
            organization,
            at,
            summary(event.getSummary()),
            Reason.parse(section.getReason()),
            AvroValues.toDomain(section.getErrors()));
      }
      case DUPLICATE ->
          new DeliveryEvent.Duplicate(
              delivery,
              organization,
              at,
              summary(event.getSummary()),
              TaskMapping.deliveryId(section(event.getDuplicate(), DUPLICATE).getDuplicateOf()));
      case TASK -> taskEvent(delivery, organization, at, section(event.getTask(), TASK));
      default -> throw new IllegalArgumentException("kind of event is not known");
    };
  }

  static io.waybill.avro.RequestSummary summary(DeliveryEvent.RequestSummary summary) {
    return new io.waybill.avro.RequestSummary(
        summary.type(),
        summary.correlationId().orElse(null),
        summary.tags(),
        summary.priority(),
        summary.createdAt());
  }

  static DeliveryEvent.RequestSummary summary(io.waybill.avro.@Nullable RequestSummary summary) {
    io.waybill.avro.RequestSummary present = section(summary, "summary");
    return new DeliveryEvent.RequestSummary(
        present.getType(),
        Optional.ofNullable(present.getCorrelationId()),
        present.getTags(),
        present.getPriority(),
        present.getCreatedAt());
  }

  private static io.waybill.avro.DeliveryEvent event(
      DeliveryEvent event,
      String kind,
      DeliveryEvent.@Nullable RequestSummary summary,
      io.waybill.avro.@Nullable Accepted accepted,
      io.waybill.avro.@Nullable Rejected rejected,
      io.waybill.avro.@Nullable Duplicate duplicate,
      io.waybill.avro.@Nullable TaskTransition task) {
    return new io.waybill.avro.DeliveryEvent(
        event.deliveryId().toString(),
        event.organizationId().value(),
        event.occurredAt(),
        kind,
        summary == null ? null : summary(summary),
        accepted,
        rejected,
        duplicate,
        task);
  }

  private static io.waybill.avro.Accepted toAvro(DeliveryEvent.Accepted accepted) {
    List<io.waybill.avro.AcceptedTask> tasks =
        accepted.tasks().stream()
            .map(task ->
                new io.waybill.avro.AcceptedTask(
                    task.taskId().value(),
                    task.destinationId().value(),
                    task.destinationType().word(),
                    task.destinationVersion()))
            .toList();
    List<io.waybill.avro.RefusedDestination> refused =
        accepted.refused().stream()
            .map(one ->
                new io.waybill.avro.RefusedDestination(
                    one.destinationId(), one.reason().code(), one.message()))
            .toList();
    return new io.waybill.avro.Accepted(
        AvroValues.reference(accepted.payload()),
        accepted.metadataSha256(),
        accepted.deliverAt().orElse(null),
        accepted.expiresAt().orElse(null),
        tasks,
        refused);
  }

  private static DeliveryEvent.AcceptedTask acceptedTask(io.waybill.avro.AcceptedTask task) {
    return new DeliveryEvent.AcceptedTask(
        new TaskId(task.getTaskId()),
        new DestinationId(task.getDestinationId()),
        TaskMapping.destinationType(task.getDestinationType()),
        task.getDestinationVersion());
  }

  private static DeliveryEvent.RefusedDestination refused(
      io.waybill.avro.RefusedDestination refused) {
    return new DeliveryEvent.RefusedDestination(
        refused.getDestinationId(), Reason.parse(refused.getReason()), refused.getMessage());
  }

  private static io.waybill.avro.TaskTransition toAvro(TaskEvent event) {
    TaskTransition transition = event.transition();
    String kind;
    @Nullable Reason reason = null;
    @Nullable String message = null;
    @Nullable String answer = null;
    @Nullable String externalReference = null;
    @Nullable Long tookMillis = null;
    @Nullable Instant dueAt = null;
    boolean fallbackAsked = false;
    if (transition instanceof TaskTransition.Delivered delivered) {
      kind = DELIVERED;
      answer = delivered.answer();
      externalReference = delivered.externalReference().orElse(null);
      tookMillis = delivered.took().toMillis();
    } else if (transition instanceof TaskTransition.AttemptFailed failed) {
      kind = ATTEMPT_FAILED;
      reason = failed.reason();
      message = failed.message();
      tookMillis = failed.took().toMillis();
      dueAt = failed.nextAttemptAt().orElse(null);
    } else if (transition instanceof TaskTransition.Parked parked) {
      kind = PARKED;
      reason = parked.reason();
      dueAt = parked.dueAt();
    } else if (transition instanceof TaskTransition.DeadLettered dead) {
      kind = DEAD_LETTERED;
      reason = dead.reason();
      message = dead.message();
      fallbackAsked = dead.fallbackAsked();
    } else {
      kind = CANCELLED;
      reason = ((TaskTransition.Cancelled) transition).reason();
    }
    return new io.waybill.avro.TaskTransition(
        event.taskId().value(),
        event.destinationId().value(),
        event.destinationType().word(),
        event.generation(),
        event.attempt(),
        kind,
        reason == null ? null : reason.code(),
        message,
        answer,
        externalReference,
        tookMillis,
        dueAt,
        fallbackAsked,
        event.doneParts());
  }

  private static TaskEvent taskEvent(
      DeliveryId delivery,
      OrganizationId organization,
      Instant at,
      io.waybill.avro.TaskTransition task) {
    Reason reason = task.getReason() == null ? Reason.UNKNOWN : Reason.parse(task.getReason());
    String message = task.getMessage() == null ? "" : task.getMessage();
    Duration took = took(task.getTookMillis());
    TaskTransition transition =
        switch (task.getKind()) {
          case DELIVERED ->
              new TaskTransition.Delivered(
                  task.getAnswer() == null ? "" : task.getAnswer(),
                  Optional.ofNullable(task.getExternalReference()),
                  took);
          case ATTEMPT_FAILED ->
              new TaskTransition.AttemptFailed(
                  reason, message, took, Optional.ofNullable(task.getDueAt()));
          case PARKED -> new TaskTransition.Parked(reason, section(task.getDueAt(), "dueAt"));
          case DEAD_LETTERED ->
              new TaskTransition.DeadLettered(reason, message, task.getFallbackAsked());
          case CANCELLED -> new TaskTransition.Cancelled(reason);
          default -> throw new IllegalArgumentException("kind of task transition is not known");
        };
    return new TaskEvent(
        delivery,
        organization,
        at,
        new TaskId(task.getTaskId()),
        new DestinationId(task.getDestinationId()),
        TaskMapping.destinationType(task.getDestinationType()),
        task.getGeneration(),
        task.getAttempt(),
        transition,
        task.getDoneParts());
  }

  /**
   * No attempt takes a day; what is added up and averaged must not overflow for a record's sake.
   */
  static Duration took(@Nullable Long millis) {
    return millis == null
        ? Duration.ZERO
        : Duration.ofMillis(Math.max(0, Math.min(millis, LONGEST_ATTEMPT.toMillis())));
  }

  private static <T> T section(@Nullable T section, String name) {
    if (section == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return section;
  }
}
