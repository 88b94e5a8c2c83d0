package io.waybill.sender;

import java.time.Duration;
import java.util.Optional;

/** What the poll thread tells of itself; read by any thread. */
final class Pulse {
  /** Longer than a commit that is asked for again and the drain of a revoke. */
  private static final Duration SILENT = Duration.ofSeconds(60);

  /** A commit may be redone a few times, in a rebalance for instance; more is a problem. */
  private static final int TOLERATED_ABORTS = 5;

  private volatile long lastTurn = System.nanoTime();
  private volatile Optional<String> loop = Optional.of("the poll thread has not started");
  private volatile Optional<String> writer = Optional.empty();
  private volatile Optional<String> registry = Optional.empty();
  private volatile boolean assigned;
  private int aborts;

  void turned() {
    lastTurn = System.nanoTime();
    loop = Optional.empty();
  }

  void loopFailed(String problem) {
    loop = Optional.of(problem);
  }

  void writerBroken(String problem) {
    writer = Optional.of(problem);
  }

  /** Poll thread only. */
  void aborted(String problem) {
    aborts++;
    if (aborts > TOLERATED_ABORTS) {
      writer = Optional.of("transactions are aborted again and again: " + problem);
    }
  }

  /** Poll thread only. */
  void committed() {
    aborts = 0;
    writer = Optional.empty();
  }

  void writerOpened() {
    writer = Optional.empty();
  }

  void registryUnavailable(String problem) {
    registry = Optional.of("tasks wait for the schema registry: " + problem);
  }

  void registryAvailable() {
    registry = Optional.empty();
  }

  void assigned() {
    assigned = true;
  }

  /** Whether the group has given this member its partitions once, be they none. */
  boolean isAssigned() {
    return assigned;
  }

  /** Why the poll thread does not turn, if so: nothing but a restart may help. */
  Optional<String> standstill() {
    return loop.or(this::silence);
  }

  /** What keeps a turning poll thread from its work, if anything: mostly something outside. */
  Optional<String> hindrance() {
    return writer.or(() -> registry);
  }

  private Optional<String> silence() {
    Duration since = Duration.ofNanos(System.nanoTime() - lastTurn);
    return since.compareTo(SILENT) > 0
        ? Optional.of("the poll thread has been silent for " + since.toSeconds() + " s")
        : Optional.empty();
  }
}
