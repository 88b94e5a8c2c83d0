package io.waybill.timer;

import java.time.Duration;

/**
 * How the timer works.
 *
 * @param tick how often it looks for due tasks; the usual lateness of a task is half of it
 * @param maxPerTick most tasks that one look handles per partition
 * @param maxTickTime longest that all looks of one thread may take together in a tick, give or take
 *     a task for each partition; the rest of the tick is for records that come in, and for commits
 * @param pausedRecheck how soon a due task of a paused destination is looked at again
 * @param pausedRecheckMax a task that has been due for long is looked at less and less often, at
 *     least this often; also the longest that a task may stay after its destination was resumed
 */
public record TimerConfig(
    Duration tick,
    int maxPerTick,
    Duration maxTickTime,
    Duration pausedRecheck,
    Duration pausedRecheckMax) {

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
    if (pausedRecheckMax.compareTo(pausedRecheck) < 0) {
      throw new IllegalArgumentException(
          "pausedRecheckMax must not be shorter than pausedRecheck, not " + pausedRecheckMax);
    }
  }

  /** Looks every 50 ms, at 1,000 tasks, for 20 ms; paused ones again after 5 s to a minute. */
  public static TimerConfig defaults() {
    return new TimerConfig(
        Duration.ofMillis(50),
        1_000,
        Duration.ofMillis(20),
        Duration.ofSeconds(5),
        Duration.ofMinutes(1));
  }

  /** How long a task waits again that was due at {@code dueMillis} while its destination pauses. */
  long pausedDelayMillis(long dueMillis, long nowMillis) {
    // Doubles the time already waited: a long pause of many tasks must not fill the changelog.
    return Math.clamp(nowMillis - dueMillis, pausedRecheck.toMillis(), pausedRecheckMax.toMillis());
  }
}
