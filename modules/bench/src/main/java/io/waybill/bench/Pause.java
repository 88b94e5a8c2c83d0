package io.waybill.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waiting where time is what is measured. */
final class Pause {
  private Pause() {}

  static void of(Duration time) {
    until(System.nanoTime() + time.toNanos());
  }

  /** Returns at that {@link System#nanoTime}, or at once when it is past. */
  static void until(long nanos) {
    long left;
    while ((left = nanos - System.nanoTime()) > 0) {
      LockSupport.parkNanos(left);
    }
  }
}
