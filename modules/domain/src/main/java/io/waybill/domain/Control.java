package io.waybill.domain;

import java.time.Instant;

/**
 * A word of the status topology to senders and timer, who look before each attempt. Key of the
 * control topic: {@link #key}; a tombstone lifts it.
 */
public sealed interface Control {
  /** The record key. */
  String key();

  Instant since();

  /**
   * No further attempt of this delivery's tasks up to that generation.
   *
   * @param generation tasks of a later generation were asked for after the cancel, and go on
   */
  record DeliveryCancelled(DeliveryId deliveryId, int generation, Instant since)
      implements Control {
    @Override
    public String key() {
      return keyOf(deliveryId);
    }

    /** The record key of a delivery's cancellation. */
    public static String keyOf(DeliveryId deliveryId) {
      return "delivery/" + deliveryId;
    }
  }

  /** Tasks of this destination wait. */
  record DestinationPaused(DestinationId destinationId, Instant since) implements Control {
    @Override
    public String key() {
      return keyOf(destinationId);
    }

    /** The record key of a destination's pause. */
    public static String keyOf(DestinationId destinationId) {
      return "destination/" + destinationId;
    }
  }
}
