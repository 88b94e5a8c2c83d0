package io.waybill.timer;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawJson;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tasks of which only what matters is spelled out. */
final class TaskBuilder {
  private static final OrganizationId ACME = new OrganizationId("acme");

  private DeliveryId delivery = DeliveryId.random();
  private DestinationId destination = new DestinationId("hook");
  private DestinationType type = DestinationType.WEBHOOK;
  private int generation;
  private int attempts;
  private int priority = 5;
  private Instant createdAt = Instant.ofEpochMilli(1_000);
  private Optional<Instant> expiresAt = Optional.empty();
  private Optional<DestinationId> fallbackOf = Optional.empty();

  static TaskBuilder aTask() {
    return new TaskBuilder();
  }

  TaskBuilder of(DeliveryId newDelivery) {
    delivery = newDelivery;
    return this;
  }

  TaskBuilder to(String newDestination) {
    destination = new DestinationId(newDestination);
    return this;
  }

  TaskBuilder ofType(DestinationType newType) {
    type = newType;
    return this;
  }

  TaskBuilder generation(int newGeneration) {
    generation = newGeneration;
    return this;
  }

  TaskBuilder attempts(int newAttempts) {
    attempts = newAttempts;
    return this;
  }

  TaskBuilder priority(int newPriority) {
    priority = newPriority;
    return this;
  }

  /** And due then. */
  TaskBuilder createdAt(Instant time) {
    createdAt = time;
    return this;
  }

  TaskBuilder expiresAt(Instant time) {
    expiresAt = Optional.of(time);
    return this;
  }

  TaskBuilder fallbackOf(String requested) {
    fallbackOf = Optional.of(new DestinationId(requested));
    return this;
  }

  Task build() {
    return new Task(
        TaskId.of(ACME, delivery, destination),
        ACME,
        delivery,
        destination,
        type,
        1,
        generation,
        attempts,
        "report",
        new TaskPayload.Inline(RawJson.of("{\"n\":1}")),
        RawJson.EMPTY_OBJECT,
        Optional.of("corr-1"),
        List.of("a"),
        priority,
        createdAt,
        createdAt,
        expiresAt,
        0,
        List.of(),
        fallbackOf,
        false);
  }
}
