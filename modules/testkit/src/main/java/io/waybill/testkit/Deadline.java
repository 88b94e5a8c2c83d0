package io.waybill.testkit;

import java.time.Duration;

/** A moment on the monotonic clock; real time is what tests wait in. */
record Deadline(long atNanos) {
  static Deadline in(Duration within) {
    return new Deadline(System.nanoTime() + within.toNanos());
  }

  boolean isOver() {
    return leftNanos() <= 0;
  }

  long leftNanos() {
    return atNanos - System.nanoTime();
  }
}
