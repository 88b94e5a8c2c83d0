package io.waybill.app;

import io.waybill.domain.RetryPolicy;

/**
 * What the operator says about sending.
 *
 * @param retry for destinations without a {@code retryConfig} of their own
 */
public record Sending(RetryPolicy retry) {

  /** What holds when nothing is said. */
  public static Sending defaults() {
    return new Sending(RetryPolicy.defaults());
  }
}
