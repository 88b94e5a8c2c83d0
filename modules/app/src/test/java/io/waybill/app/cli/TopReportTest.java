package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.domain.BreakerTrace;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.WebhookConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TopReportTest {
  private static final Instant T = Instant.parse("2026-01-31T08:00:00.123Z");
  private static final OrganizationId HOSPITAL = new OrganizationId("hospital-001");

  private static HealthView view(String label, long millis, int failures, long backlog) {
    DestinationId id = new DestinationId("id-" + label);
    BreakerTrace trace = BreakerTrace.none();
    for (int i = 0; i < failures; i++) {
      trace = trace.afterFailure(T);
    }
    return new HealthView(
        destination(id, label),
        Optional.of(
            new DestinationHealth(
                    id,
                    HOSPITAL,
                    DestinationType.WEBHOOK,
                    DestinationHealth.Grade.of(failures),
                    90,
                    failures,
                    failures,
                    Optional.of(T),
                    Optional.of(T),
                    Optional.empty(),
                    failures > 0 ? Optional.of(Reason.TIMEOUT) : Optional.empty(),
                    Duration.ofMillis(millis),
                    T,
                    trace)
                .withBacklog(backlog)),
        T);
  }

  private static Destination destination(DestinationId id, String label) {
    return new Destination(
        id,
        HOSPITAL,
        label,
        Optional.empty(),
        new WebhookConfig(
            URI.create("https://siem.example/"),
            "POST",
            List.of(),
            Duration.ofSeconds(5),
            Optional.empty(),
            WebhookConfig.Body.DATA),
        Fallback.none(),
        false,
        true,
        false,
        3,
        T.minusSeconds(60),
        T.minusSeconds(60),
        Optional.empty());
  }

  private static TopReport report(int hidden, long unread, Optional<String> problem) {
    return new TopReport(
        T,
        Optional.empty(),
        Duration.ofSeconds(1),
        new TopRates.Requests(12.04, 0, 1.5),
        Map.of("waybill.requests", OptionalLong.of(3), "waybill.events", OptionalLong.empty()),
        Map.of(
            DestinationType.WEBHOOK,
            new TopReport.OfType(
                OptionalLong.of(7),
                OptionalLong.of(1),
                OptionalLong.of(2),
                30,
                new TopRates.Tasks(11.96, 2, 0.5)),
            DestinationType.EMAIL,
            new TopReport.OfType(
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                4,
                new TopRates.Tasks(0, 0, 0))),
        List.of(view("slow", 4_000, 6, 30), view("fast", 12, 0, 0)),
        hidden,
        unread,
        problem);
  }

  @Test
  void showsRatesLagAndDestinations() {
    assertThat(report(0, 0, Optional.empty()).lines())
        .containsExactly(
            "waybill top  2026-01-31T08:00:00Z  requests/s: accepted 12.0, rejected 0.0, duplicate"
                + " 1.5",
            "not yet read  waybill.events ?  waybill.requests 3",
            "",
            "TYPE     LAG  EXPRESS  RETRY  PARKED  BACKLOG  DELIVERED/S  FAILED/S  DEAD/S",
            "webhook  7    1        2      22      30       12.0         2.0       0.5",
            "email    -    -        -      -       4        0.0          0.0       0.0",
            "",
            "ID       LABEL  TYPE     STATE      FAILURES  SUCCESS  LATENCY  BREAKER  BACKLOG  LAST",
            "id-slow  slow   webhook  unhealthy  6         93.75%   4000 ms  open     30      "
                + " timeout",
            "id-fast  fast   webhook  healthy    0         100.00%  12 ms    closed   0        -");
  }

  @Test
  void saysWhatItDoesNotKnowOrShow() {
    assertThat(report(5, 17, Optional.of("lag is not known: no\u001b[31m answer")).lines())
        .contains(
            "! lag is not known: no?[31m answer",
            "! rates are too low: 17 events have not been read yet",
            "and 5 more: --rows shows more, --sort others first");
  }

  @Test
  void isOneLineOfJson() throws Exception {
    String line = report(5, 17, Optional.of("none")).json().toString();

    assertThat(line).doesNotContain("\n");
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.at("/at").textValue()).isEqualTo("2026-01-31T08:00:00.123Z");
    assertThat(json.at("/overMillis").longValue()).isEqualTo(1_000);
    assertThat(json.at("/requests/acceptedPerSecond").doubleValue()).isEqualTo(12.04);
    assertThat(json.at("/behind/waybill.requests").longValue()).isEqualTo(3);
    assertThat(json.at("/behind/waybill.events").isNull()).isTrue();
    assertThat(json.at("/types/webhook/lag").longValue()).isEqualTo(7);
    assertThat(json.at("/types/webhook/parked").longValue()).isEqualTo(22);
    assertThat(json.at("/types/webhook/deadLettersPerSecond").doubleValue()).isEqualTo(0.5);
    assertThat(json.at("/types/email/parked").isNull()).isTrue();
    assertThat(json.at("/destinations/0/label").textValue()).isEqualTo("slow");
    assertThat(json.at("/destinations/0/breaker").textValue()).isEqualTo("open");
    assertThat(json.at("/hiddenDestinations").intValue()).isEqualTo(5);
    assertThat(json.at("/unreadEvents").longValue()).isEqualTo(17);
  }

  @Test
  void writesOverWhatStandsOnATerminalAndAppendsElsewhere() {
    TopReport report = report(0, 0, Optional.empty());
    StringWriter terminal = new StringWriter();
    Top.frame(report, true, new PrintWriter(terminal, true));
    Top.frame(report, false, new PrintWriter(terminal, true));
    StringWriter file = new StringWriter();
    Top.block(report, true, new PrintWriter(file, true));
    Top.block(report, false, new PrintWriter(file, true));

    assertThat(terminal.toString().split("\u001b\\[2J", -1)).as("cleared once").hasSize(2);
    assertThat(terminal.toString().split("\u001b\\[H", -1)).as("and home for each").hasSize(3);
    assertThat(terminal.toString().lines().filter(line -> line.startsWith("id-slow")))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).endsWith("timeout\u001b[K"));
    assertThat(terminal.toString()).as("lines are broken again afterwards").endsWith("\u001b[?7h");
    assertThat(file.toString()).doesNotContain("\u001b");
    assertThat(file.toString().lines().filter(line -> line.startsWith("waybill top"))).hasSize(2);
  }

  @Test
  void sortsDestinations() {
    HealthView slow = view("slow", 4_000, 1, 2);
    HealthView failing = view("failing", 20, 9, 1);
    HealthView deep = view("deep", 30, 0, 50);
    HealthView unknown =
        new HealthView(destination(new DestinationId("new"), "a-new"), Optional.empty(), T);
    List<HealthView> all = List.of(unknown, deep, failing, slow);

    assertThat(sorted(all, TopSort.LATENCY)).containsExactly(slow, deep, failing, unknown);
    assertThat(sorted(all, TopSort.FAILURES)).containsExactly(failing, slow, deep, unknown);
    assertThat(sorted(all, TopSort.SUCCESS)).containsExactly(failing, slow, deep, unknown);
    assertThat(sorted(all, TopSort.BACKLOG)).containsExactly(deep, slow, failing, unknown);
    assertThat(sorted(all, TopSort.LABEL)).containsExactly(unknown, deep, failing, slow);
  }

  private static Stream<HealthView> sorted(List<HealthView> all, TopSort sort) {
    return all.stream().sorted(sort.order());
  }
}
