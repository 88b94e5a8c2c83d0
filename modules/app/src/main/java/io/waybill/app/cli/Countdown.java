package io.waybill.app.cli;

import java.time.Duration;

/** A time limit on the machine's monotonic clock, which nobody sets back. */
final class Countdown {
  private final long end;

  Countdown(Duration limit) {
    this.end = System.nanoTime() + limit.toNanos();
  }

  boolean isOver() {
    return System.nanoTime() - end >= 0;
  }

  /** What is left, at most so much; never negative. */
  Duration left(Duration atMost) {
    Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    return left.compareTo(atMost) < 0 ? left : atMost;
  }
}
