package io.waybill.wire;

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
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FallbackTarget;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.PauseScope;
import io.waybill.domain.Payload;
import io.waybill.domain.RawBytes;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.SealedPayload;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;

/**
 * The values that golden records hold. A line of a golden file is the value at the same place here,
 * so values are appended and never changed: a field that is new is given to a new value.
 */
final class GoldenSamples {
  static final Instant NOW = Instant.parse("2026-01-31T08:00:00.123Z");
  static final OrganizationId HOSPITAL = new OrganizationId("hospital-001");
  static final DestinationId SIEM = new DestinationId("siem");
  static final UUID COMMAND = UUID.fromString("3b2d8c1a-5e4f-4a6b-9c7d-8e9f0a1b2c3d");

  private static final DeliveryId DELIVERY = id("8d2f4f9e-6b1c-4c58-9b7e-0a1b2c3d4e5f");
  private static final DeliveryId ANOTHER = id("7c1e3e8d-5a0b-4b47-8a6d-f90a1b2c3d4e");
  private static final TaskId TASK_ID = TaskId.of(HOSPITAL, DELIVERY, SIEM);
  private static final TraceParent TRACE =
      new TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  private static final RecordOrigin ORIGIN = new RecordOrigin(Topics.REQUESTS, 2, 7);
  private static final TaskPayload.Reference REFERENCE =
      new TaskPayload.Reference(ORIGIN, "ab".repeat(32), 99);
  private static final FallbackTarget TARGET =
      new FallbackTarget(new DestinationId("backup"), DestinationType.STORAGE, 4);
  private static final List<FieldError> ERRORS =
      List.of(new FieldError("options.priority", "out-of-range", "must be 0 to 10"));
  private static final DeliveryEvent.RequestSummary SUMMARY =
      new DeliveryEvent.RequestSummary("report", Optional.of("c-1"), List.of("a", "b"), 7, NOW);
  private static final DeliveryEvent.RequestSummary LEAST_SUMMARY =
      new DeliveryEvent.RequestSummary("", Optional.empty(), List.of(), 5, NOW);

  private GoldenSamples() {}

  static List<DeliveryRequest> requests() {
    Payload payload =
        new Payload("report", RawJson.of("{\"n\":1.10,\"ü\":null}"), RawJson.of("{\"m\":1.0}"));
    return List.of(
        new DeliveryRequest(
            Optional.of(DELIVERY),
            HOSPITAL,
            new DestinationSelection.Named(List.of(SIEM, new DestinationId("archive"))),
            payload,
            new DeliveryOptions(
                9,
                Optional.of("key"),
                Optional.of("c-1"),
                List.of("a", "b"),
                Optional.of(NOW),
                Optional.of(NOW.plusSeconds(60)))),
        new DeliveryRequest(
            Optional.empty(),
            HOSPITAL,
            new DestinationSelection.Defaults(),
            new Payload("t", RawJson.of("7"), RawJson.EMPTY_OBJECT),
            DeliveryOptions.defaults()),
        new DeliveryRequest(
            Optional.of(DELIVERY),
            HOSPITAL,
            new DestinationSelection.Named(List.of(SIEM)),
            Payload.sealed("report", new SealedPayload("7", "0f".repeat(32), new byte[64])),
            DeliveryOptions.defaults()));
  }

