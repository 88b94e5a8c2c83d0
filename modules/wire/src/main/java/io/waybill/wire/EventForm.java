package io.waybill.wire;

import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.AcceptedTask;
import io.waybill.domain.DeliveryEvent.RefusedDestination;
import io.waybill.domain.DeliveryEvent.RequestSummary;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Events as {@code schemas/DeliveryEvent.avsc} has them: four sections at the end, of which the one
 * of its kind is there. An event with others beside it is read by the schema.
 */
final class EventForm implements FixedForm<DeliveryEvent> {
  private static final int SECTIONS = 4;
  private static final int ACCEPTED = 0;
  private static final int REJECTED = 1;
  private static final int DUPLICATE = 2;
  private static final int TASK = 3;

  @Override
  public void write(DeliveryEvent event, Scratch out) throws IOException {
    out.id(event.deliveryId().value());
    out.text(event.organizationId().value());
    out.time(event.occurredAt());
    if (event instanceof DeliveryEvent.Accepted accepted) {
      section(EventMapping.ACCEPTED, ACCEPTED, Optional.of(accepted.summary()), out);
      write(accepted, out);
      end(ACCEPTED, out);
    } else if (event instanceof DeliveryEvent.Rejected rejected) {
      section(EventMapping.REJECTED, REJECTED, Optional.of(rejected.summary()), out);
      out.text(rejected.reason().code());
      out.list(rejected.errors(), SharedForms::error);
      end(REJECTED, out);
    } else if (event instanceof DeliveryEvent.Duplicate duplicate) {
      section(EventMapping.DUPLICATE, DUPLICATE, Optional.of(duplicate.summary()), out);
      out.id(duplicate.duplicateOf().value());
      end(DUPLICATE, out);
    } else {
      section(EventMapping.TASK, TASK, Optional.empty(), out);
      write((TaskEvent) event, out);
      end(TASK, out);
    }
  }

  private static void section(
      String kind, int number, Optional<RequestSummary> summary, Scratch out) throws IOException {
    out.text(kind);
    out.present(summary.isPresent());
    if (summary.isPresent()) {
      SharedForms.summary(summary.get(), out);
    }
    for (int before = 0; before < number; before++) {
      out.present(false);
    }
    out.present(true);
  }

  private static void end(int number, Scratch out) {
    for (int after = number + 1; after < SECTIONS; after++) {
      out.present(false);
    }
  }

  private static void write(DeliveryEvent.Accepted accepted, Scratch out) throws IOException {
    SharedForms.reference(accepted.payload(), out);
    out.text(accepted.metadataSha256());
    out.optionalTime(accepted.deliverAt());
    out.optionalTime(accepted.expiresAt());
    out.list(
        accepted.tasks(),
        (task, to) -> {
          to.text(task.taskId().value());
          to.text(task.destinationId().value());
          to.text(task.destinationType().word());
          to.number(task.destinationVersion());
        });
    out.list(
        accepted.refused(),
        (refused, to) -> {
          to.text(refused.destinationId());
          to.text(refused.reason().code());
          to.text(refused.message());
        });
  }

  private static void write(TaskEvent event, Scratch out) throws IOException {
    out.text(event.taskId().value());
    out.text(event.destinationId().value());
    out.text(event.destinationType().word());
    out.number(event.generation());
    out.number(event.attempt());
    Optional<String> none = Optional.empty();
    TaskTransition transition = event.transition();
    if (transition instanceof TaskTransition.Delivered delivered) {
      out.text(EventMapping.DELIVERED);
      reason(Optional.empty(), none, out);
      answer(
          Optional.of(delivered.answer()),
          delivered.externalReference(),
          Optional.of(delivered.took()),
          Optional.empty(),
          out);
      out.flag(false);
    } else if (transition instanceof TaskTransition.AttemptFailed failed) {
      out.text(EventMapping.ATTEMPT_FAILED);
      reason(Optional.of(failed.reason()), Optional.of(failed.message()), out);
      answer(none, none, Optional.of(failed.took()), failed.nextAttemptAt(), out);
      out.flag(false);
    } else if (transition instanceof TaskTransition.Parked parked) {
      out.text(EventMapping.PARKED);
      reason(Optional.of(parked.reason()), none, out);
      answer(none, none, Optional.empty(), Optional.of(parked.dueAt()), out);
      out.flag(false);
    } else if (transition instanceof TaskTransition.DeadLettered dead) {
      out.text(EventMapping.DEAD_LETTERED);
      reason(Optional.of(dead.reason()), Optional.of(dead.message()), out);
      answer(none, none, Optional.empty(), Optional.empty(), out);
      out.flag(dead.fallbackAsked());
    } else {
      out.text(EventMapping.CANCELLED);
      reason(Optional.of(((TaskTransition.Cancelled) transition).reason()), none, out);
      answer(none, none, Optional.empty(), Optional.empty(), out);
      out.flag(false);
    }
    SharedForms.texts(event.doneParts(), out);
  }

  private static void reason(Optional<Reason> reason, Optional<String> message, Scratch out) {
    out.optionalText(reason.map(Reason::code));
    out.optionalText(message);
  }

