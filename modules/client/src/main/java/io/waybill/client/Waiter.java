package io.waybill.client;

import io.waybill.domain.DeliveryStatus;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a status that it takes something from. What belongs to another organization than the
 * client's it does not see.
 */
final class Waiter<T> implements StatusWatch.Watcher {
  private final Asking asking;
  private final Function<DeliveryStatus, Optional<T>> wanted;
  private final CompletableFuture<T> found = new CompletableFuture<>();
  private final @Nullable CompletableFuture<Boolean> foreign;
  private volatile Optional<DeliveryStatus> last = Optional.empty();
  private volatile boolean givenUp;

  /** For a delivery of the client's own. */
  Waiter(Asking asking, Function<DeliveryStatus, Optional<T>> wanted) {
    this(asking, wanted, null);
  }

  /**
   * For one that was named by its id.
   *
   * @param foreign completed when the delivery turns out to be another organization's
   */
  Waiter(
      Asking asking,
      Function<DeliveryStatus, Optional<T>> wanted,
      @Nullable CompletableFuture<Boolean> foreign) {
    this.asking = asking;
    this.wanted = wanted;
    this.foreign = foreign;
  }

  @Override
  public boolean take(DeliveryStatus status) {
    if (asking.isForeign(status.organizationId())) {
      if (foreign != null) {
        foreign.complete(true);
      }
      return givenUp;
    }
    last = Optional.of(status);
    Optional<T> result = wanted.apply(status);
    result.ifPresent(found::complete);
    return result.isPresent() || givenUp;
  }

  @Override
  public void failed(RuntimeException e) {
    found.completeExceptionally(Waiting.failure(e));
  }

  /** What is waited for. */
  CompletableFuture<T> found() {
    return found;
  }

  /** The last status that it has seen. */
  Optional<DeliveryStatus> last() {
    return last;
  }

  void giveUp() {
    givenUp = true;
  }

  boolean isGivenUp() {
    return givenUp;
  }
}
