package io.waybill.sender;

import java.time.Instant;
import java.time.InstantSource;

/** The time, twice: one that never goes back, and one that others understand. */
interface Ticker {

  /** Nanoseconds, as of {@link System#nanoTime}. */
  long nanos();

  Instant now();

  /** The machine's own, and that clock. */
  static Ticker of(InstantSource clock) {
    return new Ticker() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public Instant now() {
        return clock.instant();
      }
    };
  }
}
