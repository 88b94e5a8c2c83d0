package io.waybill.bench;

import java.util.Arrays;

/**
 * How long after its scheduled time each request arrived. What has not arrived counts as later than
 * everything that has: a figure that forgets what is stuck would praise a sender for standing
 * still.
 */
final class Latencies {
  private final long fromMicros;
  private final long toMicros;
  private final int skipped;
  private long[] values = new long[1 << 14];
  private int count;

  /**
   * Nothing recorded yet.
   *
   * @param fromMicros requests scheduled before are not counted, in microseconds of the epoch
   * @param toMicros nor are those from then on
   * @param skipped nor are those of this destination; -1 for none
   */
  Latencies(long fromMicros, long toMicros, int skipped) {
    this.fromMicros = fromMicros;
    this.toMicros = toMicros;
    this.skipped = skipped;
  }

  void add(int destination, long scheduledMicros, long nowMicros) {
    if (destination == skipped || scheduledMicros < fromMicros || scheduledMicros >= toMicros) {
      return;
    }
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = nowMicros - scheduledMicros;
  }

  int count() {
    return count;
  }

  /**
   * A percentile in microseconds.
   *
   * @param expected how many should have arrived
   * @param missing what stands for those that did not
   */
  long percentile(double percent, int expected, long missing) {
    long[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(percent / 100 * Math.max(expected, count)) - 1;
    return rank < count ? sorted[Math.max(0, rank)] : missing;
  }
}
