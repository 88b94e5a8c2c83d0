package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.DeadLetter;
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
import io.waybill.domain.RecordOrigin;
import io.waybill.wire.DeadLetters;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ViewsTest {
  private static final Instant T = Instant.parse("2026-01-31T08:00:00Z");
  private static final DeliveryId ID =
      DeliveryId.parse("11111111-2222-3333-4444-555555555555").orElseThrow();

  private static DeliveryStatus status(OverallState state, DestinationStatus... destinations) {
    return new DeliveryStatus(
        ID,
        new OrganizationId("hospital-001"),
        state,
        new DeliveryEvent.RequestSummary("report", Optional.of("corr-1"), List.of(), 5, T),
        List.of(destinations),
        state == OverallState.DUPLICATE ? Optional.of(ID) : Optional.empty(),
        state == OverallState.REJECTED ? Optional.of(Reason.INVALID_FIELD) : Optional.empty(),
        state == OverallState.REJECTED
            ? List.of(new FieldError("options.priority", "invalid", "must be 0 to 10"))
            : List.of(),
        Optional.empty(),
        RawJson.EMPTY_OBJECT.sha256(),
        Optional.empty(),
        T);
  }

  private static DestinationStatus destination(String id, DestinationState state) {
    return new DestinationStatus(
        id,
        Optional.of(DestinationType.WEBHOOK),
        Optional.empty(),
        state,
        0,
        3,
        state == DestinationState.FAILED
            ? Optional.of(Reason.ATTEMPTS_EXHAUSTED)
            : Optional.empty(),
        state == DestinationState.FAILED
            ? Optional.of("503\u001b[31m three times")
            : Optional.empty(),
        Optional.empty(),
        state == DestinationState.DELIVERED ? Optional.of(T) : Optional.empty(),
        Optional.empty());
  }

  private static String printed(DeliveryStatus status, Output output) {
    StringWriter out = new StringWriter();
    StatusView.print(status, output, new PrintWriter(out, true));
    return out.toString();
  }

  @Test
  void showsAStatusAsATable() {
    String shown =
        printed(
            status(
                OverallState.PARTIAL,
                destination("siem", DestinationState.DELIVERED),
                destination("analytics", DestinationState.FAILED)),
            Output.TABLE);

    assertThat(shown.lines())
        .contains(
            "delivery      " + ID,
            "organization  hospital-001",
            "state         partial",
            "correlation   corr-1",
            "DESTINATION  TYPE     STATE      GEN  ATTEMPTS  WHEN                  REASON              WORDS",
            "siem         webhook  delivered  0    3         2026-01-31T08:00:00Z  -                   -",
            "analytics    webhook  failed     0    3         -                     attempts-exhausted  503?[31m three times");
  }

  private static DestinationStatus failedButServed(String id, String by) {
    DestinationStatus failed = destination(id, DestinationState.FAILED);
    return new DestinationStatus(
        failed.destinationId(),
        failed.type(),
        failed.taskId(),
        failed.state(),
        failed.generation(),
        failed.attempts(),
        failed.reason(),
        Optional.of("503"),
        failed.nextAttemptAt(),
        failed.deliveredAt(),
        failed.externalReference(),
        List.of(),
        Optional.of(new DestinationId(by)),
        List.of(),
        List.of());
  }

  private static DestinationStatus standingIn(String id, String... requested) {
    DestinationStatus delivered = destination(id, DestinationState.DELIVERED);
    return new DestinationStatus(
        delivered.destinationId(),
        delivered.type(),
        delivered.taskId(),
        delivered.state(),
        delivered.generation(),
        delivered.attempts(),
        delivered.reason(),
        delivered.message(),
        delivered.nextAttemptAt(),
        delivered.deliveredAt(),
        delivered.externalReference(),
        Stream.of(requested).map(DestinationId::new).toList(),
        Optional.empty(),
        List.of(),
        List.of());
  }

  @Test
  void showsWhoDeliveredInWhosePlace() {
    DeliveryStatus status =
        status(
            OverallState.COMPLETED,
            destination("siem", DestinationState.DELIVERED),
            failedButServed("analytics", "archive"),
            standingIn("archive", "analytics", "other"));

    assertThat(printed(status, Output.TABLE).lines())
        .contains(
            "DESTINATION  TYPE     STATE      GEN  ATTEMPTS  WHEN                  FALLBACK              REASON              WORDS",
            "siem         webhook  delivered  0    3         2026-01-31T08:00:00Z  -                     -                   -",
            "analytics    webhook  failed     0    3         -                     delivered by archive  attempts-exhausted  503",
            "archive      webhook  delivered  0    3         2026-01-31T08:00:00Z  for analytics, other  -                   -");
    assertThat(StatusView.summary(status))
        .isEqualTo("completed: 2 of 2 destinations delivered, 1 by a fallback");
    assertThat(printed(status, Output.JSON))
        .contains("\"deliveredBy\":\"archive\"")
        .contains("\"fallbackOf\":[\"analytics\",\"other\"]");
  }

  @Test
  void showsAStatusAsOneLineOfJson() {
    String shown = printed(status(OverallState.COMPLETED), Output.JSON);

    assertThat(shown.lines()).hasSize(1);
    assertThat(shown).contains("\"state\":\"completed\"");
  }

  @Test
  void namesEveryWrongFieldOfARejectedRequest() {
    assertThat(printed(status(OverallState.REJECTED), Output.TABLE))
        .contains("invalid-field")
        .contains("options.priority: must be 0 to 10 [invalid]");
    assertThat(StatusView.summary(status(OverallState.REJECTED))).contains("options.priority");
  }

  @ParameterizedTest
  @EnumSource(OverallState.class)
  void onlyWhatHasEndedEndsAWaitAndOnlyCompletionIsSuccess(OverallState state) {
    boolean open = state == OverallState.QUEUED || state == OverallState.PROCESSING;
    boolean good = state == OverallState.COMPLETED || state == OverallState.DUPLICATE;

    assertThat(StatusView.hasEnded(status(state))).isEqualTo(!open);
    assertThat(StatusView.isSuccess(status(state))).isEqualTo(good);
  }

  @Test
  void summarizesInOneLine() {
    assertThat(
            StatusView.summary(
                status(
                    OverallState.PARTIAL,
                    destination("a", DestinationState.DELIVERED),
                    destination("b", DestinationState.FAILED))))
        .isEqualTo("partial: 1 of 2 destinations delivered");
    assertThat(StatusView.summary(status(OverallState.DUPLICATE))).isEqualTo("duplicate: of " + ID);
  }

  private static DeadLetter rejected() {
    return DeadLetters.ofRecord(
        new RecordOrigin("waybill.requests", 2, 17),
        null,
        "{\"patient\":\"p-1\"}".getBytes(StandardCharsets.UTF_8),
        Optional.of(new OrganizationId("hospital-001")),
        Optional.of(ID),
        Reason.INVALID_FIELD,
        "payload is missing",
        List.of(new FieldError("payload", "required", "is missing")),
        T);
  }

  @Test
  void showsNoPayloadUnlessItIsAskedFor() {
    ObjectNode without = DeadLetterView.json(rejected(), false);
    assertThat(without.toString()).doesNotContain("p-1").contains("\"replayable\":false");
    assertThat(without.path("id").asText()).isEqualTo("waybill.requests-2@17");

    ObjectNode with = DeadLetterView.json(rejected(), true);
    assertThat(with.path("original").path("text").asText()).isEqualTo("{\"patient\":\"p-1\"}");
  }

  @Test
  void showsBytesThatAreNoTextAsBase64() {
    DeadLetter broken =
        DeadLetters.ofRecord(
            new RecordOrigin("waybill.requests", 0, 0),
            null,
            new byte[] {(byte) 0xFF, 0},
            Optional.empty(),
            Optional.empty(),
            Reason.MALFORMED,
            "not JSON",
            List.of(),
            T);

    ObjectNode json = DeadLetterView.json(broken, true);

    assertThat(json.path("original").path("base64").asText()).isEqualTo("/wA=");
    assertThat(json.path("original").has("text")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "30s, PT30S",
    "15m, PT15M",
    "2h, PT2H",
    "7d, PT168H",
    "PT1H30M, PT1H30M",
    "pt5s, PT5S",
  })
  void readsDurations(String text, Duration expected) {
    assertThat(Converters.duration(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "h", "-5s", "-PT5S", "1w", "1.5h", "9999999999d"})
  void refusesOtherDurations(String text) {
    assertThatThrownBy(() -> Converters.duration(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("30s");
  }

  @Test
  void tablesKeepTheirColumnsAndNeverMoveTheCursor() {
    TextTable table = new TextTable("A", "LONG HEADING", "C");
    table.row("1", "", "x");
    table.row("a longer cell", "b\r\n\u001b[2J", "y");
    StringWriter out = new StringWriter();
    table.print(new PrintWriter(out, true));

    assertThat(out.toString().lines())
        .containsExactly(
            "A              LONG HEADING  C",
            "1              -             x",
            "a longer cell  b???[2J       y");
  }
}
