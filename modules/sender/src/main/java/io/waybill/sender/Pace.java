package io.waybill.sender;

import java.time.Duration;

/**
 * How fast one destination answers, and for how long it has not. Times are nanoseconds, as of
 * {@link Ticker#nanos}. Owned by the poll thread.
 */
final class Pace {
  /** The drain rate leaves room: tasks that come back meet new ones. */
  private static final double DRAIN_SHARE = 0.8;

  private static final double LEAST_DRAIN_PER_SECOND = 10;

  /** Weight of the newest answer in the mean. */
  private static final double NEWEST = 0.1;

  private static final double SHORTEST_NANOS = 1e6;

  /** A destination that is asked in vain for so long may hang. */
  static final long SILENCE = Duration.ofMillis(500).toNanos();

  /** One that takes its time at other times, too, is given that much of it. */
  private static final int USUAL_TIMES = 2;

  /** And that much of the time that all of them take. */
  private static final int COMMON_TIMES = 4;

  private final LaneLimits limits;
  private final CommonPace common;

  /** Not known yet; neither so long that what is parked meanwhile would come back late. */
  private double meanNanos = 2e8;

  private boolean waitsForAnswer;
  private long since;

  Pace(LaneLimits limits, CommonPace common) {
    this.limits = limits;
    this.common = common;
  }

  /** An attempt begins. */
  void begun(long now) {
    if (!waitsForAnswer) {
      waitsForAnswer = true;
      since = now;
    }
  }

  /** It answered, after that long. */
  void answered(long now, long took) {
    meanNanos = Math.max(SHORTEST_NANOS, meanNanos + NEWEST * (took - meanNanos));
    since = now;
    common.answered(took);
  }

  /** Nothing is under way, and there is no reason to think that it would not answer. */
  void idle() {
    waitsForAnswer = false;
  }

  /** How long it has been asked in vain. */
  Duration silentFor(long now) {
    return waitsForAnswer ? Duration.ofNanos(now - since) : Duration.ZERO;
  }

  /** Whether it has not answered for longer than it should. */
  boolean isSilent(long now) {
    long usual = Math.max(USUAL_TIMES * (long) meanNanos, COMMON_TIMES * common.meanNanos());
    return waitsForAnswer && now - since >= Math.max(SILENCE, usual);
  }

  /** How many per second may come back: what it can take at its usual pace, or may be sent. */
  double drainPerSecond() {
    double canTake = DRAIN_SHARE * limits.inFlight() * 1e9 / meanNanos;
    return Math.min(limits.perSecond(), Math.max(LEAST_DRAIN_PER_SECOND, canTake));
  }
}
