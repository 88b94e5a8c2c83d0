package io.waybill.domain;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When to try again, and when to stop.
 *
 * @param maxAttempts tries in all: {@code maxRetries: 2} is three
 * @param baseDelay before the second try
 * @param multiplier each further delay is this much longer, at least 1
 * @param maxDelay no delay is longer, jitter included
 * @param jitterFactor each delay is drawn from ± this share around its value, 0 to 1
 * @param maxAge a task older than this, counted from its first due time, is not tried again
 */
public record RetryPolicy(
    int maxAttempts,
    Duration baseDelay,
    double multiplier,
    Duration maxDelay,
    double jitterFactor,
    Duration maxAge) {

  /** The delay before the second try when nothing else is said. */
  public static final Duration DEFAULT_BASE_DELAY = Duration.ofSeconds(1);

  /** Spread of the delays when nothing else is said. */
  public static final double DEFAULT_JITTER_FACTOR = 0.1;

  public RetryPolicy {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts must be at least 1, not " + maxAttempts);
    }
    if (!(multiplier >= 1)) {
      throw new IllegalArgumentException("multiplier must be at least 1, not " + multiplier);
    }
    if (!(jitterFactor >= 0 && jitterFactor <= 1)) {
      throw new IllegalArgumentException("jitterFactor must be 0 to 1, not " + jitterFactor);
    }
    if (baseDelay.isNegative() || maxDelay.isNegative() || maxAge.isNegative()) {
      throw new IllegalArgumentException("delays must not be negative");
    }
  }

  /** What holds for a destination without {@code retryConfig}: tried for a day, hourly at last. */
  public static RetryPolicy defaults() {
    return new RetryPolicy(
        40,
        DEFAULT_BASE_DELAY,
        2,
        Duration.ofHours(1),
        DEFAULT_JITTER_FACTOR,
        Duration.ofHours(24));
  }

  /**
   * The policy of a destination that says how often it wants to be tried. Its age limit is what its
   * own delays and time-outs can add up to and one breaker reset, so that limited retries stay
   * limited while the breaker is open.
   *
   * @param maxRetries further tries after the first
   * @param jitterFactor the service's
   * @param timeout of one attempt
   * @param breakerReset how long an open breaker stays open
   */
  public static RetryPolicy limited(
      int maxRetries,
      Duration baseDelay,
      double multiplier,
      Duration maxDelay,
      double jitterFactor,
      Duration timeout,
      Duration breakerReset) {
    Duration age = timeout.plus(breakerReset);
    for (int retry = 0; retry < maxRetries; retry++) {
      Duration delay = delay(baseDelay, multiplier, maxDelay, retry);
      age = age.plus(shorter(scaled(delay, 1 + jitterFactor), maxDelay)).plus(timeout);
    }
    return new RetryPolicy(maxRetries + 1, baseDelay, multiplier, maxDelay, jitterFactor, age);
  }

  /** Whether a task may be tried again after {@code attempts} tries. */
  public boolean allowsAnother(int attempts) {
    return attempts < maxAttempts;
  }

  /**
   * How long to wait after {@code attempts} tries: {@code min(base · multiplier^(attempts - 1),
   * max)}, with jitter, never above {@link #maxDelay}.
   *
   * @param attempts tries made, at least 1
   */
  public Duration delayAfter(int attempts, RandomGenerator random) {
    Duration delay = delay(baseDelay, multiplier, maxDelay, attempts - 1);
    double factor = 1 + jitterFactor * (2 * random.nextDouble() - 1);
    Duration jittered = scaled(delay, factor);
    return shorter(jittered, maxDelay);
  }

  private static Duration delay(
      Duration baseDelay, double multiplier, Duration maxDelay, int exponent) {
    double millis = baseDelay.toMillis() * Math.pow(multiplier, exponent);
    // Also true for the infinity that a large exponent gives.
    return millis >= maxDelay.toMillis() ? maxDelay : Duration.ofMillis(Math.round(millis));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration scaled(Duration delay, double factor) {
    return Duration.ofMillis(Math.round(delay.toMillis() * factor));
  }
}
