package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.domain.DestinationId;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an account from being locked. Each refused log-in brings it nearer to that, and every
 * waiting task would try: so until one log-in of a destination has succeeded, one attempt tries and
 * the others wait for what comes of it, and after a refusal nobody tries for a while. A change of
 * the destination or its credentials starts anew. Safe to share between threads.
 */
final class LogIns {
  /** At most three tries in ten minutes. */
  static final Duration PAUSE = Duration.ofMinutes(5);

  private static final int MANY = 1_000;

  /** Of a destination's configuration and of its credentials. */
  record Version(long destination, long secrets) {
    static Version of(Attempt attempt) {
      return new Version(attempt.destination().version(), attempt.secrets().version());
    }
  }

  private sealed interface State {
    Version version();

    /** Somebody logged in. */
    record Proven(Version version) implements State {}

    /** Somebody tries; the others wait for his future. */
    record Trying(Version version, CompletableFuture<Void> over) implements State {}

    record Refused(Version version, long untilNanos) implements State {
      Duration left() {
        return Duration.ofNanos(untilNanos - System.nanoTime());
      }
    }
  }

  private final ConcurrentMap<DestinationId, State> states = new ConcurrentHashMap<>();

  /** What an attempt may do. */
  sealed interface Turn {

    /** Log in. Whoever may says how it ended, or at least that it is over. */
    final class Granted implements Turn, AutoCloseable {
      private final LogIns all;
      private final DestinationId destination;
      private final State.@Nullable Trying mine;

      private Granted(LogIns all, DestinationId destination, State.@Nullable Trying mine) {
        this.all = all;
        this.destination = destination;
        this.mine = mine;
      }

      /** Nothing has been learnt of the credentials unless it was said before. */
      @Override
      public void close() {
        State.Trying tried = mine;
        if (tried != null) {
          all.states.remove(destination, tried);
          tried.over().complete(null);
        }
      }
    }

    /**
     * Let it be.
     *
     * @param left how long
     */
    record Pause(Duration left) implements Turn {}

    /** The attempt's time was over before its turn came. */
    record TooLate() implements Turn {}
  }

  /**
   * Waits until the attempt may log in, or it is known that it may not.
   *
   * @param patience how long to wait for others at most
   */
  Turn turn(Attempt attempt, Duration patience) throws InterruptedException {
    DestinationId destination = attempt.destination().id();
    Version version = Version.of(attempt);
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      State.Trying mine = new State.Trying(version, new CompletableFuture<>());
      State state =
          states.compute(
              destination, (id, old) -> old == null || isPast(old, version) ? mine : old);
      switch (state) {
        case State.Proven _ -> {
          return new Turn.Granted(this, destination, null);
        }
        case State.Refused refused -> {
          return new Turn.Pause(refused.left());
        }
        // A future is equal to none but itself, so this is the one that was put in above.
        case State.Trying trying when trying.equals(mine) -> {
          return new Turn.Granted(this, destination, mine);
        }
        case State.Trying trying -> {
          if (!isOver(trying, deadline - System.nanoTime())) {
            return new Turn.TooLate();
          }
        }
      }
    }
  }

  /**
   * The same for who can do nothing without.
   *
   * @throws Ended when the attempt may not log in
   */
  Turn.Granted granted(Attempt attempt, String host, Duration patience) throws Ended {
    try {
      return switch (turn(attempt, patience)) {
        case Turn.Granted granted -> granted;
        case Turn.Pause(Duration left) ->
            throw new Ended(
                new Failure(
                    Reason.CREDENTIALS_REFUSED,
                    host
                        + " refused the credentials a moment ago; they are not tried again so soon,"
                        + " lest the account be locked: update the destination with the right ones",
                    Optional.of(left)));
        case Turn.TooLate _ ->
            throw new Ended(
                new Failure(
                    Reason.TIMEOUT,
                    host
                        + " has not let the destination's first log-in in yet, for which the others"
                        + " wait"));
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Way.stopped();
    }
  }

  private static boolean isOver(State.Trying trying, long nanos) throws InterruptedException {
    try {
      trying.over().get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody completes it so", e);
    }
  }

  private static boolean isPast(State state, Version version) {
    return !state.version().equals(version)
        || (state instanceof State.Refused refused && !refused.left().isPositive());
  }

  /** The server took the credentials. */
  void succeeded(Attempt attempt) {
    put(attempt, new State.Proven(Version.of(attempt)));
  }

  /** The server did not. */
  void refused(Attempt attempt) {
    put(attempt, new State.Refused(Version.of(attempt), System.nanoTime() + PAUSE.toNanos()));
  }

  private void put(Attempt attempt, State state) {
    if (states.size() >= MANY) {
      // Who is forgotten costs one log-in that others wait for.
      states.values().removeIf(old -> !(old instanceof State.Trying));
    }
    State before = states.put(attempt.destination().id(), state);
    if (before instanceof State.Trying trying) {
      trying.over().complete(null);
    }
  }
}
