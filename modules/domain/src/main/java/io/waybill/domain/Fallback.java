package io.waybill.domain;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who gets a delivery in a destination's place.
 *
 * @param destinationIds tried in this order, each after the one before it has failed for good
 * @param after the first of them is tried when the delivery is still under way so long after it was
 *     due; absent means only when it has failed for good
 */
public record Fallback(List<DestinationId> destinationIds, Optional<Duration> after) {
  private static final Fallback NONE = new Fallback(List.of(), Optional.empty());

  public Fallback {
    destinationIds = List.copyOf(destinationIds);
  }

  /** Nobody. */
  public static Fallback none() {
    return NONE;
  }
}
