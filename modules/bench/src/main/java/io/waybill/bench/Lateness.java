package io.waybill.bench;

import java.util.Locale;

/** Counts milliseconds, one bucket each up to ten minutes. For one thread. */
final class Lateness {
  private static final int LONGEST = 600_000;

  private final long[] counts = new long[LONGEST + 1];
  private long count;
  private long early;

  void add(long millis) {
    early += millis < 0 ? 1 : 0;
    counts[Math.clamp(millis, 0, LONGEST)]++;
    count++;
  }

  long count() {
    return count;
  }

  /** How many were below zero; they count as zero in the rest. */
  long early() {
    return early;
  }

  /** The smallest number of milliseconds that {@code percent} of all do not exceed. */
  long percentile(double percent) {
    long wanted = (long) Math.ceil(percent / 100 * count);
    long seen = 0;
    for (int millis = 0; millis <= LONGEST; millis++) {
      seen += counts[millis];
      if (seen >= wanted) {
        return millis;
      }
    }
    return LONGEST;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "p50 %d ms, p99 %d ms, p99.9 %d ms, the latest %d ms",
        percentile(50),
        percentile(99),
        percentile(99.9),
        percentile(100));
  }
}
