package io.waybill.sender;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A time that a test makes step by step, and what is to happen at its moments. */
final class Simulation {
  static final Duration STEP = Duration.ofMillis(10);

  private final FakeTicker ticker = new FakeTicker();
  private final Instant begin = ticker.now();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparing(Later::at).thenComparingLong(Later::number));
  private long numbers;

  private record Later(Instant at, long number, Runnable what) {}

  Ticker ticker() {
    return ticker;
  }

  Instant now() {
    return ticker.now();
  }

  /** How long it has gone on. */
  Duration elapsed() {
    return Duration.between(begin, ticker.now());
  }

  /** Whether it has gone on for less than that. */
  boolean isBefore(Duration elapsed) {
    return elapsed().compareTo(elapsed) < 0;
  }

  void after(Duration time, Runnable what) {
    at(ticker.now().plus(time), what);
  }

  void at(Instant time, Runnable what) {
    later.add(new Later(time, numbers++, what));
  }

  void step() {
    ticker.advance(STEP);
  }

  /** Lets all happen whose time has come. */
  void happen() {
    while (!later.isEmpty() && !later.element().at().isAfter(ticker.now())) {
      later.remove().what().run();
    }
  }
}
