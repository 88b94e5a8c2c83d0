package io.waybill.bench;

import java.time.Duration;
import java.util.Arrays;

/** Measures a side from a start to a stop, again and again. */
final class Windows {
  /** After each start, for what a start brings. */
  static final Duration SETTLING = Duration.ofSeconds(2);

  /** Windows that are thrown away, until the compilers are done: they compete for the cores. */
  private static final int MOST_WARM_UPS = 10;

  /** Windows in a round whose load was too small. */
  private static final int MOST_AGAIN = 2;

  private static final Duration WARM_UP = Duration.ofSeconds(10);

  private static final Duration LONG = Duration.ofSeconds(60);

  private final Lab lab;
  private final Options options;
  private final Duration settling;

  /**
   * Windows of a laboratory.
   *
   * @param settling after each start, not counted
   */
  Windows(Lab lab, Options options, Duration settling) {
    this.lab = lab;
    this.options = options;
    this.settling = settling;
  }

  /** How long receivers take from now on. */
  void answerAfter(int millis) {
    lab.receiver().order(LONG, "delay", millis);
  }

  void warmUp(Side side, String start) {
    for (int i = 0; i < MOST_WARM_UPS; i++) {
      Window window = run(side, start, side.name(), "warm-up", WARM_UP);
      // Its load may have been made for a side that was still cold.
      if (side.hadWorkToTheEnd() && window.isWarm()) {
        return;
      }
    }
  }

  /**
   * One window.
   *
   * @param start the order that starts the side
   * @param name of what is measured
   * @throws BenchException when its work ran out: that is no rate
   */
  Window measure(Side side, String start, String name, String round, Duration length) {
    Window window = run(side, start, name, round, length);
    for (int again = 0; again < MOST_AGAIN && !side.hadWorkToTheEnd(); again++) {
      System.out.println("its load ran out, once more with what it needs by now");
      window = run(side, start, name, round, length);
    }
    side.requireWorkToTheEnd();
    return window;
  }

  private Window run(Side side, String start, String name, String round, Duration window) {
    side.topUp((settling.toMillis() + window.toMillis()) / 1e3 + 1, options);
    long before = lab.received();
    long[] beforeOfEach = lab.receivedOfEach();
    side.child().order(LONG, start);
    awaitFirst(side, before);
    Pause.of(settling);
    Reading from = Reading.now(lab, side.child());
    Pause.of(window);
    Reading to = Reading.now(lab, side.child());
    side.child().order(LONG, "stop");
    Window measured = Window.between(from, to);
    System.out.println(measured.row(round, name));
    long[] requests = lab.receivedOfEach();
    Arrays.setAll(requests, destination -> requests[destination] - beforeOfEach[destination]);
    side.sent(requests, measured);
    return measured;
  }

  static void requireSends(Window... windows) {
    for (Window window : windows) {
      if (window.perSecond() == 0) {
        throw new BenchException("nothing was sent in a measured window: the machine is too busy");
      }
    }
  }

  private void awaitFirst(Side side, long before) {
    long end = System.nanoTime() + LONG.toNanos();
    while (lab.received() == before) {
      if (System.nanoTime() - end > 0) {
        throw new BenchException(
            "the " + side.name() + " has sent nothing for " + LONG + " after its start");
      }
      Pause.of(Duration.ofMillis(20));
    }
  }
}
