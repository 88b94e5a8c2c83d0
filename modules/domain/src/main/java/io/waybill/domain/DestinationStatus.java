package io.waybill.domain;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One destination's part of a delivery's status.
 *
 * @param destinationId as the request named it
 * @param taskId absent when the destination was refused and no task exists
 * @param attempts tries made in this generation
 * @param reason why it failed, waits or was refused, when there is something to say
 * @param message the reason in words
 * @param nextAttemptAt when it waits for a known time
 * @param fallbackOf the requested destinations that this one stands in for; empty for a destination
 *     that the request named itself
 * @param deliveredBy who delivered in its place
 * @param fallbacksLeft who else may stand in for it, the next one first
 * @param doneParts as of {@link Task#doneParts}: what a replay must not send again
 */
public record DestinationStatus(
    String destinationId,
    Optional<DestinationType> type,
    Optional<TaskId> taskId,
    DestinationState state,
    int generation,
    int attempts,
    Optional<Reason> reason,
    Optional<String> message,
    Optional<Instant> nextAttemptAt,
    Optional<Instant> deliveredAt,
    Optional<String> externalReference,
    List<DestinationId> fallbackOf,
    Optional<DestinationId> deliveredBy,
    List<FallbackTarget> fallbacksLeft,
    List<String> doneParts) {

  public DestinationStatus {
    fallbackOf = List.copyOf(fallbackOf);
    fallbacksLeft = List.copyOf(fallbacksLeft);
    doneParts = List.copyOf(doneParts);
  }

  /** One that has nothing to do with fallbacks and parts. */
  public DestinationStatus(
      String destinationId,
      Optional<DestinationType> type,
      Optional<TaskId> taskId,
      DestinationState state,
      int generation,
      int attempts,
      Optional<Reason> reason,
      Optional<String> message,
      Optional<Instant> nextAttemptAt,
      Optional<Instant> deliveredAt,
      Optional<String> externalReference) {
    this(
        destinationId,
        type,
        taskId,
        state,
        generation,
        attempts,
        reason,
        message,
        nextAttemptAt,
        deliveredAt,
        externalReference,
        List.of(),
        Optional.empty(),
        List.of(),
        List.of());
  }

  /** The same with this much of it done. */
  public DestinationStatus withDoneParts(List<String> parts) {
    return new DestinationStatus(
        destinationId,
        type,
        taskId,
        state,
        generation,
        attempts,
        reason,
        message,
        nextAttemptAt,
        deliveredAt,
        externalReference,
        fallbackOf,
        deliveredBy,
        fallbacksLeft,
        parts);
  }

  /** Whether it stands in for others, and the request did not name it. */
  public boolean isFallback() {
    return !fallbackOf.isEmpty();
  }

  /** Whether the payload arrived: here, or where a fallback delivered it. */
  public boolean isServed() {
    return state == DestinationState.DELIVERED || deliveredBy.isPresent();
  }

  /**
   * Whether a retry that names nobody means it: it failed and nobody stood in. A fallback that
   * failed is not meant, for it follows by itself when the requested destination fails again.
   */
  public boolean needsRetry() {
    return state == DestinationState.FAILED && !isFallback() && !isServed();
  }
}
