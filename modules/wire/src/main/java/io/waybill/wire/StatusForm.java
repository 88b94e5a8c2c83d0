package io.waybill.wire;

import io.waybill.domain.DeliveryEvent.RequestSummary;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.TraceParent;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Statuses as {@code schemas/DeliveryStatus.avsc} has them. */
final class StatusForm implements FixedForm<DeliveryStatus> {

  @Override
  public void write(DeliveryStatus status, Scratch out) throws IOException {
    out.id(status.deliveryId().value());
    out.text(status.organizationId().value());
    out.text(status.state().word());
    SharedForms.summary(status.summary(), out);
    out.list(status.destinations(), StatusForm::write);
    out.present(status.duplicateOf().isPresent());
    if (status.duplicateOf().isPresent()) {
      out.id(status.duplicateOf().get().value());
    }
    out.optionalText(status.reason().map(Reason::code));
    out.list(status.errors(), SharedForms::error);
    out.present(status.payload().isPresent());
    if (status.payload().isPresent()) {
      SharedForms.reference(status.payload().get(), out);
    }
    out.text(status.metadataSha256());
    out.optionalTime(status.expiresAt());
    out.time(status.updatedAt());
    out.optionalText(status.trace().map(TraceParent::value));
  }

  private static void write(DestinationStatus status, Scratch out) throws IOException {
    out.text(status.destinationId());
    out.optionalText(status.type().map(DestinationType::word));
    out.optionalText(status.taskId().map(TaskId::value));
    out.text(status.state().word());
    out.number(status.generation());
    out.number(status.attempts());
    out.optionalText(status.reason().map(Reason::code));
    out.optionalText(status.message());
    out.optionalTime(status.nextAttemptAt());
    out.optionalTime(status.deliveredAt());
    out.optionalText(status.externalReference());
    out.list(status.fallbackOf(), (destination, to) -> to.text(destination.value()));
    out.optionalText(status.deliveredBy().map(DestinationId::value));
    out.list(
        status.fallbacksLeft(),
        (target, to) -> {
          to.text(target.destinationId().value());
          to.text(target.destinationType().word());
          to.number(target.destinationVersion());
        });
    SharedForms.texts(status.doneParts(), out);
  }

  @Override
  public DeliveryStatus read(AvroInput in) {
    DeliveryId delivery = SharedForms.deliveryId(in);
    OrganizationId organization = new OrganizationId(in.text());
    OverallState state = OverallState.parse(in.text());
    RequestSummary summary = SharedForms.summary(in);
    List<DestinationStatus> destinations = in.list(StatusForm::destination);
    Optional<DeliveryId> duplicateOf = in.optional(SharedForms::deliveryId);
    Optional<Reason> reason = reason(in);
    List<FieldError> errors = in.list(SharedForms::error);
    Optional<TaskPayload.Reference> payload = in.optional(SharedForms::reference);
    String metadataSha256 = in.text();
    Optional<Instant> expiresAt = in.optional(AvroInput::time);
    Instant updatedAt = in.time();
    return new DeliveryStatus(
        delivery,
        organization,
        state,
        summary,
        destinations,
        duplicateOf,
        reason,
        errors,
        payload,
        metadataSha256,
        expiresAt,
        updatedAt,
        in.optional(AvroInput::text).flatMap(TraceParent::parse));
  }

  private static Optional<Reason> reason(AvroInput in) {
    return in.optional(AvroInput::text).map(Reason::parse);
  }

  private static DestinationStatus destination(AvroInput in) {
    return new DestinationStatus(
        in.text(),
        in.optional(SharedForms::destinationType),
        in.optional(AvroInput::text).map(TaskId::new),
        DestinationState.parse(in.text()),
        in.count(),
        in.count(),
        reason(in),
        in.optional(AvroInput::text),
        in.optional(AvroInput::time),
        in.optional(AvroInput::time),
        in.optional(AvroInput::text),
        in.list(StatusForm::destinationId),
        in.optional(StatusForm::destinationId),
        in.list(StatusForm::target),
        SharedForms.texts(in));
  }

  private static DestinationId destinationId(AvroInput in) {
    return new DestinationId(in.text());
  }

  private static FallbackTarget target(AvroInput in) {
    return new FallbackTarget(destinationId(in), SharedForms.destinationType(in), in.number());
  }
}
