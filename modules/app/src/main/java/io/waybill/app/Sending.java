package io.waybill.app;

import io.waybill.domain.RetryPolicy;
import io.waybill.sender.BreakerPolicy;

/**
 * What the operator says about sending.
 *
 * @param retry for destinations without a {@code retryConfig} of their own
 * @param circuitBreaker of each destination
 */
public record Sending(RetryPolicy retry, BreakerPolicy circuitBreaker) {

  /** What holds when nothing is said. */
  public static Sending defaults() {
    return new Sending(RetryPolicy.defaults(), BreakerPolicy.defaults());
  }
}
