package io.waybill.client;

import io.waybill.client.plan.ForeignThing;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RequestRules;
import io.waybill.domain.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests and what becomes of them. Safe to share between threads. */
final class Deliveries {
  private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

  /** By how much the clocks of publisher and status topology may differ. */
  private static final long SKEW_MILLIS = Duration.ofHours(1).toMillis();

  /** Beyond this many unanswered ones, an acceptance that is asked for is looked up. */
  private static final int MOST_WATCHED = 100_000;

  private final Publisher publisher;
  private final StatusWatch watch;
  private final Waiting waiting;
  private final Asking asking;
  private final InstantSource clock;
  private final Duration answerWithin;

  Deliveries(
      Publisher publisher,
      StatusWatch watch,
      Waiting waiting,
      Asking asking,
      InstantSource clock,
      Duration answerWithin) {
    this.publisher = publisher;
    this.watch = watch;
    this.waiting = waiting;
    this.asking = asking;
    this.clock = clock;
    this.answerWithin = answerWithin;
  }

  /** See {@link WaybillClient#deliver}. */
  Delivery deliver(DeliveryRequest request) {
    return request.deliveryId().isPresent()
        ? deliver(request, false, null)
        : deliver(
            new DeliveryRequest(
                Optional.of(DeliveryId.random()),
                request.organizationId(),
                request.destinations(),
                request.payload(),
                request.options()),
            true,
            null);
  }

  /**
   * The same for a request with an id.
   *
   * @param isNew whether nobody can have published that id before. What was published before may
   *     have its status already, which does not pass again
   * @param trace where its publisher stands in a trace, if that was said
   */
  Delivery deliver(DeliveryRequest request, boolean isNew, @Nullable TraceParent trace) {
    DeliveryId id = request.deliveryId().orElseThrow();
    asking.requireOwn(request.organizationId(), "the request");
    refuseTooFarAhead(request);
    long readFrom = isNew ? clock.millis() - SKEW_MILLIS : TopicFeed.Reads.BEGINNING;
    Delivery delivery = new Delivery(this, id, request.organizationId(), readFrom);
    if (isNew && watch.isFollowing() && watch.size() < MOST_WATCHED) {
      // The status is read anyhow, so the answer may as well be caught when it passes.
      Waiter<Acceptance> waiter = acceptanceOf(delivery);
      watch.add(id, waiter);
      delivery.accept(waiter.found());
    }
    publisher.publish(request, trace, delivery.publishing());
    return delivery;
  }

  /** The one rule of fan-out for what lies ahead, which needs the time: see RequestLimits there. */
  private void refuseTooFarAhead(DeliveryRequest request) {
    Optional<Instant> deliverAt = request.options().deliverAt();
    if (deliverAt.isPresent()
        && deliverAt.get().isAfter(clock.instant().plus(RequestRules.MAX_DELIVER_AHEAD))) {
      throw new RefusedException(
          "the request is not valid, and was not published:",
          List.of(
              new FieldError(
                  "options.deliverAt",
                  "out-of-range",
                  "must be at most "
                      + RequestRules.MAX_DELIVER_AHEAD.toDays()
                      + " days ahead, because requests are kept for a limited time")));
    }
  }

  /** For a delivery that nobody watched so far. */
  CompletableFuture<Acceptance> acceptance(Delivery delivery) {
    Waiter<Acceptance> waiter = acceptanceOf(delivery);
    var unused = watch(delivery.id(), delivery.readFrom(), waiter);
    return waiter.found();
  }

  private Waiter<Acceptance> acceptanceOf(Delivery delivery) {
    Waiter<Acceptance> waiter = new Waiter<>(asking, status -> Optional.of(Acceptance.of(status)));
    failWith(delivery, waiter);
    return waiter;
  }

  private <T> void failWith(Delivery delivery, Waiter<T> waiter) {
    var unused =
        delivery
            .published()
            .whenComplete((id, e) -> {
              if (e != null) {
                waiter.found().completeExceptionally(e);
                giveUp(delivery.id(), waiter);
              }
            });
  }

  /** Hands the newest status, and each later one, to the waiter. */
  <T> CompletableFuture<Optional<DeliveryStatus>> watch(
      DeliveryId id, long since, Waiter<T> waiter) {
    CompletableFuture<Optional<DeliveryStatus>> watched = watch.watch(id, since, waiter);
    return watched.whenComplete((status, e) -> {
      if (e != null) {
        waiter.found().completeExceptionally(Waiting.failure(e));
      }
      if (waiter.isGivenUp()) {
        // Given up before the reader came to it.
        watch.remove(id, waiter);
      }
    });
  }

  /** Nobody waits for it any more. */
  <T> void giveUp(DeliveryId id, Waiter<T> waiter) {
    waiter.giveUp();
    watch.remove(id, waiter);
  }

  /** See {@link Delivery#await}. */
  DeliveryStatus await(Delivery delivery, Duration within) {
    Waiter<DeliveryStatus> waiter = new Waiter<>(asking, Deliveries::ended);
    failWith(delivery, waiter);
    return await(
        delivery.id(),
        delivery.readFrom(),
        waiter,
        within,
        () -> waiting.get(waiter.found(), within));
  }

