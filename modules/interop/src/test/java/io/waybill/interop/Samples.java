package io.waybill.interop;

import io.waybill.domain.Alert;
import io.waybill.domain.AlertKind;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.BreakerTrace;
import io.waybill.domain.Control;
import io.waybill.domain.ControlCommand;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.FieldError;
import io.waybill.domain.HealthSignal;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.PauseScope;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.RetryConfig;
import io.waybill.domain.SealedField;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.WebhookConfig;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.Topics;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;

/** One value of every record type, its optional fields filled, its ids fixed. */
final class Samples {
  static final Instant NOW = Instant.parse("2026-01-31T08:00:00.123Z");
  static final OrganizationId HOSPITAL = new OrganizationId("hospital-001");
  static final DeliveryId DELIVERY =
      new DeliveryId(UUID.fromString("0b6f1c9e-3a51-4e0f-9d2b-6c1f0a7e4d11"));
  static final DestinationId SIEM = new DestinationId("siem");
  static final TaskId TASK_ID = TaskId.of(HOSPITAL, DELIVERY, SIEM);

  /** What a detour through numbers or strings would change: it must arrive as these bytes. */
  static final RawJson DATA =
      RawJson.of("{\"n\":9007199254740993,\"price\":1.10,\"esc\":\"\\u00e9\"}");

  static final RawJson METADATA = RawJson.of("{\"ward\":\"Süd\",\"m\":1.0}");
  static final TaskPayload.Reference REFERENCE =
      new TaskPayload.Reference(
          new RecordOrigin(Topics.REQUESTS, 2, 5_000_000_000L), DATA.sha256(), DATA.size());
  static final DeliveryEvent.RequestSummary SUMMARY =
      new DeliveryEvent.RequestSummary("report", Optional.of("c-1"), List.of("a", "b"), 7, NOW);

  static final DeliveryRequest REQUEST =
      new DeliveryRequest(
          Optional.of(DELIVERY),
          HOSPITAL,
          new DestinationSelection.Named(List.of(SIEM, new DestinationId("archive"))),
          new Payload("report", DATA, METADATA),
          new DeliveryOptions(
              9,
              Optional.of("k-1"),
              Optional.of("c-1"),
              List.of("a", "b"),
              Optional.of(NOW.plusSeconds(60)),
              Optional.of(NOW.plusSeconds(3600))));

  static final Task TASK =
      new Task(
          TASK_ID,
          HOSPITAL,
          DELIVERY,
          SIEM,
          DestinationType.WEBHOOK,
          3,
          1,
          2,
          "report",
          new TaskPayload.Inline(DATA),
          METADATA,
          Optional.of("c-1"),
          List.of("a"),
          9,
          NOW,
          NOW.plusMillis(1),
          Optional.of(NOW.plusSeconds(3600)),
          0);

  static final DeliveryEvent ACCEPTED =
      new DeliveryEvent.Accepted(
          DELIVERY,
          HOSPITAL,
          NOW,
          SUMMARY,
          REFERENCE,
          METADATA.sha256(),
          Optional.of(NOW.plusSeconds(60)),
          Optional.empty(),
          List.of(new DeliveryEvent.AcceptedTask(TASK_ID, SIEM, DestinationType.WEBHOOK, 3)),
          List.of(
              new DeliveryEvent.RefusedDestination(
                  "gone", Reason.DESTINATION_NOT_FOUND, "no such destination")));

  static final DeliveryEvent ATTEMPT_FAILED =
      new DeliveryEvent.TaskEvent(
          DELIVERY,
          HOSPITAL,
          NOW,
          TASK_ID,
          SIEM,
          DestinationType.WEBHOOK,
          1,
          2,
          new TaskTransition.AttemptFailed(
              Reason.TIMEOUT,
              "no answer",
              Duration.ofSeconds(15),
              Optional.of(NOW.plusSeconds(30))));

  static final DeliveryStatus STATUS =
      new DeliveryStatus(
          DELIVERY,
          HOSPITAL,
          OverallState.PROCESSING,
          SUMMARY,
          List.of(
              new DestinationStatus(
                  "siem",
                  Optional.of(DestinationType.WEBHOOK),
                  Optional.of(TASK_ID),
                  DestinationState.RETRYING,
                  1,
                  2,
                  Optional.of(Reason.HTTP_TRANSIENT),
                  Optional.of("503"),
                  Optional.of(NOW.plusSeconds(30)),
                  Optional.empty(),
                  Optional.empty())),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.of(REFERENCE),
          METADATA.sha256(),
          Optional.of(NOW.plusSeconds(3600)),
          NOW);

  static final DeadLetter DEAD_TASK =
      DeadLetters.ofTask(
          new RecordOrigin("waybill.tasks.webhook", 1, 42),
          TASK,
          Reason.HTTP_PERMANENT,
          "400 from the receiver",
          NOW);

