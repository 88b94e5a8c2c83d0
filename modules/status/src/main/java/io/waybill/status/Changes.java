package io.waybill.status;

import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Copies of statuses with something changed. */
final class Changes {
  private Changes() {}

  /** The delivery with these destinations, its overall state to match. */
  static DeliveryStatus with(
      DeliveryStatus status, List<DestinationStatus> destinations, Instant at) {
    return new DeliveryStatus(
        status.deliveryId(),
        status.organizationId(),
        Overall.of(destinations),
        status.summary(),
        destinations,
        status.duplicateOf(),
        status.reason(),
        status.errors(),
        status.payload(),
        status.metadataSha256(),
        status.expiresAt(),
        at.isAfter(status.updatedAt()) ? at : status.updatedAt());
  }

  /** The delivery with one destination in place of the one at {@code position}. */
  static DeliveryStatus with(
      DeliveryStatus status, int position, DestinationStatus destination, Instant at) {
    List<DestinationStatus> destinations = new ArrayList<>(status.destinations());
    destinations.set(position, destination);
    return with(status, destinations, at);
  }

  /** A destination that has begun a new life. */
  static DestinationStatus reborn(DestinationStatus before, int generation) {
    return new DestinationStatus(
        before.destinationId(),
        before.type(),
        before.taskId(),
        DestinationState.PENDING,
        generation,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
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
        reference);
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
        Optional.empty());
  }
}
