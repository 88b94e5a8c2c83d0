package io.waybill.app;

import java.util.concurrent.CountDownLatch;

/**
 * SIGTERM, SIGINT or the end of the terminal, as something to wait for. The JVM stays until {@link
 * #close}, so that what is open can be closed in order.
 */
final class StopSignal implements AutoCloseable {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Listens from now on. */
  StopSignal() {
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("waybill-stop").unstarted(this::stop));
  }

  /** Returns when the process is asked to stop. */
  void await() throws InterruptedException {
    asked.await();
  }

  /** Everything is closed: the JVM may go. */
  @Override
  public void close() {
    closed.countDown();
  }

  private void stop() {
    asked.countDown();
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