  private static void answer(
      Optional<String> answer,
      Optional<String> externalReference,
      Optional<Duration> took,
      Optional<Instant> dueAt,
      Scratch out) {
    out.optionalText(answer);
    out.optionalText(externalReference);
    out.present(took.isPresent());
    if (took.isPresent()) {
      out.number(took.get().toMillis());
    }
    out.optionalTime(dueAt);
  }

  @Override
  public DeliveryEvent read(AvroInput in) {
    DeliveryId delivery = SharedForms.deliveryId(in);
    OrganizationId organization = new OrganizationId(in.text());
    Instant at = in.time();
    String kind = in.text();
    Optional<RequestSummary> summary = in.optional(SharedForms::summary);
    DeliveryEvent event =
        switch (kind) {
          case EventMapping.ACCEPTED -> {
            begin(ACCEPTED, in);
            yield accepted(delivery, organization, at, present(summary), in);
          }
          case EventMapping.REJECTED -> {
            begin(REJECTED, in);
            yield new DeliveryEvent.Rejected(
                delivery,
                organization,
                at,
                present(summary),
                Reason.parse(in.text()),
                in.list(SharedForms::error));
          }
          case EventMapping.DUPLICATE -> {
            begin(DUPLICATE, in);
            yield new DeliveryEvent.Duplicate(
                delivery, organization, at, present(summary), SharedForms.deliveryId(in));
          }
          case EventMapping.TASK -> {
            begin(TASK, in);
            yield taskEvent(delivery, organization, at, in);
          }
          default -> throw AvroInput.refused();
        };
    for (int after = numberOf(event) + 1; after < SECTIONS; after++) {
      require(!in.isPresent());
    }
    return event;
  }

  private static int numberOf(DeliveryEvent event) {
    if (event instanceof DeliveryEvent.Accepted) {
      return ACCEPTED;
    }
    if (event instanceof DeliveryEvent.Rejected) {
      return REJECTED;
    }
    return event instanceof DeliveryEvent.Duplicate ? DUPLICATE : TASK;
  }

  private static void begin(int number, AvroInput in) {
    for (int before = 0; before < number; before++) {
      require(!in.isPresent());
    }
    require(in.isPresent());
  }

  private static void require(boolean isSo) {
    if (!isSo) {
      throw AvroInput.refused();
    }
  }

  private static RequestSummary present(Optional<RequestSummary> summary) {
    return summary.orElseThrow(AvroInput::refused);
  }

  private static DeliveryEvent accepted(
      DeliveryId delivery,
      OrganizationId organization,
      Instant at,
      RequestSummary summary,
      AvroInput in) {
    TaskPayload.Reference payload = SharedForms.reference(in);
    return new DeliveryEvent.Accepted(
        delivery,
        organization,
        at,
        summary,
        payload,
        in.text(),
        in.optional(AvroInput::time),
        in.optional(AvroInput::time),
        in.list(EventForm::acceptedTask),
        in.list(EventForm::refused));
  }

  private static AcceptedTask acceptedTask(AvroInput in) {
    return new AcceptedTask(
        new TaskId(in.text()),
        new DestinationId(in.text()),
        SharedForms.destinationType(in),
        in.number());
  }

  private static RefusedDestination refused(AvroInput in) {
    return new RefusedDestination(in.text(), Reason.parse(in.text()), in.text());
  }

  private static TaskEvent taskEvent(
      DeliveryId delivery, OrganizationId organization, Instant at, AvroInput in) {
    TaskId task = new TaskId(in.text());
    DestinationId destination = new DestinationId(in.text());
    DestinationType type = SharedForms.destinationType(in);
    int generation = in.count();
    int attempt = in.count();
    TaskTransition transition = transition(in);
    return new TaskEvent(
        delivery,
        organization,
        at,
        task,
        destination,
        type,
        generation,
        attempt,
        transition,
        SharedForms.texts(in));
  }

  private static TaskTransition transition(AvroInput in) {
    String kind = in.text();
    Reason reason = in.optional(AvroInput::text).map(Reason::parse).orElse(Reason.UNKNOWN);
    String message = in.optional(AvroInput::text).orElse("");
    String answer = in.optional(AvroInput::text).orElse("");
    Optional<String> externalReference = in.optional(AvroInput::text);
    Duration took = in.optional(AvroInput::number).map(EventMapping::took).orElse(Duration.ZERO);
    Optional<Instant> dueAt = in.optional(AvroInput::time);
    boolean isFallbackAsked = in.flag();
    return switch (kind) {
      case EventMapping.DELIVERED -> new TaskTransition.Delivered(answer, externalReference, took);
      case EventMapping.ATTEMPT_FAILED ->
          new TaskTransition.AttemptFailed(reason, message, took, dueAt);
      case EventMapping.PARKED ->
          new TaskTransition.Parked(reason, dueAt.orElseThrow(AvroInput::refused));
      case EventMapping.DEAD_LETTERED ->
          new TaskTransition.DeadLettered(reason, message, isFallbackAsked);
      case EventMapping.CANCELLED -> new TaskTransition.Cancelled(reason);
      default -> throw AvroInput.refused();
    };
  }
}
