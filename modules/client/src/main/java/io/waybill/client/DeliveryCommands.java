package io.waybill.client;

import io.waybill.client.plan.CommandRefusal;
import io.waybill.client.plan.PlanException;
import io.waybill.client.plan.RetryPlan;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
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
import java.util.function.Predicate;

/** Wishes about deliveries, which the status role decides on. Safe to share between threads. */
final class DeliveryCommands {
  private final Deliveries deliveries;
  private final Publisher publisher;
  private final Waiting waiting;
  private final CommandEncoding commands;
  private final Refusals refusals;
  private final Asking asking;
  private final InstantSource clock;
  private final String actor;
  private final Duration answerWithin;

  DeliveryCommands(
      Deliveries deliveries,
      Publisher publisher,
      Waiting waiting,
      CommandEncoding commands,
      Refusals refusals,
      Asking asking,
      InstantSource clock,
      String actor,
      Duration answerWithin) {
    this.deliveries = deliveries;
    this.publisher = publisher;
    this.waiting = waiting;
    this.commands = commands;
    this.refusals = refusals;
    this.asking = asking;
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

  /** See {@link WaybillClient#cancel}. */
  DeliveryStatus cancel(DeliveryId id) {
    DeliveryStatus now = deliveries.require(id, "cancel");
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
    DeliveryStatus now = deliveries.require(id, "retry");
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
    UUID commandId = UUID.randomUUID();
    byte[] command =
        commands.encode(
            new DeliveryCommand(
                commandId, id, now.organizationId(), actor, clock.instant(), action));
    Waiter<DeliveryStatus> waiter =
        new Waiter<>(asking, status -> Optional.of(status).filter(taken));
    try {
      waiting.get(deliveries.watch(id, TopicFeed.Reads.BEGINNING, waiter), answerWithin);
      waiting.get(
          refusals.await(
              commandId, refusal -> waiter.found().completeExceptionally(failure(id, refusal))),
          answerWithin);
      waiting.get(publisher.publish(Topics.COMMANDS, id.toString(), command), answerWithin);
      return waiting
          .get(waiter.found(), answerWithin)
          .orElseThrow(() ->
              new NoAnswerException(
                  "the command is published, but the status of delivery "
                      + id
                      + " does not show it within "
                      + answerWithin
                      + ". Check that Waybill's status role runs",
                  waiter.last()));
    } finally {
      refusals.forget(commandId);
      deliveries.giveUp(id, waiter);
    }
  }

  private static WaybillException failure(DeliveryId id, CommandRefusal refusal) {
    return refusal.isOfNoDelivery()
        ? Deliveries.notFound(id)
        : refused(
            "Waybill has refused the command for delivery "
                + id
                + ", and nothing has changed: "
                + refusal.words());
  }
}
