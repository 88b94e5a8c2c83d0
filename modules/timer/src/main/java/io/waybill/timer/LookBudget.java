package io.waybill.timer;

import java.util.function.LongSupplier;

/**
 * How long the looks of one thread may take together in each tick. A bound for each look alone is
 * none: a thread has a look for each type and partition, and with enough of them due at once it
 * would do nothing else, and take a record or two between rounds.
 *
 * <p>Those that had something due in the last round share the time equally, so that the first ones
 * do not use it up. Used by one thread.
 */
final class LookBudget {
  private final long tickNanos;
  private final long totalNanos;
  private final int maxTasks;
  private final LongSupplier nanoClock;
  private long roundBegan;
  private long usedNanos;
  private int busyLastRound = 1;
  private int busy;

  LookBudget(TimerConfig config, LongSupplier nanoClock) {
    tickNanos = config.tick().toNanos();
    totalNanos = config.maxTickTime().toNanos();
    maxTasks = config.maxPerTick();
    this.nanoClock = nanoClock;
    roundBegan = nanoClock.getAsLong();
  }

  /** Begins a look; {@link Look#end()} must follow. */
  Look look() {
    long now = nanoClock.getAsLong();
    if (now - roundBegan >= tickNanos) {
      busyLastRound = Math.max(1, busy);
      busy = 0;
      usedNanos = 0;
      roundBegan = now;
    }
    return new Look(now, totalNanos / busyLastRound, totalNanos - usedNanos);
  }

  /** One look at what is due in one partition. */
  final class Look {
    private final long began;
    private final long share;
    private final long left;
    private int tasks;

    private Look(long began, long share, long left) {
      this.began = began;
      this.share = share;
      this.left = left;
    }

    /** One more task was handled. */
    void count() {
      tasks++;
    }

    /** Whether another task may be handled. */
    boolean allowsMore() {
      return tasks < maxTasks && used() < Math.min(share, left);
    }

    /**
     * Whether another task may be handled before the backlog has its turn; also when other looks
     * have used up the time of this round, for these are few and not late yet.
     */
    boolean allowsNewest() {
      return tasks < maxTasks / 2 && used() < share / 2;
    }

    void end() {
      if (tasks > 0) {
        busy++;
        usedNanos += used();
      }
    }

    private long used() {
      return nanoClock.getAsLong() - began;
    }
  }
}
