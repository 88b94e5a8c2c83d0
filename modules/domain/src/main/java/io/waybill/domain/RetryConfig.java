package io.waybill.domain;

import java.time.Duration;

/**
 * A destination's {@code retryConfig} as its owner wrote it.
 *
 * @param maxRetries further tries after the first: 2 is three tries
 * @param baseDelay before the second try
 * @param backoffMultiplier each further delay is this much longer, at least 1
 * @param maxBackoffDelay no delay is longer
 */
public record RetryConfig(
    int maxRetries, Duration baseDelay, double backoffMultiplier, Duration maxBackoffDelay) {}
