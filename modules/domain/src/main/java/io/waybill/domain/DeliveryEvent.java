package io.waybill.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What happened to a delivery. Key of the events topic: the delivery id. */
public sealed interface DeliveryEvent {
  DeliveryId deliveryId();

  OrganizationId organizationId();

  Instant occurredAt();

  /** What is known of a request, whatever became of it. */
  record RequestSummary(
      String type,
      Optional<String> correlationId,
      List<String> tags,
      int priority,
      Instant createdAt) {
    public RequestSummary {
      tags = List.copyOf(tags);
    }
  }

  /** One task that fan-out made. */
  record AcceptedTask(
      TaskId taskId,
      DestinationId destinationId,
      DestinationType destinationType,
      long destinationVersion) {}

  /** One destination of an accepted request that gets nothing, and why. */
  record RefusedDestination(String destinationId, Reason reason, String message) {}

  /**
   * Fan-out made a task for every good destination.
   *
   * @param payload always a reference: what a later retry can be made from
   * @param metadataSha256 of the metadata's bytes, 64 lower-case hexadecimal digits; the metadata
   *     itself stays where the data is
   */
  record Accepted(
      DeliveryId deliveryId,
      OrganizationId organizationId,
      Instant occurredAt,
      RequestSummary summary,
      TaskPayload.Reference payload,
      String metadataSha256,
      Optional<Instant> deliverAt,
      Optional<Instant> expiresAt,
      List<AcceptedTask> tasks,
      List<RefusedDestination> refused)
      implements DeliveryEvent {
    public Accepted {
      tasks = List.copyOf(tasks);
      refused = List.copyOf(refused);
    }
  }

  /** Nothing will be sent; a dead letter holds the record. */
  record Rejected(
      DeliveryId deliveryId,
      OrganizationId organizationId,
      Instant occurredAt,
      RequestSummary summary,
      Reason reason,
      List<FieldError> errors)
      implements DeliveryEvent {
    public Rejected {
      errors = List.copyOf(errors);
    }
  }

  /** The same as an earlier request; nothing new is sent. */
  record Duplicate(
      DeliveryId deliveryId,
      OrganizationId organizationId,
      Instant occurredAt,
      RequestSummary summary,
      DeliveryId duplicateOf)
      implements DeliveryEvent {}

  /**
   * Something happened to one task.
   *
   * @param attempt tries made so far in this generation, this one included
   * @param doneParts as of {@link Task#doneParts} from now on
   */
  record TaskEvent(
      DeliveryId deliveryId,
      OrganizationId organizationId,
      Instant occurredAt,
      TaskId taskId,
      DestinationId destinationId,
      DestinationType destinationType,
      int generation,
      int attempt,
      TaskTransition transition,
      List<String> doneParts)
      implements DeliveryEvent {
    public TaskEvent {
      doneParts = List.copyOf(doneParts);
    }

    /** Of a task that has no parts. */
    public TaskEvent(
        DeliveryId deliveryId,
        OrganizationId organizationId,
        Instant occurredAt,
        TaskId taskId,
        DestinationId destinationId,
        DestinationType destinationType,
        int generation,
        int attempt,
        TaskTransition transition) {
      this(
          deliveryId,
          organizationId,
          occurredAt,
          taskId,
          destinationId,
          destinationType,
          generation,
          attempt,
          transition,
          List.of());
    }
  }

  /** What happened to the task. */
  sealed interface TaskTransition {
    /** An attempt succeeded. */
    record Delivered(String answer, Optional<String> externalReference, Duration took)
        implements TaskTransition {}

    /** An attempt failed; the next one is due at that time, or the task ends in the same batch. */
    record AttemptFailed(
        Reason reason, String message, Duration took, Optional<Instant> nextAttemptAt)
        implements TaskTransition {}

    /** Waits without an attempt having been made. */
    record Parked(Reason reason, Instant dueAt) implements TaskTransition {}

    /**
     * Will not be tried again by itself.
     *
     * @param fallbackAsked whether a command in the same transaction asks for a fallback; then that
     *     command says the same of the task, and only with it the failure counts
     */
    record DeadLettered(Reason reason, String message, boolean fallbackAsked)
        implements TaskTransition {
      /** Without a fallback. */
      public DeadLettered(Reason reason, String message) {
        this(reason, message, false);
      }
    }

    /** Ended without having been sent. */
    record Cancelled(Reason reason) implements TaskTransition {}
  }
}
