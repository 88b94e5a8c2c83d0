package io.waybill.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusJsonTest {
  private static final Instant T = Instant.parse("2026-01-31T08:00:00.123Z");
  private static final DeliveryId ID = DeliveryId.random();

  private static DeliveryStatus status(OverallState state, Optional<DeliveryId> duplicateOf) {
    DestinationStatus parked =
        new DestinationStatus(
            "siem",
            Optional.of(DestinationType.WEBHOOK),
            Optional.of(new TaskId("0123456789abcdef0123456789abcdef")),
            DestinationState.RETRYING,
            1,
            3,
            Optional.of(Reason.HTTP_TRANSIENT),
            Optional.of("answered 503"),
            Optional.of(T.plusSeconds(2)),
            Optional.of(T.plusSeconds(3)),
            Optional.of("ref-1"),
            List.of(new DestinationId("primary")),
            Optional.of(new DestinationId("backup")),
            List.of(),
            List.of());
    return new DeliveryStatus(
        ID,
        new OrganizationId("hospital-001"),
        state,
        new DeliveryEvent.RequestSummary(
            "report", Optional.of("correlation"), List.of("a", "b"), 7, T),
        List.of(parked),
        duplicateOf,
        Optional.of(Reason.INVALID_FIELD),
        List.of(new FieldError("payload.type", "invalid", "must have 1 to 128 characters")),
        Optional.empty(),
        RawJson.EMPTY_OBJECT.sha256(),
        Optional.of(T.plusSeconds(60)),
        T.plusSeconds(1));
  }

  @Test
  void readsWhatItWrote() throws Exception {
    for (OverallState state : OverallState.values()) {
      DeliveryStatus status = status(state, Optional.of(DeliveryId.random()));

      assertThat(StatusJson.decode(StatusJson.encode(status))).isEqualTo(status);
    }
  }

  @Test
  void passesOverWhatANewerVersionSays() throws Exception {
    String json =
        new String(StatusJson.encode(status(OverallState.FAILED, Optional.empty())), UTF_8);
    String newer =
        json.replace("\"invalid-field\"", "\"reason-of-2030\"").replaceFirst("\\{", "{\"x\":{},");

    DeliveryStatus read = StatusJson.decode(newer.getBytes(UTF_8));

    assertThat(read.reason()).contains(Reason.UNKNOWN);
    assertThat(read.deliveryId()).isEqualTo(ID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "{\"deliveryId\": \"x\"}",
        "null",
        "{\"deliveryId\": 1, \"state\": \"s\"}"
      })
  void whatIsNoStatusIsSaidSo(String json) {
    assertThatThrownBy(() -> StatusJson.decode(json.getBytes(UTF_8)))
        .isInstanceOf(UndecodableException.class)
        .hasMessageStartingWith("not a status in JSON");
  }
}
