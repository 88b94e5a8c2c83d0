package io.waybill.bench;

import java.util.concurrent.locks.LockSupport;

/**
 * An open loop: each task has its time, whatever became of those before. Two streams side by side,
 * one to the destination that may hang, the other to all others in turn.
 */
final class Schedule {
  private static final double MICROS = 1e6;

  private final int destinations;
  private final double othersPerSecond;
  private final double hangingPerSecond;

  /** The destination that may hang; the others are all behind it. */
  static final int HANGING = 0;

  /** Takes one task at its time. */
  interface Sink {
    void take(int destination, long scheduledMicros);
  }

  /**
   * A schedule that has not begun.
   *
   * @param othersPerSecond tasks of all others together
   * @param sharePercent of all tasks that go to the one that may hang
   */
  Schedule(int destinations, double othersPerSecond, int sharePercent) {
    this.destinations = destinations;
    this.othersPerSecond = othersPerSecond;
    this.hangingPerSecond = othersPerSecond * sharePercent / (100 - sharePercent);
  }

  double hangingPerSecond() {
    return hangingPerSecond;
  }

  /** Tasks of the others that are due from one time to another, in microseconds from the start. */
  int others(long fromMicros, long toMicros) {
    return (int) (index(toMicros) - index(fromMicros));
  }

  /** The number of the first of the others' tasks that is not due before that time. */
  private long index(long micros) {
    long index = (long) Math.ceil(micros / MICROS * othersPerSecond);
    while (index > 0 && due(index - 1, othersPerSecond) >= micros) {
      index--;
    }
    while (due(index, othersPerSecond) < micros) {
      index++;
    }
    return index;
  }

  private static long due(long index, double perSecond) {
    return (long) (index / perSecond * MICROS);
  }

  /** Hands every task over at its time; returns after the last. */
  void run(long startMicros, long lengthMicros, Sink sink) {
    long other = 0;
    long hanging = 0;
    while (true) {
      long otherDue = due(other, othersPerSecond);
      long hangingDue = due(hanging, hangingPerSecond);
      long next = Math.min(otherDue, hangingDue);
      if (next >= lengthMicros) {
        return;
      }
      long left;
      while ((left = startMicros + next - Receiver.nowMicros()) > 0) {
        LockSupport.parkNanos(1_000 * left);
      }
      if (otherDue <= hangingDue) {
        sink.take(1 + (int) (other % (destinations - 1)), startMicros + otherDue);
        other++;
      } else {
        sink.take(HANGING, startMicros + hangingDue);
        hanging++;
      }
    }
  }
}
