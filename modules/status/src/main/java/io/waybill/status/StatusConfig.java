package io.waybill.status;

import io.waybill.domain.DestinationType;
import java.time.Duration;
import java.util.Set;

/**
 * How the status topology works.
 *
 * @param types the destination types whose tasks topics exist; only their tasks can be retried
 * @param jsonView whether the JSON view of the status is written too
 * @param retention how long the status of a delivery that is over is kept after its last change
 * @param purgeTick how often it looks for what is past retention
 * @param maxPurgedPerTick most deliveries that one look removes per partition, for it holds up the
 *     thread
 * @param fallbackTick how often it looks for fallbacks that have become due
 * @param maxFallbacksPerTick most of them that one look decides per partition, for the same reason
 * @param backlogTick how often the backlogs that have changed are told
 * @param autoDisable when a destination that keeps failing is disabled
 * @param alerts when alerts are raised, and where they are delivered
 */
public record StatusConfig(
    Set<DestinationType> types,
    boolean jsonView,
    Duration retention,
    Duration purgeTick,
    int maxPurgedPerTick,
    Duration fallbackTick,
    int maxFallbacksPerTick,
    Duration backlogTick,
    AutoDisable autoDisable,
    AlertRules alerts) {

  /** Backlogs are counted every so often: they need not be known sooner, and are many. */
  private static final Duration BACKLOG_TICK = Duration.ofSeconds(5);

  public StatusConfig {
    types = Set.copyOf(types);
    if (retention.toSeconds() < 1) {
      throw new IllegalArgumentException("retention must be at least 1 s, not " + retention);
    }
    if (purgeTick.toMillis() < 1) {
      throw new IllegalArgumentException("purgeTick must be at least 1 ms, not " + purgeTick);
    }
    if (maxPurgedPerTick < 1) {
      throw new IllegalArgumentException(
          "maxPurgedPerTick must be at least 1, not " + maxPurgedPerTick);
    }
    if (fallbackTick.toMillis() < 1) {
      throw new IllegalArgumentException("fallbackTick must be at least 1 ms, not " + fallbackTick);
    }
    if (maxFallbacksPerTick < 1) {
      throw new IllegalArgumentException(
          "maxFallbacksPerTick must be at least 1, not " + maxFallbacksPerTick);
    }
    if (backlogTick.toMillis() < 1) {
      throw new IllegalArgumentException("backlogTick must be at least 1 ms, not " + backlogTick);
    }
  }

  /** With the usual rules of disabling and alerts. */
  public StatusConfig(
      Set<DestinationType> types,
      boolean jsonView,
      Duration retention,
      Duration purgeTick,
      int maxPurgedPerTick,
      Duration fallbackTick,
      int maxFallbacksPerTick) {
    this(
        types,
        jsonView,
        retention,
        purgeTick,
        maxPurgedPerTick,
        fallbackTick,
        maxFallbacksPerTick,
        BACKLOG_TICK,
        AutoDisable.defaults(),
        AlertRules.defaults());
  }

  /** The same with other rules of disabling and alerts. */
  public StatusConfig with(AutoDisable newAutoDisable, AlertRules newAlerts) {
    return new StatusConfig(
        types,
        jsonView,
        retention,
        purgeTick,
        maxPurgedPerTick,
        fallbackTick,
        maxFallbacksPerTick,
        backlogTick,
        newAutoDisable,
        newAlerts);
  }

  /**
   * With the JSON view, kept for 30 days, purged every second by at most 1,000; fallbacks that have
   * become due are seen every 100 ms, at most 1,000 of them.
   */
  public static StatusConfig defaults(Set<DestinationType> types) {
    return new StatusConfig(
        types,
        true,
        Duration.ofDays(30),
        Duration.ofSeconds(1),
        1_000,
        Duration.ofMillis(100),
        1_000);
  }
}
