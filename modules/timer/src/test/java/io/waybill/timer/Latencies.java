package io.waybill.timer;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts milliseconds, one bucket each up to ten minutes. Safe to share between threads. */
final class Latencies {
  private static final int LONGEST = 600_000;

  private final AtomicLongArray counts = new AtomicLongArray(LONGEST + 1);
  private final AtomicLong total = new AtomicLong();
  private final AtomicLong negative = new AtomicLong();

  void add(long millis) {
    if (millis < 0) {
      negative.incrementAndGet();
    }
    counts.incrementAndGet((int) Math.clamp(millis, 0, LONGEST));
    total.incrementAndGet();
  }

  long count() {
    return total.get();
  }

  /** How many were below zero; they count as zero in the rest. */
  long negatives() {
    return negative.get();
  }

  /** The smallest number that {@code share} of all do not exceed. */
  long percentile(double share) {
    long wanted = (long) Math.ceil(share * total.get());
    long seen = 0;
    for (int i = 0; i <= LONGEST; i++) {
      seen += counts.get(i);
      if (seen >= wanted) {
        return i;
      }
    }
    return LONGEST;
  }

  String summary() {
    return "p50 %d ms, p99 %d ms, p99.9 %d ms, max %d ms (%,d records)"
        .formatted(percentile(0.5), percentile(0.99), percentile(0.999), percentile(1), count());
  }
}
