package io.waybill.wire;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for a registry that cannot be reached, inside a stream thread: a record is never given up
 * because a dependency of ours is away. The wait is bounded so that the thread stays a live member
 * of its group; the exception then replaces the thread, which starts at the same record.
 */
public final class UntilAvailable {
  private static final Logger LOG = LoggerFactory.getLogger(UntilAvailable.class);
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(250);

  private UntilAvailable() {}

  /** What may fail for want of a registry. */
  @FunctionalInterface
  public interface Call<T, E extends Exception> {
    T run() throws E;
  }

  /**
   * Runs {@code call}, again and again while the registry is unavailable, for at most a minute.
   *
   * @throws RegistryException.Unavailable when the minute is over or the thread is interrupted
   */
  public static <T, E extends Exception> T call(Call<T, E> call) throws E {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (true) {
      try {
        return call.run();
      } catch (RegistryException.Unavailable e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        LOG.atWarn().addKeyValue("problem", e.getMessage()).log("waiting for the schema registry");
        try {
          Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw e;
        }
      }
    }
  }
}
