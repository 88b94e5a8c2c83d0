package io.waybill.status;

import io.waybill.domain.DestinationHealth;
import java.time.Duration;
import java.time.Instant;

/**
 * When a destination that fails and fails is disabled. Both must hold: many failures alone are an
 * outage of minutes at a busy destination, a long time alone may be two attempts at a quiet one.
 *
 * @param enabled whether anything is disabled at all because it fails
 * @param failures in a row, at least
 * @param failingFor since the first of them, at least
 * @param warnAt the share of both from which its owner is warned, above 0 and at most 1
 */
public record AutoDisable(boolean enabled, int failures, Duration failingFor, double warnAt) {

  public AutoDisable {
    if (failures < 1) {
      throw new IllegalArgumentException("failures must be at least 1, not " + failures);
    }
    if (failingFor.toMillis() < 1) {
      throw new IllegalArgumentException("failingFor must be at least 1 ms, not " + failingFor);
    }
    // Written so that NaN is outside.
    if (!(warnAt > 0 && warnAt <= 1)) {
      throw new IllegalArgumentException("warnAt must be above 0 and at most 1, not " + warnAt);
    }
  }

  /** After 10 failures and 24 hours, warned of at half of both. */
  public static AutoDisable defaults() {
    return new AutoDisable(true, 10, Duration.ofHours(24), 0.5);
  }

  /** Whether its newest failure is the one too many. Not a matter of time alone: it is asked. */
  boolean isDue(DestinationHealth health) {
    return enabled
        && health.consecutiveFailures() >= failures
        && health.firstFailureAt().isPresent()
        && health.lastFailureAt().isPresent()
        && !failingFor(health, health.lastFailureAt().get()).minus(failingFor).isNegative();
  }

  /** Whether it will be disabled if it goes on like this. */
  boolean isNear(DestinationHealth health, Instant now) {
    return enabled
        && health.firstFailureAt().isPresent()
        && health.consecutiveFailures() >= Math.ceil(failures * warnAt)
        && failingFor(health, now).toMillis() >= failingFor.toMillis() * warnAt;
  }

  /** How long it has been failing. */
  static Duration failingFor(DestinationHealth health, Instant now) {
    return health.firstFailureAt().map(first -> Duration.between(first, now)).orElse(Duration.ZERO);
  }
}
