package io.waybill.app.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * How far a long command is, on the error output: a bar that moves for a person at a terminal, else
 * a line every few seconds. Says nothing of what is over at once. Used by one thread.
 */
final class Progress {
  private static final int WIDTH = 30;
  private static final Duration BETWEEN_BARS = Duration.ofMillis(100);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

  private final String what;
  private final int total;
  private final boolean interactive;
  private final Duration between;
  private final PrintWriter err;
  private Countdown next;
  private boolean begun;

  /**
   * @param what is done with what is counted: {@code replayed}
   */
  Progress(String what, int total, boolean interactive, PrintWriter err) {
    this(what, total, interactive, interactive ? BETWEEN_BARS : BETWEEN_LINES, err);
  }

  /**
   * @param between nothing is shown before that, nor more often
   */
  Progress(String what, int total, boolean interactive, Duration between, PrintWriter err) {
    this.what = what;
    this.total = total;
    this.interactive = interactive;
    this.between = between;
    this.err = err;
    next = new Countdown(between);
  }

  /** So many are done. */
  void show(int done) {
    if (next.isOver()) {
      print(done);
      next = new Countdown(between);
    }
  }

  /** It is over, with so many done. */
  void end(int done) {
    if (!begun) {
      return;
    }
    print(done);
    if (interactive) {
      err.println();
      err.flush();
    }
  }

  private void print(int done) {
    begun = true;
    String words = String.format(Locale.ROOT, "%s %,d of %,d", what, done, total);
    if (interactive) {
      int full = (int) ((long) WIDTH * done / Math.max(1, total));
      err.print("\r[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "] " + words);
    } else {
      err.println("waybill: " + words);
    }
    err.flush();
  }
}
