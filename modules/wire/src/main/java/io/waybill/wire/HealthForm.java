package io.waybill.wire;

import io.waybill.domain.BreakerTrace;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Health as {@code schemas/DestinationHealth.avsc} has it. */
final class HealthForm implements FixedForm<DestinationHealth> {

  @Override
  public void write(DestinationHealth health, Scratch out) throws IOException {
    out.text(health.destinationId().value());
    out.text(health.organizationId().value());
    out.text(health.type().word());
    out.text(health.grade().word());
    out.number(health.deliveries());
    out.number(health.failures());
    out.number(health.consecutiveFailures());
    out.optionalTime(health.firstFailureAt());
    out.optionalTime(health.lastFailureAt());
    out.optionalTime(health.lastSuccessAt());
    out.optionalText(health.lastReason().map(Reason::code));
    out.fraction(health.averageDuration().toNanos() / 1e6);
    out.time(health.updatedAt());
    BreakerTrace breaker = health.breaker();
    out.number(breaker.failures());
    out.number(breaker.longestRow());
    out.number(breaker.answers());
    out.optionalTime(breaker.lastFailureAt());
    out.optionalTime(breaker.lastAnswerAt());
    out.number(health.backlog());
  }

  @Override
  public DestinationHealth read(AvroInput in) {
    DestinationId destination = new DestinationId(in.text());
    OrganizationId organization = new OrganizationId(in.text());
    DestinationType type = SharedForms.destinationType(in);
    DestinationHealth.Grade grade = DestinationHealth.Grade.parse(in.text());
    long deliveries = in.number();
    long failures = in.number();
    int consecutiveFailures = in.count();
    Optional<Instant> firstFailureAt = in.optional(AvroInput::time);
    Optional<Instant> lastFailureAt = in.optional(AvroInput::time);
    Optional<Instant> lastSuccessAt = in.optional(AvroInput::time);
    Optional<Reason> lastReason = in.optional(AvroInput::text).map(Reason::parse);
    Duration average = Duration.ofNanos(Math.round(in.fraction() * 1e6));
    Instant updatedAt = in.time();
    BreakerTrace breaker =
        new BreakerTrace(
            in.count(),
            in.count(),
            in.count(),
            in.optional(AvroInput::time),
            in.optional(AvroInput::time));
    return new DestinationHealth(
        destination,
        organization,
        type,
        grade,
        deliveries,
        failures,
        consecutiveFailures,
        firstFailureAt,
        lastFailureAt,
        lastSuccessAt,
        lastReason,
        average,
        updatedAt,
        breaker,
        in.number());
  }
}
