package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.Alert;
import io.waybill.domain.AlertKind;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.BreakerTrace;
import io.waybill.domain.Control;
import io.waybill.domain.ControlCommand;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.FieldError;
import io.waybill.domain.HealthSignal;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.PauseScope;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.RetryConfig;
import io.waybill.domain.SealedField;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.WebhookAuth;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookTls;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CodecsTest {
  private static final Instant NOW = Instant.parse("2026-01-31T08:00:00.123Z");
  private static final OrganizationId HOSPITAL = new OrganizationId("hospital-001");
  private static final DeliveryId DELIVERY = DeliveryId.random();
  private static final DestinationId SIEM = new DestinationId("siem");
  private static final TaskId TASK_ID = TaskId.of(HOSPITAL, DELIVERY, SIEM);
  private static final TaskPayload.Reference REFERENCE =
      new TaskPayload.Reference(new RecordOrigin(Topics.REQUESTS, 2, 7), "ab".repeat(32), 99);
  private static final DeliveryEvent.RequestSummary SUMMARY =
      new DeliveryEvent.RequestSummary("report", Optional.of("c-1"), List.of("a", "b"), 7, NOW);

  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());

  @Test
  void keepsTasks() throws UndecodableException {
    assertKept(codecs.tasks(), task(new TaskPayload.Inline(RawJson.of("{\"a\":1.10}"))));
    assertKept(codecs.tasks(), task(new TaskPayload.Inline(RawJson.of("{\"a\":1.10}"), true)));
    assertKept(codecs.tasks(), task(REFERENCE));
    assertKept(codecs.tasks(), task(REFERENCE).withDone(List.of("0011223344556677", "x")));
    assertKept(codecs.parkedTasks(), new ParkedTask(task(REFERENCE), NOW, Reason.RETRY));
    assertKept(codecs.tasks(), fallbackTask());
    assertKept(
        codecs.parkedTasks(),
        new ParkedTask(fallbackTask().withFallbackAsked(), NOW, Reason.RETRY));
  }

  @Test
  void keepsEvents() throws UndecodableException {
    assertKept(
        codecs.events(),
        new DeliveryEvent.Accepted(
            DELIVERY,
            HOSPITAL,
            NOW,
            SUMMARY,
            REFERENCE,
            "cd".repeat(32),
            Optional.of(NOW),
            Optional.empty(),
            List.of(new DeliveryEvent.AcceptedTask(TASK_ID, SIEM, DestinationType.WEBHOOK, 3)),
            List.of(
                new DeliveryEvent.RefusedDestination(
                    "gone", Reason.DESTINATION_NOT_FOUND, "no such destination"))));
    assertKept(
        codecs.events(),
        new DeliveryEvent.Rejected(
            DELIVERY,
            OrganizationId.UNKNOWN,
            NOW,
            SUMMARY,
            Reason.INVALID_FIELD,
            List.of(new FieldError("options.priority", "out-of-range", "must be 0 to 10"))));
    assertKept(
        codecs.events(),
        new DeliveryEvent.Duplicate(DELIVERY, HOSPITAL, NOW, SUMMARY, DeliveryId.random()));
    for (TaskTransition transition :
        List.of(
            new TaskTransition.Delivered("200", Optional.of("r-1"), Duration.ofMillis(12)),
            new TaskTransition.AttemptFailed(
                Reason.TIMEOUT, "no answer", Duration.ofSeconds(15), Optional.of(NOW)),
            new TaskTransition.Parked(Reason.DELIVER_AT, NOW),
            new TaskTransition.DeadLettered(Reason.ATTEMPTS_EXHAUSTED, "3 attempts"),
            new TaskTransition.DeadLettered(Reason.GONE, "410", true),
            new TaskTransition.Cancelled(Reason.CANCELLED))) {
      assertKept(
          codecs.events(),
          new DeliveryEvent.TaskEvent(
              DELIVERY,
              HOSPITAL,
              NOW,
              TASK_ID,
              SIEM,
              DestinationType.WEBHOOK,
              1,
              2,
              transition,
              List.of("mark")));
    }
  }

  @Test
  void keepsCommands() throws UndecodableException {
    for (DeliveryCommand.Action action :
        List.of(
            new DeliveryCommand.Cancel(),
            new DeliveryCommand.Retry(Set.of(SIEM)),
            new DeliveryCommand.Replay(task(REFERENCE)),
            new DeliveryCommand.Reroute(
                task(REFERENCE),
                new FallbackTarget(new DestinationId("b"), DestinationType.STORAGE, 4),
                HOSPITAL),
            new DeliveryCommand.Fallback(
                task(REFERENCE),
                List.of(
                    new FallbackTarget(new DestinationId("b"), DestinationType.STORAGE, 4),
                    new FallbackTarget(new DestinationId("c"), DestinationType.WEBHOOK, 1)),
                new DeliveryCommand.Failed(Reason.GONE, "answered 410")),
            new DeliveryCommand.Fallback(
                task(new TaskPayload.Inline(RawJson.of("1.10"))),
                List.of(),
                new DeliveryCommand.Overdue(NOW)))) {
      assertKept(
          codecs.commands(),
          new DeliveryCommand(UUID.randomUUID(), DELIVERY, HOSPITAL, "ops", NOW, action));
    }
  }

  @Test
  void keepsControlCommands() throws UndecodableException {
    for (PauseScope scope :
        List.of(
            new PauseScope.OfDestination(SIEM, HOSPITAL),
            new PauseScope.OfOrganization(HOSPITAL),
            new PauseScope.OfType(DestinationType.STORAGE))) {
      for (ControlCommand.Action action :
          List.of(
              new ControlCommand.Pause(Optional.of("maintenance")),
              new ControlCommand.Pause(Optional.empty()),
              new ControlCommand.Resume())) {
        assertKept(
            codecs.controlCommands(),
            new ControlCommand(UUID.randomUUID(), HOSPITAL, scope, "ops", NOW, action));
      }
    }
  }

  @Test
  void keepsStatus() throws UndecodableException {
    var destination =
        new DestinationStatus(
            "siem",
            Optional.of(DestinationType.WEBHOOK),
            Optional.of(TASK_ID),
            DestinationState.RETRYING,
            1,
            2,
            Optional.of(Reason.HTTP_TRANSIENT),
            Optional.of("503"),
            Optional.of(NOW),
            Optional.empty(),
            Optional.empty());
    var served =
        new DestinationStatus(
            "analytics",
            Optional.of(DestinationType.WEBHOOK),
            Optional.of(TASK_ID),
            DestinationState.FAILED,
            0,
            1,
            Optional.of(Reason.GONE),
            Optional.of("410"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.of(new DestinationId("archive")),
            List.of(new FallbackTarget(new DestinationId("b"), DestinationType.EMAIL, 2)),
            List.of("mark"));
    var standIn =
        new DestinationStatus(
            "archive",
            Optional.of(DestinationType.STORAGE),
            Optional.of(TASK_ID),
            DestinationState.DELIVERED,
            0,
            1,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(NOW),
            Optional.empty(),
            List.of(new DestinationId("analytics"), SIEM),
            Optional.empty(),
            List.of(),
            List.of());
    assertKept(
        codecs.statuses(),
        new DeliveryStatus(
            DELIVERY,
            HOSPITAL,
            OverallState.PROCESSING,
            SUMMARY,
            List.of(destination, served, standIn),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.of(REFERENCE),
            "cd".repeat(32),
            Optional.of(NOW),
            NOW));
    assertKept(codecs.controls(), new Control.DeliveryCancelled(DELIVERY, 2, NOW));
    assertKept(codecs.controls(), new Control.DestinationPaused(SIEM, NOW));
    Optional<String> who = Optional.of("ops");
    Optional<String> why = Optional.of("maintenance");
    assertKept(codecs.controls(), new Control.DestinationPaused(SIEM, NOW, who, why));
    assertKept(codecs.controls(), new Control.OrganizationPaused(HOSPITAL, NOW, who, why));
    assertKept(
        codecs.controls(),
        new Control.TypePaused(DestinationType.EMAIL, NOW, who, Optional.empty()));
    assertKept(
        codecs.health(),
        new DestinationHealth(
                SIEM,
                HOSPITAL,
                DestinationType.WEBHOOK,
                DestinationHealth.Grade.DEGRADED,
                5,
                4,
                3,
                Optional.of(NOW),
                Optional.of(NOW),
                Optional.empty(),
                Optional.of(Reason.TIMEOUT),
                Duration.ofMillis(40),
                NOW,
                new BreakerTrace(2, 4, 0, Optional.of(NOW), Optional.empty()))
            .withBacklog(1_234));
  }

  @Test
  void keepsAlertsAndSignals() throws UndecodableException {
    assertKept(
        codecs.alerts(),
        new Alert(
            UUID.randomUUID(),
            HOSPITAL,
            SIEM,
            Optional.of("SIEM"),
            AlertKind.WARNED_BEFORE_DISABLING,
            Alert.Severity.CRITICAL,
            "look at it",
            OptionalDouble.of(0.25),
            OptionalDouble.of(0.1),
            NOW));
    assertKept(
        codecs.alerts(),
        new Alert(
            UUID.randomUUID(),
            HOSPITAL,
            SIEM,
            Optional.empty(),
            AlertKind.RECOVERED,
            Alert.Severity.LOW,
            "it is well",
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            NOW));
    assertKept(
        codecs.healthSignals(),
        new HealthSignal.Backlog(SIEM, HOSPITAL, DestinationType.STORAGE, 7, 1_000, NOW));
    assertKept(
        codecs.healthSignals(),
        new HealthSignal.Configured(
            SIEM,
            HOSPITAL,
            "SIEM",
            9,
            false,
            true,
            Optional.of(
                new Destination.SwitchedOff(NOW, "waybill.status", Optional.of("it failed"))),
            NOW));
    assertKept(
        codecs.healthSignals(),
        new HealthSignal.Configured(SIEM, HOSPITAL, "SIEM", 9, true, false, Optional.empty(), NOW));
  }

  private static Destination withIdentity(WebhookConfig plain) {
    var keys =
        List.of(
            new WebhookSigning.Key(
                3, SigningAlgorithm.V1A, Optional.of("whpk_x"), Optional.empty()),
            new WebhookSigning.Key(2, SigningAlgorithm.V1, Optional.empty(), Optional.of(NOW)),
            new WebhookSigning.Key(
                1, SigningAlgorithm.HEADERS, Optional.empty(), Optional.of(NOW)));
    var config =
        new WebhookConfig(
            plain.url(),
            plain.method(),
            plain.headerNames(),
            plain.timeout(),
            plain.retry(),
            plain.body(),
            Optional.of(new WebhookSigning(keys, Duration.ofHours(3))),
            Optional.of(new WebhookAuth.ApiKey("X-Key")),
            Optional.of(new WebhookTls(Optional.of("ca"), Optional.of("certificate"))),
            true,
            true);
    return new Destination(
        SIEM,
        HOSPITAL,
        "SIEM",
        Optional.empty(),
        config,
        Fallback.none(),
        true,
        true,
        false,
        4,
        NOW,
        NOW);
  }

  @Test
  void keepsDestinations() throws UndecodableException {
    var config =
        new WebhookConfig(
            URI.create("https://siem.example/events?x=1"),
            "POST",
            List.of("Authorization", "X-Source"),
            Duration.ofMillis(15000),
            Optional.of(new RetryConfig(5, Duration.ofSeconds(1), 1.5, Duration.ofSeconds(120))),
            WebhookConfig.Body.ENVELOPE);
    assertKept(codecs.destinations(), withIdentity(config));
    var sealed = new SealedField("webhook.headers.authorization", new byte[] {1, 2}, "abc");
    assertKept(
        codecs.destinations(),
        new Destination(
            SIEM,
            HOSPITAL,
            "SIEM",
            Optional.of("d"),
            config,
            Fallback.none(),
            true,
            true,
            false,
            4,
            NOW,
            NOW));
    var first = new SealedField("webhook.headers.x-source", new byte[] {3}, "abd", 0);
    assertKept(
        codecs.destinations(),
        new Destination(
            SIEM,
            HOSPITAL,
            "SIEM",
            Optional.of("d"),
            config,
            Fallback.none(),
            true,
            false,
            false,
            5,
            NOW,
            NOW,
            Optional.of(new Destination.SwitchedOff(NOW, "ann", Optional.of("it is gone")))));
    assertKept(
        codecs.destinationSecrets(),
        new DestinationSecrets(SIEM, HOSPITAL, 4, List.of(sealed, first)));
    for (DestinationCommand.Action action :
        List.of(
            new DestinationCommand.Create(
                "SIEM", Optional.empty(), config, Fallback.none(), true, List.of(sealed)),
            new DestinationCommand.Update(
                "SIEM",
                Optional.of("d"),
                config,
                Fallback.none(),
                false,
                List.of(),
                OptionalLong.of(3)),
            new DestinationCommand.Enable(OptionalLong.empty()),
            new DestinationCommand.Disable(OptionalLong.of(1)),
            new DestinationCommand.Disable(OptionalLong.empty(), Optional.of("it is gone")),
            new DestinationCommand.SetDefault(true, OptionalLong.empty()),
            new DestinationCommand.SetDefault(false, OptionalLong.empty()),
            new DestinationCommand.Delete(OptionalLong.empty()))) {
      assertKept(
          codecs.destinationCommands(),
          new DestinationCommand(UUID.randomUUID(), HOSPITAL, SIEM, "ops", NOW, action));
    }
    assertKept(
        codecs.destinationResults(),
        new DestinationResult.Applied(UUID.randomUUID(), HOSPITAL, SIEM, 4));
    assertKept(
        codecs.destinationResults(),
        new DestinationResult.Refused(
            UUID.randomUUID(), HOSPITAL, SIEM, List.of(new FieldError("label", "x", "y"))));
    assertKept(
        codecs.audits(),
        new AuditRecord(
            HOSPITAL,
            "ops",
            "destination-created",
            "siem",
            NOW,
            Optional.of("h"),
            Map.of("a", "b")));
  }

  @Test
  void keepsDeadLettersAndCutsWhatIsTooLarge() throws UndecodableException {
    var origin = new RecordOrigin(Topics.REQUESTS, 0, 1);
    assertKept(
        codecs.deadLetters(),
        DeadLetters.ofTask(origin, task(REFERENCE), Reason.HTTP_PERMANENT, "400", NOW));
    var whole =
        DeadLetters.ofRecord(
            origin,
            new byte[] {1},
            new byte[] {2, 3},
            Optional.of(HOSPITAL),
            Optional.empty(),
            Reason.MALFORMED,
            "not JSON",
            List.of(new FieldError("", "malformed", "not JSON")),
            NOW);
    assertKept(codecs.deadLetters(), whole);
    assertThat(DeadLetters.keyOf(whole)).isEqualTo("waybill.requests-0@1");

    byte[] large = new byte[TopicCatalog.MAX_RECORD_BYTES];
    var cut =
        DeadLetters.ofRecord(
            origin,
            large,
            large,
            Optional.empty(),
            Optional.empty(),
            Reason.MALFORMED,
            "",
            List.of(),
            NOW);
    assertThat(cut.originalSize()).isEqualTo(large.length);
    assertThat(cut.originalValue().orElseThrow().bytes()).hasSize(4096);
    assertThat(cut.originalKey().orElseThrow().bytes()).hasSize(4096);
    assertThat(codecs.deadLetters().encode("t", cut))
        .hasSizeLessThan(TopicCatalog.MAX_RECORD_BYTES);
  }

  @Test
  void refusesATaskWhoseIdIsNotItsOwn() {
    Task task = task(REFERENCE);
    var forged =
        new Task(
            TaskId.of(new OrganizationId("other"), DELIVERY, SIEM),
            task.organizationId(),
            task.deliveryId(),
            task.destinationId(),
            task.destinationType(),
            1,
            0,
            0,
            "t",
            task.payload(),
            task.metadata(),
            Optional.empty(),
            List.of(),
            5,
            NOW,
            NOW,
            Optional.empty(),
            0);
    byte[] bytes = codecs.tasks().encode("t", forged);

    assertThatThrownBy(() -> codecs.tasks().decode(bytes))
        .isInstanceOfSatisfying(
            UndecodableException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED))
        .hasMessageContaining("taskId");
  }

  @Test
  void refusesARecordOfAnotherSchema() {
    byte[] task = codecs.tasks().encode("t", task(REFERENCE));

    assertThatThrownBy(() -> codecs.events().decode(task))
        .isInstanceOf(UndecodableException.class)
        .hasMessageContaining("io.waybill.avro.Task")
        .hasMessageContaining("io.waybill.avro.DeliveryEvent");
  }

  @Test
  void neverRepeatsWhatItCannotRead() {
    var registry = new InMemorySchemaRegistry();
    var avro =
        new AvroCodec<io.waybill.avro.DestinationResult, io.waybill.avro.DestinationResult>(
            registry,
            io.waybill.avro.DestinationResult.getClassSchema(),
            result -> result,
            result -> result);
    byte[] bytes =
        avro.encode(
            "t",
            new io.waybill.avro.DestinationResult(
                "a-patients-name", HOSPITAL.value(), SIEM.value(), true, 1L, List.of()));

    assertThatThrownBy(() -> new Codecs(registry).destinationResults().decode(bytes))
        .isInstanceOf(UndecodableException.class)
        .hasMessageContaining("commandId")
        .hasMessageNotContaining("a-patients-name");
    assertThatThrownBy(() -> AvroValues.word("state", "a-patients-name", OverallState::parse))
        .hasMessageContaining("state")
        .hasMessageNotContainingAny("a-patients-name", "A-PATIENTS-NAME");
  }

  /** A task in the place of another destination's. */
  private static Task fallbackTask() {
    Task task = task(REFERENCE);
    return new Task(
        task.taskId(),
        task.organizationId(),
        task.deliveryId(),
        task.destinationId(),
        task.destinationType(),
        task.destinationVersion(),
        task.generation(),
        task.attempts(),
        task.payloadType(),
        task.payload(),
        task.metadata(),
        task.correlationId(),
        task.tags(),
        task.priority(),
        task.createdAt(),
        task.firstDueAt(),
        task.expiresAt(),
        task.shard(),
        List.of("mark-of-a-recipient"),
        Optional.of(new DestinationId("primary")),
        false);
  }

  private static Task task(TaskPayload payload) {
    return new Task(
        TASK_ID,
        HOSPITAL,
        DELIVERY,
        SIEM,
        DestinationType.WEBHOOK,
        3,
        1,
        2,
        "report",
        payload,
        RawJson.of("{\"m\":1.0}"),
        Optional.of("c-1"),
        List.of("a"),
        9,
        NOW,
        NOW,
        Optional.of(NOW),
        0);
  }

  private static <T> void assertKept(Codec<T> codec, T value) throws UndecodableException {
    byte[] bytes = codec.encode("topic", value);

    assertThat(bytes[0]).isZero();
    assertThat(codec.decode(bytes)).isEqualTo(value);
  }
}
