package io.waybill.timer;

import java.time.Duration;

/**
 * How the timer works.
 *
 * @param tick how often it looks for due tasks; the usual lateness of a task is half of it
 * @param maxPerTick most tasks that one look handles per partition
 * @param maxTickTime longest that all looks of one thread may take together in a tick, give or take
 *     a task for each partition; the rest of the tick is for records that come in, and for commits
 * @param pausedRecheck how often it looks whether a pause has ended; the longest that a held task
 *     stays after that
 */
public record TimerConfig(
    Duration tick, int maxPerTick, Duration maxTickTime, Duration pausedRecheck) {

  public TimerConfig {
    if (tick.toMillis() < 1) {
      throw new IllegalArgumentException("tick must be at least 1 ms, not " + tick);
    }
    if (maxPerTick < 1) {
      throw new IllegalArgumentException("maxPerTick must be at least 1, not " + maxPerTick);
    }
    if (!maxTickTime.isPositive()) {
      throw new IllegalArgumentException("maxTickTime must be positive, not " + maxTickTime);
    }
    if (pausedRecheck.toMillis() < 1) {
      throw new IllegalArgumentException(
          "pausedRecheck must be at least 1 ms, not " + pausedRecheck);
    }
  }

  /** Looks every 50 ms, at 1,000 tasks, for 20 ms; at pauses each second. */
  public static TimerConfig defaults() {
    return new TimerConfig(
        Duration.ofMillis(50), 1_000, Duration.ofMillis(20), Duration.ofSeconds(1));
  }
}
