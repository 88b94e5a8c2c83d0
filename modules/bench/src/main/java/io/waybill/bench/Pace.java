package io.waybill.bench;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** An open loop: each thing has its time, whatever became of those before. */
final class Pace {
  private Pace() {}

  /**
   * Hands over the time of each, when it has come; returns after the last.
   *
   * @param startMicros of the first, in microseconds of the epoch
   * @param perSecond fewer than a million, so that no two have the same time
   */
  static void keep(long startMicros, long lengthMicros, double perSecond, LongConsumer taker) {
    for (long number = 0; ; number++) {
      long due = (long) (number / perSecond * 1e6);
      if (due >= lengthMicros) {
        return;
      }
      long left;
      while ((left = startMicros + due - Receiver.nowMicros()) > 0) {
        LockSupport.parkNanos(1_000 * left);
      }
      taker.accept(startMicros + due);
    }
  }
}
