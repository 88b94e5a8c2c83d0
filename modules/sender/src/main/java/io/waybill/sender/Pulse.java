package io.waybill.sender;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** What the poll thread tells of itself; read by any thread. */
final class Pulse {
  /** Longer than a commit that is asked for again and the drain of a revoke. */
  private static final Duration SILENT = Duration.ofSeconds(60);

  /** A commit may be redone a few times, in a rebalance for instance; more is a problem. */
  private static final int TOLERATED_ABORTS = 5;

  /** Longer than two heartbeats of a group whose brokers say nothing about them (5 s). */
  static final Duration HELD_USUALLY = Duration.ofSeconds(15);

  private final Ticker ticker;
  private volatile long lastTurn;
  private volatile Optional<String> loop = Optional.of("the poll thread has not started");
  private volatile Optional<String> writer = Optional.empty();
  private volatile Optional<String> registry = Optional.empty();
  private volatile OptionalLong heldSince = OptionalLong.empty();
  private volatile boolean assigned;
  private int aborts;

  Pulse(Ticker ticker) {
    this.ticker = ticker;
    lastTurn = ticker.nanos();
  }

  void turned() {
    lastTurn = ticker.nanos();
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

  /** Whether sends wait for the group to be heard, because this process stood still. */
  void sendsHeld(boolean held) {
    if (held != heldSince.isPresent()) {
      heldSince = held ? OptionalLong.of(ticker.nanos()) : OptionalLong.empty();
    }
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
    return writer.or(() -> registry).or(this::held);
  }

  private Optional<String> held() {
    OptionalLong since = heldSince;
    if (since.isEmpty()) {
      return Optional.empty();
    }
    Duration lasts = Duration.ofNanos(ticker.nanos() - since.getAsLong());
    return lasts.compareTo(HELD_USUALLY) > 0
        ? Optional.of(
            "nothing has been sent for "
                + lasts.toSeconds()
                + " s: the process stood still, and its group has not answered two heartbeats since."
                + " When this does not end, it stands still again and again: see that it gets its"
                + " CPU and memory")
        : Optional.empty();
  }

  private Optional<String> silence() {
    Duration since = Duration.ofNanos(ticker.nanos() - lastTurn);
    return since.compareTo(SILENT) > 0
        ? Optional.of("the poll thread has been silent for " + since.toSeconds() + " s")
        : Optional.empty();
  }
}
