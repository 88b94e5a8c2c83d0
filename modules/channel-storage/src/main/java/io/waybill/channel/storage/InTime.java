package io.waybill.channel.storage;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Work of many requests, of which each has a limit of time. What waits for a socket is broken off
 * by interrupting its thread, which helps with virtual threads only; so the work gets one, and
 * whoever wants it waits. Safe to share between threads.
 */
final class InTime {
  private final ScheduledExecutorService timer;
  private final Duration limit;
  private final String host;

  InTime(ScheduledExecutorService timer, Duration limit, String host) {
    this.timer = timer;
    this.limit = limit;
    this.host = host;
  }

  /**
   * Does the work and returns what comes of it; what it throws comes out as it is.
   *
   * @throws CleanUpException when the caller is interrupted, which ends the work
   */
  <T> T run(Supplier<T> work) {
    FutureTask<T> task = new FutureTask<>(work::get);
    Thread thread = Thread.ofVirtual().name("waybill-storage-clean-up").start(task);
    try {
      return task.get();
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new CleanUpException("the clean-up was broken off");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException failed) {
        throw failed;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("the clean-up failed", cause);
    }
  }

  /**
   * One request, on the thread of the work.
   *
   * @throws CleanUpException when it takes too long
   */
  <T> T call(Supplier<T> request) {
    Thread caller = Thread.currentThread();
    AtomicBoolean late = new AtomicBoolean();
    ScheduledFuture<?> end =
        timer.schedule(
            () -> {
              late.set(true);
              caller.interrupt();
            },
            limit.toNanos(),
            TimeUnit.NANOSECONDS);
    try {
      return request.get();
    } catch (SdkException broken) {
      if (late.get()) {
        throw new CleanUpException(
            host + " did not answer within " + limit.toMillis() + " ms; run it again");
      }
      throw broken;
    } finally {
      end.cancel(false);
    }
  }
}