  static List<Task> tasks() {
    return List.of(
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
            new TaskPayload.Inline(RawJson.of("{\"a\":1.10}"), true),
            RawJson.of("{\"m\":1.0}"),
            Optional.of("c-1"),
            List.of("a"),
            9,
            NOW,
            NOW.plusMillis(1),
            Optional.of(NOW.plusSeconds(1)),
            2,
            List.of("mark"),
            Optional.of(new DestinationId("primary")),
            true,
            Optional.of(TRACE)),
        task());
  }

  private static Task task() {
    return new Task(
        TASK_ID,
        HOSPITAL,
        DELIVERY,
        SIEM,
        DestinationType.EMAIL,
        1,
        0,
        0,
        "t",
        REFERENCE,
        RawJson.EMPTY_OBJECT,
        Optional.empty(),
        List.of(),
        5,
        NOW,
        NOW,
        Optional.empty(),
        0);
  }

  static List<ParkedTask> parkedTasks() {
    return List.of(
        new ParkedTask(tasks().get(0), NOW, Reason.RETRY),
        new ParkedTask(task(), NOW, Reason.BREAKER_OPEN));
  }

  static List<DeliveryEvent> events() {
    return List.of(
        new DeliveryEvent.Accepted(
            DELIVERY,
            HOSPITAL,
            NOW,
            SUMMARY,
            REFERENCE,
            "cd".repeat(32),
            Optional.of(NOW),
            Optional.of(NOW),
            List.of(new DeliveryEvent.AcceptedTask(TASK_ID, SIEM, DestinationType.WEBHOOK, 3)),
            List.of(
                new DeliveryEvent.RefusedDestination(
                    "gone", Reason.DESTINATION_NOT_FOUND, "no such destination"))),
        new DeliveryEvent.Rejected(
            DELIVERY, OrganizationId.UNKNOWN, NOW, LEAST_SUMMARY, Reason.INVALID_FIELD, ERRORS),
        new DeliveryEvent.Duplicate(DELIVERY, HOSPITAL, NOW, SUMMARY, ANOTHER),
        taskEvent(
            new TaskTransition.Delivered("200", Optional.of("r-1"), Duration.ofMillis(12)),
            List.of("mark")),
        taskEvent(
            new TaskTransition.AttemptFailed(
                Reason.TIMEOUT, "no answer", Duration.ofSeconds(15), Optional.of(NOW)),
            List.of()),
        taskEvent(new TaskTransition.Parked(Reason.DELIVER_AT, NOW), List.of()),
        taskEvent(new TaskTransition.DeadLettered(Reason.GONE, "410", true), List.of()),
        taskEvent(new TaskTransition.Cancelled(Reason.CANCELLED), List.of()));
  }

  private static DeliveryEvent taskEvent(TaskTransition transition, List<String> doneParts) {
    return new DeliveryEvent.TaskEvent(
        DELIVERY,
        HOSPITAL,
        NOW,
        TASK_ID,
        SIEM,
        DestinationType.WEBHOOK,
        1,
        2,
        transition,
        doneParts);
  }

  static List<DeliveryCommand> commands() {
    return List.of(
        command(new DeliveryCommand.Cancel()),
        command(new DeliveryCommand.Retry(Set.of(SIEM))),
        command(new DeliveryCommand.Replay(task())),
        command(new DeliveryCommand.Reroute(task(), TARGET, HOSPITAL)),
        command(
            new DeliveryCommand.Fallback(
                task(), List.of(TARGET), new DeliveryCommand.Failed(Reason.GONE, "answered 410"))),
        command(new DeliveryCommand.Fallback(task(), List.of(), new DeliveryCommand.Overdue(NOW))));
  }

  private static DeliveryCommand command(DeliveryCommand.Action action) {
    return new DeliveryCommand(COMMAND, DELIVERY, HOSPITAL, "ops", NOW, action);
  }

  static List<DeliveryStatus> statuses() {
    var full =
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
            Optional.of(NOW),
            Optional.of("r-1"),
            List.of(new DestinationId("primary")),
            Optional.of(new DestinationId("archive")),
            List.of(TARGET),
            List.of("mark"));
    var least =
        new DestinationStatus(
            "nowhere",
            Optional.empty(),
            Optional.empty(),
            DestinationState.FAILED,
            0,
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return List.of(
        new DeliveryStatus(
                DELIVERY,
                HOSPITAL,
                OverallState.PROCESSING,
                SUMMARY,
                List.of(full, least),
                Optional.of(ANOTHER),
                Optional.of(Reason.INVALID_FIELD),
                ERRORS,
                Optional.of(REFERENCE),
                "cd".repeat(32),
                Optional.of(NOW),
                NOW)
            .withTrace(Optional.of(TRACE)),
        new DeliveryStatus(
            DELIVERY,
            HOSPITAL,
            OverallState.REJECTED,
            LEAST_SUMMARY,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            "cd".repeat(32),
            Optional.empty(),
            NOW));
  }

  static List<DestinationHealth> health() {
    return List.of(
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
                Optional.of(NOW),
                Optional.of(Reason.TIMEOUT),
                Duration.ofMillis(40),
                NOW,
                new BreakerTrace(2, 4, 1, Optional.of(NOW), Optional.of(NOW)))
            .withBacklog(1_234),
        new DestinationHealth(
            SIEM,
            HOSPITAL,
            DestinationType.STORAGE,
            DestinationHealth.Grade.HEALTHY,
            0,
            0,
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Duration.ZERO,
            NOW,
            BreakerTrace.none()));
  }

  static List<DeadLetter> deadLetters() {
    return List.of(
        new DeadLetter(
            ORIGIN,
            Optional.of(HOSPITAL),
            Optional.of(DELIVERY),
            Reason.HTTP_PERMANENT,
            "answered 400",
            ERRORS,
            NOW,
            Optional.of(task()),
            Optional.of(new RawBytes(new byte[] {1})),
            Optional.of(new RawBytes(new byte[] {2, 3})),
            2,
            "ef".repeat(32)),
        new DeadLetter(
            ORIGIN,
            Optional.empty(),
            Optional.empty(),
            Reason.MALFORMED,
            "not JSON",
            List.of(),
            NOW,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0,
            ""));
  }

  static List<Control> controls() {
    Optional<String> who = Optional.of("ops");
    Optional<String> why = Optional.of("maintenance");
    return List.of(
        new Control.DeliveryCancelled(DELIVERY, 2, NOW),
        new Control.DestinationPaused(SIEM, NOW),
        new Control.DestinationPaused(SIEM, NOW, who, why),
        new Control.OrganizationPaused(HOSPITAL, NOW, who, why),
        new Control.TypePaused(DestinationType.EMAIL, NOW, who, Optional.empty()));
  }

  static List<ControlCommand> controlCommands() {
    return List.of(
        controlCommand(
            new PauseScope.OfDestination(SIEM, HOSPITAL),
            new ControlCommand.Pause(Optional.of("maintenance"))),
        controlCommand(
            new PauseScope.OfOrganization(HOSPITAL), new ControlCommand.Pause(Optional.empty())),
        controlCommand(
            new PauseScope.OfType(DestinationType.STORAGE), new ControlCommand.Resume()));
  }

  private static ControlCommand controlCommand(PauseScope scope, ControlCommand.Action action) {
    return new ControlCommand(COMMAND, HOSPITAL, scope, "ops", NOW, action);
  }

  static List<AuditRecord> audits() {
    return List.of(
        new AuditRecord(
            HOSPITAL,
            "ops",
            "destination-created",
            "siem",
            NOW,
            Optional.of("ab".repeat(32)),
            Map.of("reason", "not-found")),
        new AuditRecord(HOSPITAL, "ops", "x", "siem", NOW, Optional.empty(), Map.of()));
  }

  static List<Alert> alerts() {
    return List.of(
        new Alert(
            COMMAND,
            HOSPITAL,
            SIEM,
            Optional.of("SIEM"),
            AlertKind.FAILURE_RATE,
            Alert.Severity.CRITICAL,
            "look at it",
            OptionalDouble.of(0.25),
            OptionalDouble.of(0.1),
            NOW),
        new Alert(
            COMMAND,
            HOSPITAL,
            SIEM,
            Optional.empty(),
            AlertKind.RECOVERED,
            Alert.Severity.LOW,
            "it is well",
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            NOW));
  }

  private static DeliveryId id(String uuid) {
    return DeliveryId.parse(uuid).orElseThrow();
  }
}
