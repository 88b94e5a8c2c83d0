package io.waybill.domain;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The unit of sending: one delivery to one destination.
 *
 * @param destinationVersion the destination's version when the task was made; a sender whose view
 *     is older waits for this one, a newer one wins
 * @param generation 0 for the first life of the task, raised by each replay
 * @param attempts tries already made in this generation
 * @param payloadType the payload's type word
 * @param metadata the request's; {@code {}} in a task that carries a reference, for then the
 *     request record holds it and the sender fetches it together with the data
 * @param firstDueAt when the first attempt of this generation was due; ages are counted from here
 * @param shard 0; reserved for splitting one destination over several partitions
 * @param doneParts what of the task needs no further try, in marks that only its channel can read:
 *     a mail to several recipients is several parts
 * @param fallbackOf the requested destination that this task's destination stands in for; absent in
 *     a task that the request itself asked for
 * @param fallbackAsked whether its fallback was asked for in this generation although it has not
 *     ended, so that it is asked for once
 * @param trace where it hangs in a trace
 */
public record Task(
    TaskId taskId,
    OrganizationId organizationId,
    DeliveryId deliveryId,
    DestinationId destinationId,
    DestinationType destinationType,
    long destinationVersion,
    int generation,
    int attempts,
    String payloadType,
    TaskPayload payload,
    RawJson metadata,
    Optional<String> correlationId,
    List<String> tags,
    int priority,
    Instant createdAt,
    Instant firstDueAt,
    Optional<Instant> expiresAt,
    int shard,
    List<String> doneParts,
    Optional<DestinationId> fallbackOf,
    boolean fallbackAsked,
    Optional<TraceParent> trace) {

  public Task {
    tags = List.copyOf(tags);
    doneParts = List.copyOf(doneParts);
  }

  /** A task that hangs in no trace. */
  public Task(
      TaskId taskId,
      OrganizationId organizationId,
      DeliveryId deliveryId,
      DestinationId destinationId,
      DestinationType destinationType,
      long destinationVersion,
      int generation,
      int attempts,
      String payloadType,
      TaskPayload payload,
      RawJson metadata,
      Optional<String> correlationId,
      List<String> tags,
      int priority,
      Instant createdAt,
      Instant firstDueAt,
      Optional<Instant> expiresAt,
      int shard,
      List<String> doneParts,
      Optional<DestinationId> fallbackOf,
      boolean fallbackAsked) {
    this(
        taskId,
        organizationId,
        deliveryId,
        destinationId,
        destinationType,
        destinationVersion,
        generation,
        attempts,
        payloadType,
        payload,
        metadata,
        correlationId,
        tags,
        priority,
        createdAt,
        firstDueAt,
        expiresAt,
        shard,
        doneParts,
        fallbackOf,
        fallbackAsked,
        Optional.empty());
  }

  /** A task that the request itself asked for, of which nothing is done yet. */
  public Task(
      TaskId taskId,
      OrganizationId organizationId,
      DeliveryId deliveryId,
      DestinationId destinationId,
      DestinationType destinationType,
      long destinationVersion,
      int generation,
      int attempts,
      String payloadType,
      TaskPayload payload,
      RawJson metadata,
      Optional<String> correlationId,
      List<String> tags,
      int priority,
      Instant createdAt,
      Instant firstDueAt,
      Optional<Instant> expiresAt,
      int shard) {
    this(
        taskId,
        organizationId,
        deliveryId,
        destinationId,
        destinationType,
        destinationVersion,
        generation,
        attempts,
        payloadType,
        payload,
        metadata,
        correlationId,
        tags,
        priority,
        createdAt,
        firstDueAt,
        expiresAt,
        shard,
        List.of(),
        Optional.empty(),
        false);
  }

  /** The same task after one more try. */
  public Task withAttempts(int newAttempts) {
    return copy(generation, newAttempts, payload, metadata, firstDueAt, doneParts, fallbackAsked);
  }

  /** The same task at that place in a trace. */
  public Task withTrace(Optional<TraceParent> newTrace) {
    return new Task(
        taskId,
        organizationId,
        deliveryId,
        destinationId,
        destinationType,
        destinationVersion,
        generation,
        attempts,
        payloadType,
        payload,
        metadata,
        correlationId,
        tags,
        priority,
        createdAt,
        firstDueAt,
        expiresAt,
        shard,
        doneParts,
        fallbackOf,
        fallbackAsked,
        newTrace);
  }

  /** The same task, its age counted from another time. */
  public Task withFirstDueAt(Instant newFirstDueAt) {
    return copy(generation, attempts, payload, metadata, newFirstDueAt, doneParts, fallbackAsked);
  }

  /** The same task with its data at another place. */
  public Task withPayload(TaskPayload newPayload) {
    return copy(generation, attempts, newPayload, metadata, firstDueAt, doneParts, fallbackAsked);
  }

  /** The same task with other metadata. */
  public Task withMetadata(RawJson newMetadata) {
    return copy(generation, attempts, payload, newMetadata, firstDueAt, doneParts, fallbackAsked);
  }

  /** The same task after its fallback was asked for. */
  public Task withFallbackAsked() {
    return copy(generation, attempts, payload, metadata, firstDueAt, doneParts, true);
  }

  /** The same task with more of it done. */
  public Task withDone(List<String> parts) {
    if (parts.isEmpty()) {
      return this;
    }
    List<String> all = Stream.concat(doneParts.stream(), parts.stream()).distinct().toList();
    return copy(generation, attempts, payload, metadata, firstDueAt, all, fallbackAsked);
  }

  /**
   * The same task in a new life: no attempt made yet, its age counted from {@code dueAt}. What is
   * done stays done.
   */
  public Task replayed(int newGeneration, Instant dueAt) {
    return copy(newGeneration, 0, payload, metadata, dueAt, doneParts, false);
  }

  /** Whether it travels on the express topic of its type. */
  public boolean isExpress() {
    return priority >= DeliveryOptions.EXPRESS_PRIORITY;
  }

  private Task copy(
      int newGeneration,
      int newAttempts,
      TaskPayload newPayload,
      RawJson newMetadata,
      Instant newFirstDueAt,
      List<String> newDoneParts,
      boolean newFallbackAsked) {
    return new Task(
        taskId,
        organizationId,
        deliveryId,
        destinationId,
        destinationType,
        destinationVersion,
        newGeneration,
        newAttempts,
        payloadType,
        newPayload,
        newMetadata,
        correlationId,
        tags,
        priority,
        createdAt,
        newFirstDueAt,
        expiresAt,
        shard,
        newDoneParts,
        fallbackOf,
        newFallbackAsked,
        trace);
  }
}
