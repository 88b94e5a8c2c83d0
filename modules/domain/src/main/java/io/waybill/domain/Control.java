package io.waybill.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * A word of the status topology to senders and timer, who look before each attempt. Key of the
 * control topic: {@link #key}; a tombstone lifts it.
 */
public sealed interface Control {
  /** What the keys of {@link DeliveryCancelled} begin with. */
  String DELIVERY_PREFIX = "delivery/";

  /** What the keys of {@link DestinationPaused} begin with. */
  String DESTINATION_PREFIX = "destination/";

  /** What the keys of {@link OrganizationPaused} begin with. */
  String ORGANIZATION_PREFIX = "organization/";

  /** What the keys of {@link TypePaused} begin with. */
  String TYPE_PREFIX = "type/";

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
      return DELIVERY_PREFIX + deliveryId;
    }
  }

  /** Tasks wait, and do not grow older meanwhile, until it is lifted. */
  sealed interface Paused extends Control {
    /** Who asked for it, where that is known. */
    Optional<String> by();

    /** Why, in the words of who asked. */
    Optional<String> reason();
  }

  /** Tasks of this destination wait. */
  record DestinationPaused(
      DestinationId destinationId, Instant since, Optional<String> by, Optional<String> reason)
      implements Paused {
    /** By nobody knows whom. */
    public DestinationPaused(DestinationId destinationId, Instant since) {
      this(destinationId, since, Optional.empty(), Optional.empty());
    }

    @Override
    public String key() {
      return keyOf(destinationId);
    }

    /** The record key of a destination's pause. */
    public static String keyOf(DestinationId destinationId) {
      return DESTINATION_PREFIX + destinationId;
    }
  }

  /** Tasks of this organization wait. */
  record OrganizationPaused(
      OrganizationId organizationId, Instant since, Optional<String> by, Optional<String> reason)
      implements Paused {
    @Override
    public String key() {
      return keyOf(organizationId);
    }

    /** The record key of an organization's pause. */
    public static String keyOf(OrganizationId organizationId) {
      return ORGANIZATION_PREFIX + organizationId;
    }
  }

  /** Tasks of this type wait, whosever they are. */
  record TypePaused(
      DestinationType type, Instant since, Optional<String> by, Optional<String> reason)
      implements Paused {
    @Override
    public String key() {
      return keyOf(type);
    }

    /** The record key of a type's pause. */
    public static String keyOf(DestinationType type) {
      return TYPE_PREFIX + type.word();
    }
  }
}
