package io.waybill.timer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How late a thread wakes that does nothing else: on a busy machine, no other can do better. */
final class MachineLateness implements AutoCloseable {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  final Latencies late = new Latencies();

  private final Thread thread = Thread.ofPlatform().name("bench-machine").start(this::run);
  private volatile boolean closed;

  private void run() {
    while (!closed) {
      long wanted = System.nanoTime() + TICK_NANOS;
      LockSupport.parkNanos(TICK_NANOS);
      late.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - wanted));
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
  }
}
