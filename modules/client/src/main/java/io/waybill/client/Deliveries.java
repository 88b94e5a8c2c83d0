package io.waybill.client;

import io.waybill.client.plan.PlanException;
import io.waybill.client.plan.RetryPlan;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.FieldError;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;

/** Requests and what becomes of them. Safe to share between threads. */
final class Deliveries {
  /** By how much the clocks of publisher and status topology may differ. */
  private static final long SKEW_MILLIS = Duration.ofHours(1).toMillis();

  /** Beyond this many unanswered ones, an acceptance that is asked for is looked up. */
  private static final int MOST_WATCHED = 100_000;

  private final Publisher publisher;
  private final StatusWatch watch;
  private final Waiting waiting;
  private final CommandEncoding commands;
  private final InstantSource clock;
  private final String actor;
  private final Duration answerWithin;

  Deliveries(
      Publisher publisher,
      StatusWatch watch,
      Waiting waiting,
      CommandEncoding commands,
      InstantSource clock,
      String actor,
      Duration answerWithin) {
    this.publisher = publisher;
    this.watch = watch;
    this.waiting = waiting;
    this.commands = commands;
    this.clock = clock;
    this.actor = actor;
    this.answerWithin = answerWithin;
  }

  /** A command's value. */
  @FunctionalInterface
  interface CommandEncoding {
    /** Throws a {@link WaybillException} when this client has no registry. */
    byte[] encode(DeliveryCommand command);
  }

  /** Waits for a status that it takes something from. */
  private static final class Waiter<T> implements StatusWatch.Watcher {
    private final Function<DeliveryStatus, Optional<T>> wanted;
    private final CompletableFuture<T> found;
    private volatile Optional<DeliveryStatus> last = Optional.empty();
    private volatile boolean givenUp;

    Waiter(Function<DeliveryStatus, Optional<T>> wanted) {
      this(wanted, new CompletableFuture<>());
    }

    Waiter(Function<DeliveryStatus, Optional<T>> wanted, CompletableFuture<T> found) {
      this.wanted = wanted;
      this.found = found;
    }

    @Override
    public boolean take(DeliveryStatus status) {
      last = Optional.of(status);
      Optional<T> result = wanted.apply(status);
      result.ifPresent(found::complete);
      return result.isPresent() || givenUp;
    }

    @Override
    public void failed(RuntimeException e) {
      found.completeExceptionally(Waiting.failure(e));
    }
  }

  /** See {@link WaybillClient#deliver}. */
  Delivery deliver(DeliveryRequest request) {
    return request.deliveryId().isPresent()
        ? deliver(request, false)
        : deliver(
            new DeliveryRequest(
                Optional.of(DeliveryId.random()),
                request.organizationId(),
                request.destinations(),
                request.payload(),
                request.options()),
            true);
  }

  /**
   * The same for a request with an id.
   *
   * @param isNew whether nobody can have published that id before. What was published before may
   *     have its status already, which does not pass again
   */
  Delivery deliver(DeliveryRequest request, boolean isNew) {
    DeliveryId id = request.deliveryId().orElseThrow();
    long readFrom = isNew ? clock.millis() - SKEW_MILLIS : TopicFeed.Reads.BEGINNING;
    Delivery delivery = new Delivery(this, id, request.organizationId(), readFrom);
    if (isNew && watch.isFollowing() && watch.size() < MOST_WATCHED) {
      // The status is read anyhow, so the answer may as well be caught when it passes.
      Waiter<Acceptance> waiter = acceptanceOf(delivery);
      watch.add(id, waiter);
      delivery.accept(waiter.found);
    }
    publisher.publish(request, id, delivery.published());
    return delivery;
  }

  /** For a delivery that nobody watched so far. */
  CompletableFuture<Acceptance> acceptance(Delivery delivery) {
    Waiter<Acceptance> waiter = acceptanceOf(delivery);
    var unused = watch(delivery.id(), delivery.readFrom(), waiter);
    return waiter.found;
  }

  private Waiter<Acceptance> acceptanceOf(Delivery delivery) {
    Waiter<Acceptance> waiter = new Waiter<>(status -> Optional.of(Acceptance.of(status)));
    failWith(delivery, waiter);
    return waiter;
  }

  private <T> void failWith(Delivery delivery, Waiter<T> waiter) {
    var unused =
        delivery
            .published()
            .whenComplete((id, e) -> {
              if (e != null) {
                waiter.found.completeExceptionally(e);
                giveUp(delivery.id(), waiter);
              }
            });
  }

  private <T> CompletableFuture<Optional<DeliveryStatus>> watch(
      DeliveryId id, long since, Waiter<T> waiter) {
    CompletableFuture<Optional<DeliveryStatus>> watched = watch.watch(id, since, waiter);
    return watched.whenComplete((status, e) -> {
      if (e != null) {
        waiter.found.completeExceptionally(Waiting.failure(e));
      }
      if (waiter.givenUp) {
        // Given up before the reader came to it.
        watch.remove(id, waiter);
      }
    });
  }

