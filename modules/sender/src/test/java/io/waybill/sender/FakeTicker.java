package io.waybill.sender;

import java.time.Duration;
import java.time.Instant;

/** A time that goes on when the test says so. */
final class FakeTicker implements Ticker {
  private final Instant begin = TestTasks.NOW;
  private long nanos = 1_000_000_000;

  void advance(Duration by) {
    nanos += by.toNanos();
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public Instant now() {
    return begin.plusNanos(nanos - 1_000_000_000);
  }
}
