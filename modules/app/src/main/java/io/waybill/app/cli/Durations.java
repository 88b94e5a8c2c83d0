package io.waybill.app.cli;

import java.time.Duration;

/** Durations in words. */
final class Durations {
  private Durations() {}

  /** {@code 30 s}, {@code 1500 ms}. */
  static String words(Duration duration) {
    return duration.toMillis() % 1_000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