  private <T> void giveUp(DeliveryId id, Waiter<T> waiter) {
    waiter.givenUp = true;
    watch.remove(id, waiter);
  }

  /** See {@link Delivery#await}. */
  DeliveryStatus await(Delivery delivery, Duration within) {
    Waiter<DeliveryStatus> waiter = end();
    failWith(delivery, waiter);
    return await(delivery.id(), delivery.readFrom(), within, waiter);
  }

  /** See {@link WaybillClient#await}. */
  DeliveryStatus await(DeliveryId id, Duration within) {
    return await(id, TopicFeed.Reads.BEGINNING, within, end());
  }

  private static Waiter<DeliveryStatus> end() {
    return new Waiter<>(status -> Optional.of(status).filter(one -> one.state().hasEnded()));
  }

  private DeliveryStatus await(
      DeliveryId id, long since, Duration within, Waiter<DeliveryStatus> waiter) {
    waiting.refuseOnReader();
    var unused = watch(id, since, waiter);
    try {
      return waiting
          .get(waiter.found, within)
          .orElseThrow(() ->
              new NoAnswerException(
                  "delivery "
                      + id
                      + " has not ended within "
                      + within
                      + ": "
                      + waiter
                          .last
                          .map(status -> "it is " + status.state().word())
                          .orElse("it has no status yet, does Waybill run?"),
                  waiter.last));
    } finally {
      giveUp(id, waiter);
    }
  }

  /** See {@link WaybillClient#status}. */
  Optional<DeliveryStatus> status(DeliveryId id) {
    return waiting
        .get(watch.find(id, TopicFeed.Reads.BEGINNING), answerWithin)
        .orElseThrow(() ->
            new NoAnswerException(
                "the status topic could not be read to its end within "
                    + answerWithin
                    + ": can Kafka be reached?",
                Optional.empty()));
  }

  private DeliveryStatus require(DeliveryId id) {
    return status(id)
        .orElseThrow(() ->
            new NotFoundException(
                "no such delivery: "
                    + id
                    + ". A delivery has a status when fan-out has decided about it, until its"
                    + " retention is over"));
  }

  /** See {@link WaybillClient#cancel}. */
  DeliveryStatus cancel(DeliveryId id) {
    DeliveryStatus now = require(id);
    if (now.state().hasEnded()) {
      throw refused(
          "delivery "
              + id
              + " has ended already (it is "
              + now.state().word()
              + "); there is nothing to cancel");
    }
    return ask(now, new DeliveryCommand.Cancel(), status -> status.state().hasEnded());
  }

  /** See {@link WaybillClient#retry}. */
  DeliveryStatus retry(DeliveryId id, Set<DestinationId> destinations) {
    DeliveryStatus now = require(id);
    RetryPlan plan;
    try {
      plan = RetryPlan.of(now, destinations);
    } catch (PlanException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
    return ask(now, plan.action(), plan::isTaken);
  }

  private static RefusedException refused(String why) {
    return new RefusedException(why, List.<FieldError>of());
  }

  private DeliveryStatus ask(
      DeliveryStatus now, DeliveryCommand.Action action, Predicate<DeliveryStatus> taken) {
    DeliveryId id = now.deliveryId();
    byte[] command =
        commands.encode(
            new DeliveryCommand(
                UUID.randomUUID(), id, now.organizationId(), actor, clock.instant(), action));
    Waiter<DeliveryStatus> waiter = new Waiter<>(status -> Optional.of(status).filter(taken));
    try {
      waiting.get(watch(id, TopicFeed.Reads.BEGINNING, waiter), answerWithin);
      waiting.get(publisher.publish(Topics.COMMANDS, id.toString(), command), answerWithin);
      return waiting
          .get(waiter.found, answerWithin)
          .orElseThrow(() ->
              new NoAnswerException(
                  "the command is published, but the status of delivery "
                      + id
                      + " does not show it within "
                      + answerWithin
                      + ". Check that Waybill's status role runs",
                  waiter.last));
    } finally {
      giveUp(id, waiter);
    }
  }

  /** See {@link WaybillClient#follow(DeliveryId, StatusListener)}. */
  Subscription follow(DeliveryId id, StatusListener listener) {
    Waiter<DeliveryStatus> waiter =
        new Waiter<>(status -> {
          StatusWatch.tell(listener, status);
          return Optional.empty();
        });
    CompletableFuture<Optional<DeliveryStatus>> watched =
        watch(id, TopicFeed.Reads.BEGINNING, waiter);
    boolean stands = false;
    try {
      stands = waiting.get(watched, answerWithin).isPresent();
    } finally {
      if (!stands) {
        giveUp(id, waiter);
      }
    }
    if (!stands) {
      throw new NoAnswerException(
          "the status topic could not be read to its end within "
              + answerWithin
              + ": can Kafka be reached?",
          waiter.last);
    }
    return () -> giveUp(id, waiter);
  }
}
