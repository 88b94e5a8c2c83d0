package io.waybill.status;

import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;

/**
 * Who counts what becomes of deliveries. Called by stream threads as they decide, so it must return
 * at once and throw nothing. What a thread had not committed when it died is decided, and told,
 * again.
 */
public interface StatusMetrics {
  /** Counts nothing. */
  StatusMetrics NONE = new StatusMetrics() {};

  /** A delivery's overall state is another one now, or its first. */
  default void became(OverallState state) {}

  /** A record became a dead letter. */
  default void deadLettered(Reason reason) {}
}
