package io.waybill.status;

import io.waybill.domain.AlertKind;
import io.waybill.domain.DestinationId;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * When alerts are raised, how often, and where they are delivered.
 *
 * @param failureRate share of failed attempts, from which on
 * @param consecutiveFailures in a row, from which on
 * @param backlog tasks of one destination that have not ended, from which on
 * @param latency average duration of attempts, from which on
 * @param measuredOver the time over which rate and latency are measured
 * @param leastAttempts within that time, for fewer say nothing
 * @param debounce of each kind; a kind that is not in it is never raised
 * @param carriers where alerts are delivered, besides their topic
 */
public record AlertRules(
    double failureRate,
    int consecutiveFailures,
    long backlog,
    Duration latency,
    Duration measuredOver,
    int leastAttempts,
    Map<AlertKind, Debounce> debounce,
    List<AlertCarrier> carriers) {

  public AlertRules {
    debounce = Map.copyOf(debounce);
    carriers = List.copyOf(carriers);
    // Written so that NaN is outside.
    if (!(failureRate > 0 && failureRate <= 1)) {
      throw new IllegalArgumentException(
          "failureRate must be above 0 and at most 1, not " + failureRate);
    }
    if (consecutiveFailures < 1 || backlog < 1 || leastAttempts < 1) {
      throw new IllegalArgumentException(
          "consecutiveFailures, backlog and leastAttempts must be at least 1");
    }
    if (latency.toMillis() < 1) {
      throw new IllegalArgumentException("latency must be at least 1 ms, not " + latency);
    }
    if (measuredOver.toMillis() < AlertState.BUCKETS) {
      throw new IllegalArgumentException(
          "measuredOver must be at least " + AlertState.BUCKETS + " ms, not " + measuredOver);
    }
  }

  /**
   * A tenth of at least 10 attempts within 15 minutes, 5 failures in a row, 1,000 tasks, 30
   * seconds; every kind, delivered nowhere.
   */
  public static AlertRules defaults() {
    Map<AlertKind, Debounce> debounce = new EnumMap<>(AlertKind.class);
    debounce.put(AlertKind.FAILURE_RATE, Debounce.minutes(15, 60, 3));
    debounce.put(AlertKind.CONSECUTIVE_FAILURES, Debounce.minutes(10, 30, 2));
    debounce.put(AlertKind.BACKLOG, Debounce.minutes(30, 120, 2));
    debounce.put(AlertKind.LATENCY, Debounce.minutes(20, 90, 3));
    debounce.put(AlertKind.WARNED_BEFORE_DISABLING, Debounce.minutes(60, 24 * 60, 1));
    debounce.put(AlertKind.DISABLED, Debounce.minutes(60, 60, 3));
    debounce.put(AlertKind.RECOVERED, Debounce.minutes(15, 30, 3));
    return new AlertRules(
        0.1, 5, 1_000, Duration.ofSeconds(30), Duration.ofMinutes(15), 10, debounce, List.of());
  }

  /** The same, delivered there. */
  public AlertRules withCarriers(List<AlertCarrier> newCarriers) {
    return new AlertRules(
        failureRate,
        consecutiveFailures,
        backlog,
        latency,
        measuredOver,
        leastAttempts,
        debounce,
        newCarriers);
  }

  boolean isCarrier(DestinationId destination) {
    return carriers.stream().anyMatch(carrier -> carrier.destination().equals(destination));
  }
}
