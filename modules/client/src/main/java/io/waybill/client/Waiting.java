package io.waybill.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what the reader finds, and says its failures in words. */
final class Waiting {
  private final TopicFeed feed;

  Waiting(TopicFeed feed) {
    this.feed = feed;
  }

  /**
   * The result, or nothing when it has not come in time.
   *
   * @throws WaybillException when it failed, or the thread was interrupted (its flag is then set)
   */
  <T> Optional<T> get(CompletableFuture<T> future, Duration within) {
    refuseOnReader();
    try {
      return Optional.of(future.get(within.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WaybillException("interrupted while waiting", e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    }
  }

  void refuseOnReader() {
    if (feed.isReader()) {
      throw new IllegalStateException(
          "a status listener must not wait for the client, whose thread it is called on: hand over"
              + " to a thread of your own");
    }
  }

  /** A failure as the caller should see it. */
  static RuntimeException failure(Throwable e) {
    if (e instanceof WaybillException || e instanceof IllegalStateException) {
      return (RuntimeException) e;
    }
    return new WaybillException(
        e.getClass().getSimpleName()
            + ": "
            + e.getMessage()
            + ". Check that Kafka and the schema registry can be reached, and what this user may do",
        e);
  }
}
