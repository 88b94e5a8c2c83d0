package io.waybill.sender;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawJson;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.RetryConfig;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.WebhookConfig;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tasks and destinations of which a test spells out only what matters to it. */
final class TestTasks {
  static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
  static final OrganizationId ACME = new OrganizationId("acme");
  static final DestinationId HOOK = new DestinationId("hook");
  static final RecordOrigin ORIGIN = new RecordOrigin("waybill.tasks.webhook", 1, 7);

  static final TaskEnd DELIVERED = new TaskEnd(ACME, TaskEnd.Kind.DELIVERED, Optional.empty());

  private TestTasks() {}

  static ATask aTask() {
    return new ATask();
  }

  static final class ATask {
    private OrganizationId organization = ACME;
    private DeliveryId delivery = DeliveryId.random();
    private DestinationId destination = HOOK;
    private DestinationType type = DestinationType.WEBHOOK;
    private long version = 1;
    private int generation = 0;
    private int attempts = 0;
    private TaskPayload payload = new TaskPayload.Inline(RawJson.of("{\"n\":1}"));
    private int priority = 5;
    private Instant createdAt = NOW;
    private Instant firstDueAt = NOW;
    private Optional<Instant> expiresAt = Optional.empty();
    private Optional<DestinationId> fallbackOf = Optional.empty();

    ATask of(OrganizationId owner) {
      organization = owner;
      return this;
    }

    ATask delivery(DeliveryId id) {
      delivery = id;
      return this;
    }

    ATask to(DestinationId id) {
      destination = id;
      return this;
    }

    ATask type(DestinationType word) {
      type = word;
      return this;
    }

    ATask version(long number) {
      version = number;
      return this;
    }

    ATask generation(int number) {
      generation = number;
      return this;
    }

    ATask attempts(int made) {
      attempts = made;
      return this;
    }

    ATask payload(TaskPayload carried) {
      payload = carried;
      return this;
    }

    ATask priority(int number) {
      priority = number;
      return this;
    }

    /** And due then. */
    ATask createdAt(Instant time) {
      createdAt = time;
      firstDueAt = time;
      return this;
    }

    ATask firstDueAt(Instant time) {
      firstDueAt = time;
      return this;
    }

    ATask expiresAt(Instant time) {
      expiresAt = Optional.of(time);
      return this;
    }

    ATask fallbackOf(DestinationId requested) {
      fallbackOf = Optional.of(requested);
      return this;
    }

    Task build() {
      return new Task(
          TaskId.of(organization, delivery, destination),
          organization,
          delivery,
          destination,
          type,
          version,
          generation,
          attempts,
          "report",
          payload,
          RawJson.EMPTY_OBJECT,
          Optional.empty(),
          List.of(),
          priority,
          createdAt,
          firstDueAt,
          expiresAt,
          0,
          List.of(),
          fallbackOf,
          false);
    }
  }

  /** The same destination with somebody to stand in for it. */
  static Destination withFallback(Destination of, Fallback fallback) {
    return new Destination(
        of.id(),
        of.organizationId(),
        of.label(),
        of.description(),
        of.config(),
        fallback,
        of.isDefault(),
        of.enabled(),
        of.deleted(),
        of.version(),
        of.createdAt(),
        of.updatedAt());
  }

  static Destination destination(DestinationId id, long version, int maxRetries) {
    return destination(id, version, Optional.of(retries(maxRetries)), true, false);
  }

  static Destination destination(
      DestinationId id,
      long version,
      Optional<RetryConfig> retry,
      boolean enabled,
      boolean deleted) {
    WebhookConfig config =
        new WebhookConfig(
            URI.create("https://example.test/hook"),
            "POST",
            List.of(),
            Duration.ofSeconds(2),
            retry,
            WebhookConfig.Body.DATA);
    return new Destination(
        id,
        ACME,
        "label",
        Optional.empty(),
        config,
        Fallback.none(),
        false,
        enabled,
        deleted,
        version,
        NOW,
        NOW);
  }

  static RetryConfig retries(int maxRetries) {
    return new RetryConfig(maxRetries, Duration.ofSeconds(1), 2, Duration.ofSeconds(10));
  }

  static DestinationSecrets secrets(DestinationId id, long version) {
    return new DestinationSecrets(id, ACME, version, List.of());
  }
}
