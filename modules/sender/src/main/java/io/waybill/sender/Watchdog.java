package io.waybill.sender;

import io.waybill.domain.Outcome;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Gives up what a channel should have ended long ago, so that a channel with a bug cannot hold a
 * partition for ever. Watching costs no timer: nearly nothing is ever given up, and a look at all
 * that is under way now and then is enough. Safe to share between threads.
 */
final class Watchdog {
  private static final long LOOK_EVERY = Duration.ofMillis(500).toNanos();

  private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
  private volatile long nextLook = System.nanoTime();

  private static final class Watched {
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final Supplier<Outcome> givenUp;
    private final long until;

    private Watched(Supplier<Outcome> givenUp, long until) {
      this.givenUp = givenUp;
      this.until = until;
    }
  }

  /**
   * The same outcome, or another one when {@link #look} finds it overdue.
   *
   * @param patience from now
   * @param givenUp makes the outcome then
   */
  CompletionStage<Outcome> watch(
      CompletionStage<Outcome> stage, Duration patience, Supplier<Outcome> givenUp) {
    if (stage.toCompletableFuture().isDone()) {
      return stage;
    }
    Watched watch = new Watched(givenUp, System.nanoTime() + patience.toNanos());
    watched.add(watch);
    var _ =
        stage.whenComplete((outcome, failure) -> {
          watched.remove(watch);
          if (failure == null) {
            watch.outcome.complete(outcome);
          } else {
            watch.outcome.completeExceptionally(failure);
          }
        });
    return watch.outcome;
  }

  /** Gives up what is overdue; costs little when called often. */
  void look() {
    long now = System.nanoTime();
    if (now - nextLook < 0) {
      return;
    }
    nextLook = now + LOOK_EVERY;
    watched.stream().filter(watch -> now - watch.until >= 0).toList().forEach(this::giveUp);
  }

  private void giveUp(Watched overdue) {
    // Removed by its own end in this moment, it has an outcome.
    if (watched.remove(overdue)) {
      overdue.outcome.complete(overdue.givenUp.get());
    }
  }
}