  static final DeadLetter DEAD_RECORD =
      DeadLetters.ofRecord(
          new RecordOrigin(Topics.REQUESTS, 0, 1),
          new byte[] {1},
          everyByte(),
          Optional.of(HOSPITAL),
          Optional.empty(),
          Reason.MALFORMED,
          "not JSON",
          List.of(new FieldError("", "malformed", "not JSON")),
          NOW);

  private Samples() {}

  /**
   * A value with the topic that carries it and the codec that writes it.
   *
   * @param <T> the domain type
   */
  record Sample<T>(String topic, Function<Codecs, Codec<T>> codec, T value) {
    byte[] encode(Codecs codecs) {
      return codec.apply(codecs).encode(topic, value);
    }
  }

  /** One for every codec but that of requests, which reads JSON too and so has its own shape. */
  static List<Sample<?>> all() {
    var sealed = new SealedField("webhook.headers.authorization", everyByte(), "key-1");
    var config =
        new WebhookConfig(
            URI.create("https://siem.example/events?x=1"),
            "POST",
            List.of("Authorization", "X-Source"),
            Duration.ofMillis(15_000),
            Optional.of(new RetryConfig(5, Duration.ofSeconds(1), 1.5, Duration.ofSeconds(120))),
            WebhookConfig.Body.ENVELOPE);
    UUID command = UUID.fromString("7e9f3f0a-90d1-4c46-8f57-0b4c1d1f2a33");
    return List.of(
        new Sample<>(Topics.tasks(DestinationType.WEBHOOK), Codecs::tasks, TASK),
        new Sample<>(
            Topics.retry(DestinationType.WEBHOOK),
            Codecs::parkedTasks,
            new ParkedTask(TASK, NOW, Reason.RETRY)),
        new Sample<>(Topics.EVENTS, Codecs::events, ACCEPTED),
        new Sample<>(
            Topics.COMMANDS,
            Codecs::commands,
            new DeliveryCommand(
                command, DELIVERY, HOSPITAL, "ops", NOW, new DeliveryCommand.Replay(TASK))),
        new Sample<>(Topics.STATUS, Codecs::statuses, STATUS),
        new Sample<>(
            Topics.DESTINATIONS,
            Codecs::destinations,
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
                NOW)),
        new Sample<>(
            Topics.DESTINATION_SECRETS,
            Codecs::destinationSecrets,
            new DestinationSecrets(SIEM, HOSPITAL, 4, List.of(sealed))),
        new Sample<>(
            Topics.DESTINATION_COMMANDS,
            Codecs::destinationCommands,
            new DestinationCommand(
                command,
                HOSPITAL,
                SIEM,
                "ops",
                NOW,
                new DestinationCommand.Update(
                    "SIEM",
                    Optional.of("d"),
                    config,
                    Fallback.none(),
                    false,
                    List.of(sealed),
                    OptionalLong.of(3)))),
        new Sample<>(
            Topics.DESTINATION_RESULTS,
            Codecs::destinationResults,
            new DestinationResult.Refused(
                command, HOSPITAL, SIEM, List.of(new FieldError("label", "x", "y")))),
        new Sample<>(
            Topics.DESTINATION_HEALTH,
            Codecs::health,
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
                new BreakerTrace(2, 4, 0, Optional.of(NOW), Optional.empty()))),
        new Sample<>(
            Topics.STATUS_SIGNALS,
            Codecs::healthSignals,
            new HealthSignal.Backlog(SIEM, HOSPITAL, DestinationType.WEBHOOK, 2, 42, NOW)),
        new Sample<>(
            Topics.ALERTS,
            Codecs::alerts,
            new Alert(
                UUID.fromString("7e9f3f0a-90d1-4c46-8f57-0b4c1d1f2a34"),
                HOSPITAL,
                SIEM,
                Optional.of("SIEM"),
                AlertKind.FAILURE_RATE,
                Alert.Severity.HIGH,
                "2 of 10 attempts failed",
                OptionalDouble.of(0.2),
                OptionalDouble.of(0.1),
                NOW)),
        new Sample<>(Topics.DEAD_LETTERS, Codecs::deadLetters, DEAD_RECORD),
        new Sample<>(
            Topics.CONTROL, Codecs::controls, new Control.DeliveryCancelled(DELIVERY, 2, NOW)),
        new Sample<>(
            Topics.CONTROL_COMMANDS,
            Codecs::controlCommands,
            new ControlCommand(
                command,
                HOSPITAL,
                new PauseScope.OfDestination(SIEM, HOSPITAL),
                "ops",
                NOW,
                new ControlCommand.Pause(Optional.of("maintenance")))),
        new Sample<>(
            Topics.AUDIT,
            Codecs::audits,
            new AuditRecord(
                HOSPITAL,
                "ops",
                "destination-created",
                "siem",
                NOW,
                Optional.of("h"),
                Map.of("a", "b"))));
  }

  private static byte[] everyByte() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }
}
