package io.waybill.status;

import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Copies of statuses with something changed. */
final class Changes {
  private Changes() {}

  /**
   * The delivery with these destinations; who delivered for whom, and its overall state, follow.
   */
  static DeliveryStatus with(
      DeliveryStatus status, List<DestinationStatus> destinations, Instant at) {
    List<DestinationStatus> settled =
        destinations.stream().map(one -> withDeliveredBy(one, destinations)).toList();
    return new DeliveryStatus(
        status.deliveryId(),
        status.organizationId(),
        Overall.of(settled),
        status.summary(),
        settled,
        status.duplicateOf(),
        status.reason(),
        status.errors(),
        status.payload(),
        status.metadataSha256(),
        status.expiresAt(),
        at.isAfter(status.updatedAt()) ? at : status.updatedAt(),
        status.trace());
  }

  /** The delivery with one destination in place of the one at {@code position}. */
  static DeliveryStatus with(
      DeliveryStatus status, int position, DestinationStatus destination, Instant at) {
    List<DestinationStatus> destinations = new ArrayList<>(status.destinations());
    destinations.set(position, destination);
    return with(status, destinations, at);
  }

  /** A destination that has begun a new life; who may stand in for it is asked anew. */
  static DestinationStatus reborn(DestinationStatus before, int generation) {
    return withFallbacksLeft(
        undelivered(
            before,
            DestinationState.PENDING,
            generation,
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        List.of());
  }

  /** A destination that stands in for one more. */
  static DestinationStatus standingInFor(DestinationStatus before, DestinationId requested) {
    if (before.fallbackOf().contains(requested)) {
      return before;
    }
    List<DestinationId> all = new ArrayList<>(before.fallbackOf());
    all.add(requested);
    return withFallbacks(before, all, before.deliveredBy(), before.fallbacksLeft());
  }

  /** A destination with these to stand in for it next. */
  static DestinationStatus withFallbacksLeft(DestinationStatus before, List<FallbackTarget> left) {
    return withFallbacks(before, before.fallbackOf(), before.deliveredBy(), left);
  }

  private static DestinationStatus withDeliveredBy(
      DestinationStatus one, List<DestinationStatus> all) {
    Optional<DestinationId> by =
        one.isFallback() || one.state() == DestinationState.DELIVERED
            ? Optional.empty()
            : all.stream()
                .filter(other -> other.state() == DestinationState.DELIVERED)
                .filter(other -> standsInFor(other, one))
                .map(other -> new DestinationId(other.destinationId()))
                .findFirst();
    return by.equals(one.deliveredBy())
        ? one
        : withFallbacks(one, one.fallbackOf(), by, one.fallbacksLeft());
  }

  /** Whether {@code other} is there in the place of {@code one}. */
  static boolean standsInFor(DestinationStatus other, DestinationStatus one) {
    return other.fallbackOf().stream().anyMatch(id -> id.value().equals(one.destinationId()));
  }

  private static DestinationStatus withFallbacks(
      DestinationStatus before,
      List<DestinationId> fallbackOf,
      Optional<DestinationId> deliveredBy,
      List<FallbackTarget> left) {
    return new DestinationStatus(
        before.destinationId(),
        before.type(),
        before.taskId(),
        before.state(),
        before.generation(),
        before.attempts(),
        before.reason(),
        before.message(),
        before.nextAttemptAt(),
        before.deliveredAt(),
        before.externalReference(),
        fallbackOf,
        deliveredBy,
        left,
        before.doneParts());
  }

  static DestinationStatus delivered(
      DestinationStatus before,
      int generation,
      int attempts,
      Instant at,
      Optional<String> reference) {
    return new DestinationStatus(
        before.destinationId(),
        before.type(),
        before.taskId(),
        DestinationState.DELIVERED,
        generation,
        attempts,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(at),
        reference,
        before.fallbackOf(),
        before.deliveredBy(),
        before.fallbacksLeft(),
        before.doneParts());
  }

  /** A destination that has not got it: over, or waiting. */
  static DestinationStatus undelivered(
      DestinationStatus before,
      DestinationState state,
      int generation,
      int attempts,
      Optional<Reason> reason,
      Optional<String> message,
      Optional<Instant> nextAttemptAt) {
    return new DestinationStatus(
        before.destinationId(),
        before.type(),
        before.taskId(),
        state,
        generation,
        attempts,
        reason,
        message,
        nextAttemptAt,
        Optional.empty(),
        Optional.empty(),
        before.fallbackOf(),
        before.deliveredBy(),
        before.fallbacksLeft(),
        before.doneParts());
  }
}
