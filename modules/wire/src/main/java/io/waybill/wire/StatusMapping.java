package io.waybill.wire;

import io.waybill.domain.BreakerTrace;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import io.waybill.domain.TraceParent;
import java.time.Duration;
import java.util.Optional;

/** Status and health between Avro and the domain. */
final class StatusMapping {
  private StatusMapping() {}

  static io.waybill.avro.DeliveryStatus toAvro(DeliveryStatus status) {
    return new io.waybill.avro.DeliveryStatus(
        status.deliveryId().toString(),
        status.organizationId().value(),
        status.state().word(),
        EventMapping.summary(status.summary()),
        status.destinations().stream().map(StatusMapping::toAvro).toList(),
        status.duplicateOf().map(Object::toString).orElse(null),
        status.reason().map(Reason::code).orElse(null),
        AvroValues.toAvro(status.errors()),
        status.payload().map(AvroValues::reference).orElse(null),
        status.metadataSha256(),
        status.expiresAt().orElse(null),
        status.updatedAt(),
        status.trace().map(TraceParent::value).orElse(null));
  }

  static DeliveryStatus toDomain(io.waybill.avro.DeliveryStatus status) {
    return new DeliveryStatus(
        TaskMapping.deliveryId(status.getDeliveryId()),
        new OrganizationId(status.getOrganizationId()),
        AvroValues.word("state", status.getState(), OverallState::parse),
        EventMapping.summary(status.getSummary()),
        status.getDestinations().stream().map(StatusMapping::toDomain).toList(),
        Optional.ofNullable(status.getDuplicateOf()).map(TaskMapping::deliveryId),
        Optional.ofNullable(status.getReason()).map(Reason::parse),
        AvroValues.toDomain(status.getErrors()),
        Optional.ofNullable(status.getPayload()).map(AvroValues::reference),
        status.getMetadataSha256(),
        Optional.ofNullable(status.getExpiresAt()),
        status.getUpdatedAt(),
        Optional.ofNullable(status.getTraceparent()).flatMap(TraceParent::parse));
  }

  static io.waybill.avro.DestinationHealth toAvro(DestinationHealth health) {
    return new io.waybill.avro.DestinationHealth(
        health.destinationId().value(),
        health.organizationId().value(),
        health.type().word(),
        health.grade().word(),
        health.deliveries(),
        health.failures(),
        health.consecutiveFailures(),
        health.firstFailureAt().orElse(null),
        health.lastFailureAt().orElse(null),
        health.lastSuccessAt().orElse(null),
        health.lastReason().map(Reason::code).orElse(null),
        health.averageDuration().toNanos() / 1e6,
        health.updatedAt(),
        health.breaker().failures(),
        health.breaker().longestRow(),
        health.breaker().answers(),
        health.breaker().lastFailureAt().orElse(null),
        health.breaker().lastAnswerAt().orElse(null),
        health.backlog());
  }

  static DestinationHealth toDomain(io.waybill.avro.DestinationHealth health) {
    return new DestinationHealth(
        new DestinationId(health.getDestinationId()),
        new OrganizationId(health.getOrganizationId()),
        TaskMapping.destinationType(health.getDestinationType()),
        AvroValues.word("grade", health.getGrade(), DestinationHealth.Grade::parse),
        health.getDeliveries(),
        health.getFailures(),
        health.getConsecutiveFailures(),
        Optional.ofNullable(health.getFirstFailureAt()),
        Optional.ofNullable(health.getLastFailureAt()),
        Optional.ofNullable(health.getLastSuccessAt()),
        Optional.ofNullable(health.getLastReason()).map(Reason::parse),
        Duration.ofNanos(Math.round(health.getAverageMillis() * 1e6)),
        health.getUpdatedAt(),
        new BreakerTrace(
            health.getBreakerFailures(),
            health.getBreakerLongestRow(),
            health.getBreakerAnswers(),
            Optional.ofNullable(health.getLastBreakerFailureAt()),
            Optional.ofNullable(health.getLastBreakerAnswerAt())),
        health.getBacklog());
  }

  private static io.waybill.avro.DestinationStatus toAvro(DestinationStatus status) {
    return new io.waybill.avro.DestinationStatus(
        status.destinationId(),
        status.type().map(DestinationType::word).orElse(null),
        status.taskId().map(TaskId::value).orElse(null),
        status.state().word(),
        status.generation(),
        status.attempts(),
        status.reason().map(Reason::code).orElse(null),
        status.message().orElse(null),
        status.nextAttemptAt().orElse(null),
        status.deliveredAt().orElse(null),
        status.externalReference().orElse(null),
        status.fallbackOf().stream().map(DestinationId::value).toList(),
        status.deliveredBy().map(DestinationId::value).orElse(null),
        status.fallbacksLeft().stream().map(TaskMapping::toAvro).toList(),
        status.doneParts());
  }

  private static DestinationStatus toDomain(io.waybill.avro.DestinationStatus status) {
    return new DestinationStatus(
        status.getDestinationId(),
        Optional.ofNullable(status.getDestinationType()).map(TaskMapping::destinationType),
        Optional.ofNullable(status.getTaskId()).map(TaskId::new),
        AvroValues.word("state", status.getState(), DestinationState::parse),
        status.getGeneration(),
        status.getAttempts(),
        Optional.ofNullable(status.getReason()).map(Reason::parse),
        Optional.ofNullable(status.getMessage()),
        Optional.ofNullable(status.getNextAttemptAt()),
        Optional.ofNullable(status.getDeliveredAt()),
        Optional.ofNullable(status.getExternalReference()),
        status.getFallbackOf().stream().map(DestinationId::new).toList(),
        Optional.ofNullable(status.getDeliveredBy()).map(DestinationId::new),
        status.getFallbacksLeft().stream().map(TaskMapping::toDomain).toList(),
        status.getDoneParts());
  }
}
