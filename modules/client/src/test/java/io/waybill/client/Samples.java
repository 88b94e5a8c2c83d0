package io.waybill.client;

import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.domain.TaskId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Statuses as tests need them. */
final class Samples {
  static final Instant T = Instant.parse("2026-01-31T08:00:00.123Z");

  private Samples() {}

  static DeliveryStatus status(OverallState state, DestinationStatus... destinations) {
    return new DeliveryStatus(
        DeliveryId.random(),
        new OrganizationId("hospital-001"),
        state,
        new DeliveryEvent.RequestSummary(
            "report", Optional.of("correlation"), List.of("daily"), 7, T),
        List.of(destinations),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        RawJson.EMPTY_OBJECT.sha256(),
        Optional.of(T.plusSeconds(60)),
        T.plusSeconds(1));
  }

  static DestinationStatus destination(String id, DestinationState state, int generation) {
    return new DestinationStatus(
        id,
        Optional.of(DestinationType.WEBHOOK),
        Optional.of(new TaskId("0123456789abcdef0123456789abcdef")),
        state,
        generation,
        1,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
