package io.waybill.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * How well one destination has been taking its tasks.
 *
 * @param firstFailureAt the first failure since the last success
 * @param averageDuration of the attempts, exponentially weighted
 * @param breaker what a sender restores the destination's breaker from
 */
public record DestinationHealth(
    DestinationId destinationId,
    OrganizationId organizationId,
    DestinationType type,
    Grade grade,
    long deliveries,
    long failures,
    int consecutiveFailures,
    Optional<Instant> firstFailureAt,
    Optional<Instant> lastFailureAt,
    Optional<Instant> lastSuccessAt,
    Optional<Reason> lastReason,
    Duration averageDuration,
    Instant updatedAt,
    BreakerTrace breaker) {

  /** Consecutive failures from which a destination is degraded. */
  public static final int DEGRADED_AT = 3;

  /** Consecutive failures from which a destination is unhealthy. */
  public static final int UNHEALTHY_AT = 5;

  /** A destination's condition in one word. */
  public enum Grade {
    HEALTHY,
    DEGRADED,
    UNHEALTHY;

    /** The grade of that many failures in a row. */
    public static Grade of(int consecutiveFailures) {
      if (consecutiveFailures >= UNHEALTHY_AT) {
        return UNHEALTHY;
      }
      return consecutiveFailures >= DEGRADED_AT ? DEGRADED : HEALTHY;
    }

    /** The word in topics and JSON: lower case. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Reads {@link #word()}. */
    public static Grade parse(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }
}
