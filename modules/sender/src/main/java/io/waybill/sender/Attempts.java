package io.waybill.sender;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Runs tasks' flows, each on a virtual thread of its own; how many is the {@link Budget}'s say. */
final class Attempts implements AutoCloseable {
  private final TaskFlow flow;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("waybill-attempt-", 0).factory());

  Attempts(TaskFlow flow) {
    this.flow = flow;
  }

  /** Starts a flow and returns; its end is handed to {@code ledger}. */
  void start(Work work, Order order, Ledger ledger) {
    threads.execute(() -> {
      try {
        ledger.done(work, order, flow.run(work, order));
      } catch (InterruptedException e) {
        // The sender has closed. Uncommitted and without an attempt counted, it is sent again.
        Thread.currentThread().interrupt();
      } catch (RuntimeException | Error e) {
        ledger.failed(work, order, e);
      }
    });
  }

  /** Interrupts what is left and does not wait for it. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
