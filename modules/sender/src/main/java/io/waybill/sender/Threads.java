package io.waybill.sender;

import java.time.Duration;

/** Waiting for threads to end. */
final class Threads {
  private Threads() {}

  /** Waits at most that long; one that was never started has ended already. */
  static void join(Thread thread, Duration within) {
    if (thread.getState() == Thread.State.NEW || !within.isPositive()) {
      return;
    }
    try {
      boolean _ = thread.join(within);
    } catch (InterruptedException e) {
      // The thread is left alone: what it does not commit any more is sent again.
      Thread.currentThread().interrupt();
    }
  }
}
