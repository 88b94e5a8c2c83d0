package io.waybill.fanout;

import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.Reason;

/**
 * Who counts what fan-out does. Called by stream threads as they decide, so it must return at once
 * and throw nothing. What a thread had not committed when it died is decided, and told, again.
 */
public interface FanOutMetrics {
  /** Counts nothing. */
  FanOutMetrics NONE = new FanOutMetrics() {};

  /** A request was accepted, rejected or found to be a duplicate. */
  default void decided(DeliveryEvent event) {}

  /** A record became a dead letter. */
  default void deadLettered(Reason reason) {}
}
