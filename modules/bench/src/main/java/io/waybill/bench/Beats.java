package io.waybill.bench;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How many requests for one destination arrived in each tenth of a second. Owned by the receiver's
 * thread; its text is read by the leader.
 */
final class Beats {
  /** Of one second. */
  private static final int EACH = 10;

  private static final long NANOS = 1_000_000_000L / EACH;

  private final int destination;
  private final long start;
  private int[] counts = new int[1 << 10];
  private int used;

  Beats(int destination, long start) {
    this.destination = destination;
    this.start = start;
  }

  private Beats(int[] counts) {
    this.destination = Receiver.NONE;
    this.start = 0;
    this.counts = counts;
    this.used = counts.length;
  }

  /** Reads {@link #toString}. */
  static Beats parse(String text) {
    return new Beats(
        text.isEmpty()
            ? new int[0]
            : Arrays.stream(text.split(" ", -1)).mapToInt(Integer::parseInt).toArray());
  }

  void add(int to, long now) {
    if (to != destination) {
      return;
    }
    int beat = (int) ((now - start) / NANOS);
    if (beat >= counts.length) {
      counts = Arrays.copyOf(counts, Math.max(beat + 1, 2 * counts.length));
    }
    counts[beat]++;
    used = Math.max(used, beat + 1);
  }

  /** All of them. */
  long sum() {
    return Arrays.stream(counts, 0, used).asLongStream().sum();
  }

  /** Most requests of any second, wherever it begins. */
  long busiestSecond() {
    long most = 0;
    long second = 0;
    for (int beat = 0; beat < used; beat++) {
      second += counts[beat] - (beat < EACH ? 0 : counts[beat - EACH]);
      most = Math.max(most, second);
    }
    return most;
  }

  /** After how many seconds that share of them had come. */
  double secondsUntil(double share) {
    double wanted = share * sum();
    long seen = 0;
    for (int beat = 0; beat < used; beat++) {
      seen += counts[beat];
      if (seen > 0 && seen >= wanted) {
        return (beat + 1.0) / EACH;
      }
    }
    return (double) used / EACH;
  }

  /** Requests per second between the moments when these shares had come. */
  double perSecond(double fromShare, double toShare) {
    long seen = 0;
    long at = 0;
    long until = 0;
    int fromBeat = -1;
    int toBeat = -1;
    for (int beat = 0; beat < used && toBeat < 0; beat++) {
      seen += counts[beat];
      if (fromBeat < 0 && seen >= fromShare * sum()) {
        fromBeat = beat;
        at = seen;
      }
      if (seen >= toShare * sum()) {
        toBeat = beat;
        until = seen;
      }
    }
    return toBeat > fromBeat ? (double) (until - at) * EACH / (toBeat - fromBeat) : 0;
  }

  @Override
  public String toString() {
    return Arrays.stream(counts, 0, used)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(" "));
  }
}
