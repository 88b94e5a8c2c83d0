package io.waybill.app;

import static io.waybill.app.Installation.ALERTED;
import static io.waybill.app.Installation.ALERTS;
import static io.waybill.app.Installation.SOON;
import static io.waybill.app.Installation.decode;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.app.cli.Commands;
import io.waybill.domain.Alert;
import io.waybill.domain.AlertKind;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.testkit.Answer;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.ReceivedRequest;
import io.waybill.wire.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Health and alerts through the real process: from an attempt to the commands that show it. */
class AlertsIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Installation waybill = Installation.shared();
  private final HttpSink receiver = HttpSink.start();

  @AfterEach
  void closeReceiver() {
    receiver.close();
  }

  @Test
  void whatFailsIsToldDeliveredAndShownAndWhatIsGoneIsDisabled() throws Exception {
    assertThat(
            waybill.command(waybill.create(ALERTED, ALERTS, receiver.uri("/alerts"), 3, Map.of())))
        .isInstanceOf(DestinationResult.Applied.class);
    receiver.always("/down", Answer.status(503));
    receiver.always("/gone", Answer.status(410));
    DestinationId down = waybill.createWebhook(ALERTED, receiver.uri("/down"), 5, Map.of());
    DestinationId gone = waybill.createWebhook(ALERTED, receiver.uri("/gone"), 5, Map.of());

    publish(down);
    publish(gone);

    Alert failing = awaitAlert(down, AlertKind.CONSECUTIVE_FAILURES);
    assertThat(failing.message()).contains("5 attempts failed", "http-transient");
    Alert disabled = awaitAlert(gone, AlertKind.DISABLED);
    assertThat(disabled.message()).contains("answered 410");

    List<String> bodies =
        receiver.awaitRequests("/alerts", 2, SOON).stream().map(ReceivedRequest::bodyText).toList();
    assertThat(bodies)
        .anySatisfy(body -> assertThat(body).contains(failing.alertId().toString()))
        .anySatisfy(body -> assertThat(body).contains(disabled.alertId().toString()));
    assertThat(receiver.requests("/alerts").getFirst().header("waybill-type"))
        .contains("waybill.alert");

    JsonNode destination = JSON.readTree(waybill("destinations", "get", gone.value()));
    assertThat(destination.path("enabled").asBoolean(true)).isFalse();
    assertThat(destination.path("disabled").path("by").asText())
        .isEqualTo("waybill.sender.webhook");
    assertThat(destination.path("disabled").path("reason").asText()).contains("410");

    List<String> listed = new ArrayList<>();
    JSON.readTree(waybill("alerts", "list", "--org", ALERTED.value(), "--output", "json"))
        .forEach(alert -> listed.add(alert.path("alertId").asText()));
    assertThat(listed).contains(failing.alertId().toString(), disabled.alertId().toString());
    assertThat(waybill("alerts", "list", "--org", ALERTED.value(), "--kind", "disabled"))
        .contains("high", "answered 410")
        .doesNotContain("consecutive-failures");

    await().atMost(SOON).untilAsserted(() -> assertHealth(down, gone));
    assertThat(waybill("health", "list", "--org", ALERTED.value()))
        .contains("STATE", "unhealthy", "disabled", "0.00%");
  }

  private void assertHealth(DestinationId down, DestinationId gone) throws IOException {
    JsonNode health =
        JSON.readTree(waybill("health", "list", "--org", ALERTED.value(), "--output", "json"));
    assertThat(of(health, down).path("state").asText()).isEqualTo("unhealthy");
    assertThat(of(health, down).path("breaker").asText()).isEqualTo("open");
    assertThat(of(health, down).path("successRate").asDouble(1)).isZero();
    assertThat(of(health, down).path("consecutiveFailures").asInt()).isGreaterThanOrEqualTo(5);
    assertThat(of(health, gone).path("state").asText()).isEqualTo("disabled");
    assertThat(of(health, ALERTS).path("state").asText()).isEqualTo("healthy");
  }

  private void publish(DestinationId to) {
    String json =
        "{\"deliveryId\":\"%s\",\"organizationId\":\"%s\",\"destinations\":[\"%s\"],\"payload\":{\"type\":\"report\",\"data\":1}}"
            .formatted(UUID.randomUUID(), ALERTED, to);
    waybill.publish(Topics.REQUESTS, null, json.getBytes(UTF_8));
  }

  private Alert awaitAlert(DestinationId about, AlertKind kind) {
    var record =
        waybill.awaitRecord(
            Topics.ALERTS,
            found -> {
              Alert alert = decode(() -> waybill.codecs().alerts().decode(found.value()));
              return alert.destinationId().equals(about) && alert.kind() == kind;
            });
    return decode(() -> waybill.codecs().alerts().decode(record.value()));
  }

  private static JsonNode of(JsonNode healths, DestinationId destination) {
    for (JsonNode health : healths) {
      if (health.path("destinationId").asText().equals(destination.value())) {
        return health;
      }
    }
    throw new AssertionError("no health of " + destination);
  }

  /** What a command prints. */
  private String waybill(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(
        List.of(
            "--bootstrap-server",
            waybill.bootstrapServers(),
            "--schema-registry",
            waybill.config().schemaRegistry().get("schema.registry.url")));
    CommandLine command = Commands.commandLine();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    int exit = command.execute(all.toArray(String[]::new));
    assertThat(exit).as(err.toString()).isZero();
    return out.toString();
  }
}
