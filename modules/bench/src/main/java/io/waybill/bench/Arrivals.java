package io.waybill.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** How late what was scheduled for some time arrived at the receivers, see {@link Latencies}. */
final class Arrivals {
  /** How long what is late is waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration LONG = Duration.ofSeconds(60);

  private final Lab lab;
  private final long lengthMicros;

  private Arrivals(Lab lab, long lengthMicros) {
    this.lab = lab;
    this.lengthMicros = lengthMicros;
  }

  /**
   * What came of one window.
   *
   * @param p50 milliseconds
   * @param p99 milliseconds
   * @param worst milliseconds
   * @param missing how many had not arrived when patience was over
   */
  record Latency(double p50, double p99, double worst, int expected, int missing) {}

  /**
   * Records from now on what is scheduled for that time, in place of what was recorded before.
   *
   * @param skipped a destination that does not count; -1 for none
   */
  static Arrivals record(Lab lab, long fromMicros, long toMicros, int skipped) {
    lab.receiver().order(LONG, "record", fromMicros, toMicros, skipped);
    return new Arrivals(lab, toMicros - fromMicros);
  }

  /** Waits for all of them, as long as there is patience. */
  Latency await(int expected) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (recorded() < expected && System.nanoTime() - end < 0) {
      Pause.of(Duration.ofMillis(100));
    }
    int missing = Math.max(0, expected - recorded());
    String percentiles =
        lab.receiver()
            .order(LONG, "percentiles", expected, lengthMicros + PATIENCE.toNanos() / 1_000);
    List<Double> millis =
        Arrays.stream(percentiles.split(" ", -1))
            .map(micros -> Long.parseLong(micros) / 1e3)
            .toList();
    return new Latency(millis.get(0), millis.get(1), millis.get(2), expected, missing);
  }

  private int recorded() {
    return Integer.parseInt(lab.receiver().order(LONG, "recorded"));
  }
}
