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
 * @param backlog its tasks that have not ended: under way, parked or waiting to be tried again
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
    BreakerTrace breaker,
    long backlog) {

  /** Of a destination without a backlog. */
  public DestinationHealth(
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
    this(
        destinationId,
        organizationId,
        type,
        grade,
        deliveries,
        failures,
        consecutiveFailures,
        firstFailureAt,
        lastFailureAt,
        lastSuccessAt,
        lastReason,
        averageDuration,
        updatedAt,
        breaker,
        0);
  }

  /** The same with another backlog. */
  public DestinationHealth withBacklog(long newBacklog) {
    return new DestinationHealth(
        destinationId,
        organizationId,
        type,
        grade,
        deliveries,
        failures,
        consecutiveFailures,
        firstFailureAt,
        lastFailureAt,
        lastSuccessAt,
        lastReason,
        averageDuration,
        updatedAt,
        breaker,
        newBacklog);
  }

  /** The same with nothing held against it, as after its owner has enabled it again. */
  public DestinationHealth forgiven() {
    return new DestinationHealth(
        destinationId,
        organizationId,
        type,
        Grade.HEALTHY,
        deliveries,
        failures,
        0,
        Optional.empty(),
        lastFailureAt,
        lastSuccessAt,
        lastReason,
        averageDuration,
        updatedAt,
        BreakerTrace.none(),
        backlog);
  }

  /** Consecutive failures from which a destination is degraded. */
  public static final int DEGRADED_AT = 3;

  /** Consecutive failures from which a destination is unhealthy. */
  public static final int UNHEALTHY_AT = 5;

  /** A destination's condition in one word. */
  public enum Grade {
    HEALTHY,
    DEGRADED,
    UNHEALTHY;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The grade of that many failures in a row. */
    public static Grade of(int consecutiveFailures) {
      if (consecutiveFailures >= UNHEALTHY_AT) {
        return UNHEALTHY;
      }
      return consecutiveFailures >= DEGRADED_AT ? DEGRADED : HEALTHY;
    }

    /** The word in topics and JSON: lower case. */
    public String word() {
      return word;
    }

    /** Reads {@link #word()}. */
    public static Grade parse(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }
}
