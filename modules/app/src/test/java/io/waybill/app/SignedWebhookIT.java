package io.waybill.app;

import static io.waybill.app.Installation.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.app.cli.Commands;
import io.waybill.client.VerifiedWebhook;
import io.waybill.client.WebhookVerificationException;
import io.waybill.client.WebhookVerifier;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.testkit.Answer;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.ReceivedRequest;
import io.waybill.wire.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Signing from the command line to the receiver, and what a receiver that is gone does. */
class SignedWebhookIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private final Installation waybill = Installation.shared();
  private final HttpSink receiver = HttpSink.start();
  private final OrganizationId hospital = Installation.newOrganization();

  @BeforeEach
  void writeEndpoint() throws Exception {
    Files.writeString(
        folder.resolve("endpoint.properties"),
        "bootstrap.servers=%s\nschema.registry.url=%s\nkeyset=%s\n"
            .formatted(
                waybill.bootstrapServers(),
                waybill.config().schemaRegistry().get("schema.registry.url"),
                waybill.config().keyset()));
  }

  @AfterEach
  void closeReceiver() {
    receiver.close();
  }

  @Test
  void signsWithASecretThatWasShownOnceAndRotatesItWithoutAGap() throws Exception {
    Path file = destination("/signed", "\"signing\": {}, \"gzip\": true");
    JsonNode created = json("destinations", "apply", "-o", "json", "-f", file.toString()).get(0);
    String id = created.path("id").textValue();
    String first = created.path("signingSecret").textValue();
    assertThat(first).startsWith("whsec_");

    ReceivedRequest signed = deliver(id, "/signed", 1);
    assertThat(verified(signed, first).id()).isEqualTo(signed.header("webhook-id").orElseThrow());
    assertThat(signed.header("Content-Encoding")).contains("gzip");

    // Applied again it stays, and nothing is shown again.
    JsonNode again = json("destinations", "apply", "-o", "json", "-f", file.toString()).get(0);
    assertThat(again.path("result").textValue()).isEqualTo("unchanged");
    assertThat(again.has("signingSecret")).isFalse();

    JsonNode rotated = json("destinations", "rotate-secret", id, "-o", "json");
    String second = rotated.path("signingSecret").textValue();
    assertThat(second).startsWith("whsec_").isNotEqualTo(first);
    awaitSignatures(id, 2);
    ReceivedRequest during = receiver.requests("/signed").getLast();
    assertThat(verified(during, first)).isEqualTo(verified(during, second));

    String shown = ok("destinations", "get", id);
    assertThat(shown).contains("\"until\"").doesNotContain(first).doesNotContain(second);

    json("destinations", "rotate-secret", id, "-o", "json", "--overlap", "0s");
    awaitSignatures(id, 1);
    ReceivedRequest after = receiver.requests("/signed").getLast();
    assertThatThrownBy(() -> verified(after, first, second))
        .isInstanceOf(WebhookVerificationException.class);

    assertThat(whatTopicsHold())
        .doesNotContain(first.substring(6))
        .doesNotContain(second.substring(6));
  }

  @Test
  void aKeyPairIsVerifiedWithThePublicKeyThatCanBeReadAtAnyTime() throws Exception {
    Path file = destination("/pair", "\"signing\": {\"algorithm\": \"v1a\"}");
    JsonNode created = json("destinations", "apply", "-o", "json", "-f", file.toString()).get(0);
    String id = created.path("id").textValue();

    JsonNode shown = JSON.readTree(ok("destinations", "get", id));

    String publicKey = shown.at("/config/webhook/signing/publicKey").textValue();
    assertThat(created.path("signingPublicKey").textValue()).isEqualTo(publicKey);
    assertThat(created.has("signingSecret")).isFalse();
    assertThat(verified(deliver(id, "/pair", 1), publicKey)).isNotNull();
    // What is shown can be applied again, and changes nothing.
    Path definition = folder.resolve("definition.json");
    Files.writeString(definition, ok("destinations", "get", id, "--definition"));
    assertThat(ok("destinations", "apply", "-f", definition.toString())).contains("unchanged");
  }

  @DisplayName("row 89: a receiver that is gone is asked no more")
  @Test
  void aReceiverThatIsGoneIsAskedNoMore() throws Exception {
    receiver.always("/gone", Answer.status(410));
    Path file = destination("/gone", "\"errorExcerpt\": true");
    String id = ok("destinations", "apply", "-o", "id", "-f", file.toString());

    DeliveryId delivery = publish(id);

    waybill.awaitStatus(delivery.toString(), status -> status.state() == OverallState.FAILED);
    await()
        .atMost(SOON)
        .until(() -> !JSON.readTree(ok("destinations", "get", id)).path("enabled").booleanValue());
    assertThat(receiver.requests("/gone")).hasSize(1);
    assertThat(new String(raw(Topics.AUDIT), StandardCharsets.ISO_8859_1))
        .contains("waybill.sender.webhook");
  }

  @Test
  void aReceiverThatEchoesEveryHeaderTellsNobodyOfTheCredentials() throws Exception {
    Marker password = new Marker("password");
    Marker key = new Marker("signing secret");
    receiver.answer(
        "/echo",
        request ->
            Answer.status(500)
                .header("X-Request-Id", request.header("Authorization").orElse(""))
                .body(request.headers().toString()));
    Path file =
        destination(
            "/echo",
            "\"errorExcerpt\": true, \"retryConfig\": {\"maxRetries\": 1, \"baseDelay\": 100},"
                + " \"auth\": {\"type\": \"basic\", \"username\": \"waybill\", \"password\": \""
                + password.text()
                + "\"}, \"signing\": {\"scheme\": \"headers\", \"secret\": \""
                + key.text()
                + "\"}");
    try (CapturedLog log = new CapturedLog()) {
      log.start();
      String id = ok("destinations", "apply", "-o", "id", "-f", file.toString());
      DeliveryId delivery = publish(id);
      String shown =
          waybill
              .awaitStatus(delivery.toString(), status -> status.state() == OverallState.FAILED)
              .toString();

      assertThat(shown).contains("it said: (withheld");
      assertThat(receiver.requests("/echo")).hasSize(2);
      assertThat(verified(receiver.requests("/echo").getLast(), key.text()).id()).isNotEmpty();
      List<RawRecord> cluster = RawRecord.all(waybill.bootstrapServers());
      assertThat(Sightings.topicsWith(password, cluster)).isEmpty();
      assertThat(Sightings.topicsWith(key, cluster)).isEmpty();
      log.assertWithout(password, key);
    }
  }

  private ReceivedRequest deliver(String id, String path, int number) {
    publish(id);
    return receiver.awaitRequests(path, number, SOON).get(number - 1);
  }

  /** Until the sender has seen the new version; each try is a delivery of its own. */
  private void awaitSignatures(String id, int many) {
    await()
        .atMost(SOON)
        .until(() -> {
          int before = receiver.requests("/signed").size();
          return deliver(id, "/signed", before + 1)
                  .header("webhook-signature")
                  .orElseThrow()
                  .split(" ")
                  .length
              == many;
        });
  }

  private DeliveryId publish(String destination) {
    DeliveryId delivery = DeliveryId.random();
    String request =
        "{\"deliveryId\":\"%s\",\"organizationId\":\"%s\",\"destinations\":[\"%s\"],\"payload\":{\"type\":\"report\",\"data\":{\"n\": 1.10}}}"
            .formatted(delivery, hospital, destination);
    waybill.publish(Topics.REQUESTS, null, request.getBytes(StandardCharsets.UTF_8));
    return delivery;
  }

  private static VerifiedWebhook verified(ReceivedRequest request, String... secrets)
      throws WebhookVerificationException {
    return WebhookVerifier.of(secrets)
        .verify(name -> request.header(name).orElse(null), request.body());
  }

  private Path destination(String path, String more) throws Exception {
    Path file = folder.resolve(path.substring(1) + ".json");
    Files.writeString(
        file,
        """
        {"organizationId": "%s", "label": "Receiver", "type": "webhook",
         "config": {"webhook": {"url": "%s", "timeout": 5000, %s}}}
        """
            .formatted(hospital, receiver.uri(path), more));
    return file;
  }

  private JsonNode json(String... arguments) throws Exception {
    return JSON.readTree(ok(arguments));
  }

  private String ok(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data-dir", folder.toString()));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Commands.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    assertThat(command.execute(all.toArray(String[]::new))).as(err.toString()).isZero();
    return out.toString().strip();
  }

  private String whatTopicsHold() {
    StringBuilder all = new StringBuilder();
    for (String topic :
        List.of(
            Topics.DESTINATION_COMMANDS,
            Topics.DESTINATION_RESULTS,
            Topics.DESTINATIONS,
            Topics.DESTINATION_SECRETS,
            Topics.AUDIT,
            Topics.EVENTS)) {
      all.append(new String(raw(topic), StandardCharsets.ISO_8859_1));
    }
    return all.toString();
  }

  private byte[] raw(String topic) {
    var bytes = new java.io.ByteArrayOutputStream();
    waybill
        .readAll(topic)
        .forEach(record -> {
          if (record.value() != null) {
            bytes.writeBytes(record.value());
          }
        });
    return bytes.toByteArray();
  }
}
