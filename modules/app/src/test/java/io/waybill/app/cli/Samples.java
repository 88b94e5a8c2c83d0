package io.waybill.app.cli;

import io.waybill.domain.Alert;
import io.waybill.domain.AlertKind;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;

/** Records as the topologies write them. */
final class Samples {
  private static final Instant T = Instant.parse("2026-01-31T08:00:00Z");
  private static final DestinationId SIEM = new DestinationId("siem");

  private Samples() {}

  /** An alert about a destination of the organization. */
  static Alert alert(String organization, AlertKind kind) {
    return new Alert(
        UUID.randomUUID(),
        new OrganizationId(organization),
        SIEM,
        Optional.of("SIEM"),
        kind,
        Alert.Severity.HIGH,
        "destination siem (SIEM): look at it",
        OptionalDouble.of(0.2),
        OptionalDouble.of(0.1),
        T);
  }

  /** A delivery to one destination, {@code siem}, whose state follows from the overall one. */
  static DeliveryStatus status(DeliveryId id, OverallState state, int generation) {
    OrganizationId organization = new OrganizationId("hospital-001");
    DestinationState one =
        switch (state) {
          case QUEUED -> DestinationState.PENDING;
          case PROCESSING -> DestinationState.RETRYING;
          case COMPLETED -> DestinationState.DELIVERED;
          case CANCELLED -> DestinationState.CANCELLED;
          case FAILED, PARTIAL, REJECTED, DUPLICATE, EXPIRED -> DestinationState.FAILED;
        };
    DestinationStatus siem =
        new DestinationStatus(
            SIEM.value(),
            Optional.of(DestinationType.WEBHOOK),
            Optional.of(TaskId.of(organization, id, SIEM)),
            one,
            generation,
            1,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new DeliveryStatus(
        id,
        organization,
        state,
        new DeliveryEvent.RequestSummary("report", Optional.empty(), List.of(), 5, T),
        List.of(siem),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        RawJson.EMPTY_OBJECT.sha256(),
        Optional.empty(),
        T);
  }

  /** A task to {@code siem} that has used up its attempts. */
  static Task task(DeliveryId id, String organizationId) {
    OrganizationId organization = new OrganizationId(organizationId);
    return new Task(
        TaskId.of(organization, id, SIEM),
        organization,
        id,
        SIEM,
        DestinationType.WEBHOOK,
        1,
        0,
        3,
        "report",
        new TaskPayload.Inline(RawJson.of("{\"patient\":\"p-1\"}")),
        RawJson.EMPTY_OBJECT,
        Optional.empty(),
        List.of(),
        5,
        T,
        T,
        Optional.empty(),
        0);
  }
}
