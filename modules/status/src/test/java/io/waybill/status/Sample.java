package io.waybill.status;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryCommand.Failed;
import io.waybill.domain.DeliveryCommand.Fallback;
import io.waybill.domain.DeliveryCommand.FallbackCause;
import io.waybill.domain.DeliveryCommand.Overdue;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.AcceptedTask;
import io.waybill.domain.DeliveryEvent.RefusedDestination;
import io.waybill.domain.DeliveryEvent.RequestSummary;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** One delivery of the organization acme, and what can happen to it. */
final class Sample {
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  static final OrganizationId ACME = new OrganizationId("acme");
  static final OrganizationId EVIL = new OrganizationId("evil");
  static final RawJson DATA = RawJson.of("{\"n\":1}");
  static final RawJson METADATA = RawJson.of("{\"m\":2}");
  static final TaskPayload.Reference PAYLOAD =
      new TaskPayload.Reference(
          new RecordOrigin("waybill.requests", 2, 42), DATA.sha256(), DATA.size());

  final DeliveryId id = DeliveryId.random();
  int priority = 5;

  RequestSummary summary() {
    return new RequestSummary("report", Optional.of("corr-1"), List.of("x"), priority, START);
  }

  DeliveryEvent.Accepted accepted(String... destinations) {
    return accepted(Optional.empty(), List.of(), destinations);
  }

  DeliveryEvent.Accepted accepted(
      Optional<Instant> deliverAt, List<RefusedDestination> refused, String... destinations) {
    return new DeliveryEvent.Accepted(
        id,
        ACME,
        START,
        summary(),
        PAYLOAD,
        METADATA.sha256(),
        deliverAt,
        Optional.empty(),
        Stream.of(destinations)
            .map(name ->
                new AcceptedTask(taskId(name), new DestinationId(name), DestinationType.WEBHOOK, 3))
            .toList(),
        refused);
  }

  TaskId taskId(String destination) {
    return TaskId.of(ACME, id, new DestinationId(destination));
  }

  DeliveryEvent.Rejected rejected(Reason reason, Instant at) {
    return new DeliveryEvent.Rejected(id, ACME, at, summary(), reason, List.of());
  }

  DeliveryEvent.Duplicate duplicateOf(DeliveryId first, Instant at) {
    return new DeliveryEvent.Duplicate(id, ACME, at, summary(), first);
  }

  DeliveryEvent.TaskEvent event(
      String destination, int generation, int attempt, TaskTransition transition) {
    return event(ACME, destination, generation, attempt, transition);
  }

  DeliveryEvent.TaskEvent event(
      OrganizationId organization,
      String destination,
      int generation,
      int attempt,
      TaskTransition transition) {
    return new DeliveryEvent.TaskEvent(
        id,
        organization,
        START.plusSeconds(10 + attempt),
        taskId(destination),
        new DestinationId(destination),
        DestinationType.WEBHOOK,
        generation,
        attempt,
        transition);
  }

  static TaskTransition delivered() {
    return new TaskTransition.Delivered("200", Optional.of("ref-1"), Duration.ofMillis(20));
  }

  static TaskTransition failed() {
    return new TaskTransition.AttemptFailed(
        Reason.HTTP_TRANSIENT,
        "answered 503",
        Duration.ofMillis(30),
        Optional.of(START.plusSeconds(60)));
  }

  static TaskTransition failedForGood() {
    return new TaskTransition.AttemptFailed(
        Reason.HTTP_PERMANENT, "answered 400", Duration.ofMillis(30), Optional.empty());
  }

  static TaskTransition parked(Reason reason) {
    return new TaskTransition.Parked(reason, START.plusSeconds(90));
  }

  static TaskTransition dead(Reason reason) {
    return new TaskTransition.DeadLettered(reason, "gave up");
  }

  /** The event beside a {@link #fallback} command. */
  static TaskTransition deadWithFallback() {
    return new TaskTransition.DeadLettered(Reason.ATTEMPTS_EXHAUSTED, "gave up", true);
  }

  static TaskTransition cancelled(Reason reason) {
    return new TaskTransition.Cancelled(reason);
  }

  DeliveryCommand command(DeliveryCommand.Action action) {
    return command(ACME, action);
  }

  DeliveryCommand command(OrganizationId organization, DeliveryCommand.Action action) {
    return new DeliveryCommand(UUID.randomUUID(), id, organization, "ann", START, action);
  }

  /** The task as its dead letter holds it. */
  Task task(String destination, int generation, RawJson data) {
    return new Task(
        taskId(destination),
        ACME,
        id,
        new DestinationId(destination),
        DestinationType.WEBHOOK,
        3,
        generation,
        4,
        "report",
        new TaskPayload.Inline(data),
        METADATA,
        Optional.of("corr-1"),
        List.of("x"),
        priority,
        START,
        START,
        Optional.empty(),
        0);
  }

  /** A sender's wish after it gave up on a task. */
  DeliveryCommand fallback(String destination, int generation, String... targets) {
    return fallback(
        task(destination, generation, DATA),
        new Failed(Reason.ATTEMPTS_EXHAUSTED, "gave up"),
        targets);
  }

  /** A sender's wish for a task that goes on. */
  DeliveryCommand overdue(String destination, Instant since, String... targets) {
    return fallback(task(destination, 0, DATA), new Overdue(since), targets);
  }

  DeliveryCommand fallback(Task task, FallbackCause cause, String... targets) {
    return command(
        new Fallback(
            task,
            Stream.of(targets)
                .map(
                    name -> new FallbackTarget(new DestinationId(name), DestinationType.WEBHOOK, 7))
                .toList(),
            cause));
  }
}
