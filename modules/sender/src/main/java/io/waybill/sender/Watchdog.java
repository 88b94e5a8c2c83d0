package io.waybill.sender;

import io.waybill.domain.Outcome;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * Gives up what a channel should have ended long ago, so that a channel with a bug cannot hold a
 * partition for ever. Watching costs no timer, and an end is not even noticed: nearly nothing is
 * ever given up, and a look at all of it now and then is enough. Safe to share between threads;
 * {@link #look} is for one.
 */
final class Watchdog {
  private static final long LOOK_EVERY = Duration.ofMillis(250).toNanos();

  private final Queue<Watched> watched = new ConcurrentLinkedQueue<>();
  private long nextLook = System.nanoTime();

  private record Watched(
      CompletableFuture<Outcome> outcome, Supplier<Outcome> givenUp, long until) {}

  /**
   * The same outcome, or another one when {@link #look} finds it overdue.
   *
   * @param patience from now
   * @param givenUp makes the outcome then
   */
  CompletionStage<Outcome> watch(
      CompletionStage<Outcome> stage, Duration patience, Supplier<Outcome> givenUp) {
    CompletableFuture<Outcome> outcome = stage.toCompletableFuture();
    if (!outcome.isDone()) {
      watched.add(new Watched(outcome, givenUp, System.nanoTime() + patience.toNanos()));
    }
    return outcome;
  }

  /** Gives up what is overdue and forgets what has ended; costs little when called often. */
  void look() {
    long now = System.nanoTime();
    if (now - nextLook < 0) {
      return;
    }
    nextLook = now + LOOK_EVERY;
    watched.removeIf(watch -> watch.outcome().isDone() || isGivenUp(watch, now));
  }

  private static boolean isGivenUp(Watched watch, long now) {
    if (now - watch.until() < 0) {
      return false;
    }
    // Unless it ended in this moment. A late answer finds it done, and is dropped.
    watch.outcome().complete(watch.givenUp().get());
    return true;
  }
}