  /** See {@link WaybillClient#await}. */
  DeliveryStatus await(DeliveryId id, Duration within) {
    asking.requireAbleToTell();
    CompletableFuture<Boolean> foreign = new CompletableFuture<>();
    Waiter<DeliveryStatus> waiter = new Waiter<>(asking, Deliveries::ended, foreign);
    return await(
        id,
        TopicFeed.Reads.BEGINNING,
        waiter,
        within,
        () -> {
          long began = System.nanoTime();
          waiting.get(CompletableFuture.anyOf(waiter.found(), foreign), within);
          if (foreign.isDone()) {
            asking.report(ForeignThing.DELIVERY, id.toString(), "await");
          }
          // A foreign one takes as long to answer as one that is not there.
          return waiting.get(waiter.found(), within.minusNanos(System.nanoTime() - began));
        });
  }

  private static Optional<DeliveryStatus> ended(DeliveryStatus status) {
    return status.state().hasEnded() ? Optional.of(status) : Optional.empty();
  }

  private DeliveryStatus await(
      DeliveryId id,
      long since,
      Waiter<DeliveryStatus> waiter,
      Duration within,
      Supplier<Optional<DeliveryStatus>> answer) {
    waiting.refuseOnReader();
    var unused = watch(id, since, waiter);
    try {
      return answer
          .get()
          .orElseThrow(() ->
              new NoAnswerException(
                  "delivery "
                      + id
                      + " has not ended within "
                      + within
                      + ": "
                      + waiter
                          .last()
                          .map(status -> "it is " + status.state().word())
                          .orElse("it has no status yet, does Waybill run?"),
                  waiter.last()));
    } finally {
      giveUp(id, waiter);
    }
  }

  /** See {@link WaybillClient#status}. */
  Optional<DeliveryStatus> status(DeliveryId id) {
    return status(id, "status");
  }

  /**
   * The same.
   *
   * @param method that it is asked for, for the audit trail
   */
  private Optional<DeliveryStatus> status(DeliveryId id, String method) {
    asking.requireAbleToTell();
    Optional<DeliveryStatus> found =
        waiting
            .get(watch.find(id, TopicFeed.Reads.BEGINNING), answerWithin)
            .orElseThrow(() -> unread(Optional.empty()));
    if (found.filter(status -> asking.isForeign(status.organizationId())).isPresent()) {
      asking.report(ForeignThing.DELIVERY, id.toString(), method);
      return Optional.empty();
    }
    return found;
  }

  private NoAnswerException unread(Optional<DeliveryStatus> last) {
    return new NoAnswerException(
        "the status topic could not be read to its end within "
            + answerWithin
            + ": can Kafka be reached?",
        last);
  }

  /** The delivery, as it is now. */
  DeliveryStatus require(DeliveryId id, String method) {
    return status(id, method).orElseThrow(() -> notFound(id));
  }

  static NotFoundException notFound(DeliveryId id) {
    return new NotFoundException(
        "no such delivery: "
            + id
            + ". A delivery has a status when fan-out has decided about it, until its"
            + " retention is over");
  }

  /** See {@link WaybillClient#follow(DeliveryId, StatusListener)}. */
  Subscription follow(DeliveryId id, StatusListener listener) {
    asking.requireAbleToTell();
    CompletableFuture<Boolean> foreign = new CompletableFuture<>();
    Waiter<DeliveryStatus> waiter =
        new Waiter<>(
            asking,
            status -> {
              StatusWatch.tell(listener, status);
              return Optional.empty();
            },
            foreign);
    CompletableFuture<Optional<DeliveryStatus>> watched =
        watch(id, TopicFeed.Reads.BEGINNING, waiter);
    boolean stands = false;
    try {
      if (waiting.get(watched, answerWithin).isEmpty()) {
        throw unread(waiter.last());
      }
      if (foreign.isDone()) {
        asking.report(ForeignThing.DELIVERY, id.toString(), "follow");
      } else {
        // One that begins only now: the reader's thread must not wait for the answer.
        var unused = foreign.thenRunAsync(() -> reportLate(id));
      }
      stands = true;
    } finally {
      if (!stands) {
        giveUp(id, waiter);
      }
    }
    return () -> giveUp(id, waiter);
  }

  private void reportLate(DeliveryId id) {
    try {
      asking.report(ForeignThing.DELIVERY, id.toString(), "follow");
    } catch (WaybillException | IllegalStateException e) {
      LOG.atError()
          .setCause(e)
          .addKeyValue("deliveryId", id)
          .log(
              "a security event could not be written: another organization's delivery is followed");
    }
  }

  /** See {@link WaybillClient#follow(OrganizationId, StatusListener)}. */
  Subscription follow(
      OrganizationId organization, Optional<Instant> since, StatusListener listener) {
    asking.requireOwn(organization, "what is to be followed");
    StatusWatch.Following following = watch.follow(organization, since, listener);
    boolean stands = false;
    try {
      stands = waiting.get(following.begun(), answerWithin).isPresent();
    } finally {
      if (!stands) {
        // Nobody could close it, and its listener would be called for ever.
        following.subscription().close();
      }
    }
    if (!stands) {
      throw unread(Optional.empty());
    }
    return following.subscription();
  }
}
