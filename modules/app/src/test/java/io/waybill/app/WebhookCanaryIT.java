package io.waybill.app;

import static io.waybill.app.Nowhere.assertThatNowhereAre;
import static io.waybill.app.Sightings.topicsWith;
import static io.waybill.app.Tenant.part;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.client.WebhookVerificationException;
import io.waybill.client.WebhookVerifier;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.OverallState;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.SigningSecrets;
import io.waybill.secrets.PayloadKeyFile;
import io.waybill.secrets.PayloadKeys;
import io.waybill.secrets.PayloadSealer;
import io.waybill.testkit.Answer;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.ReceivedRequest;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What {@link CanaryIT} does, for everything else that a webhook can prove itself with, and for the
 * keys that all of it is sealed with. Receivers say every header back, in refusals that some
 * destinations want an excerpt of.
 */
class WebhookCanaryIT {
  private static final Pattern KEY_VALUE = Pattern.compile("\"value\"\\s*:\\s*\"([^\"]+)\"");
  private static final int KEY_BYTES = 32;

  private final Tenant hospital = Tenant.newOne();
  private final Installation waybill = hospital.waybill();
  private final HttpSink receiver = HttpSink.start();
  private final CapturedLog log = new CapturedLog();
  private final List<Marker> markers = new ArrayList<>();

  @BeforeEach
  void captureLog() {
    log.start();
  }

  @AfterEach
  void close() {
    log.close();
    receiver.close();
  }

  @Test
  void everyCredentialOfAWebhookArrivesNowhere() throws WebhookVerificationException {
    Marker payload = new Marker("payload");
    MarkedSecret user = marked(MarkedSecret.text("user name"));
    MarkedSecret password = marked(MarkedSecret.text("password"));
    MarkedSecret token = marked(MarkedSecret.text("bearer token"));
    MarkedSecret apiKey = marked(MarkedSecret.text("API key"));
    MarkedSecret header = marked(MarkedSecret.text("value of a header"));
    MarkedSecret v1 = marked(MarkedSecret.v1("v1 secret"));
    MarkedSecret v1a = marked(MarkedSecret.v1a("v1a private key"));
    MarkedSecret own = marked(MarkedSecret.text("secret of the scheme headers"));
    Marker seed = new Marker("client key");
    MarkedSecret clientKey = marked(MarkedSecret.clientKey("client key", seed));
    Ed25519Identity client = MarkedSecret.identity(seed);
    String key = "\"headers\": {\"X-Key\": \"" + header.text() + "\"}, ";
    try (MutualTlsEcho tls =
        new MutualTlsEcho(client.certificate(), number -> number <= 2 ? 500 : 200)) {
      DestinationId basic =
          webhook(
              echo("/basic"),
              key
                  + auth("basic", "username", user, "password", password)
                  + signing("secret", v1)
                  + "\"errorExcerpt\": true");
      DestinationId bearer =
          webhook(
              echo("/bearer"),
              key
                  + auth("bearer", "token", token)
                  + signing("secret", v1a)
                  + "\"body\": \"envelope\"");
      DestinationId keyed =
          webhook(
              echo("/key"),
              key
                  + auth("api-key", "key", apiKey)
                  + signing("scheme\": \"headers\", \"secret", own)
                  + "\"gzip\": true, \"errorExcerpt\": true");
      DestinationId mutual =
          webhook(
              tls.uri("/tls"),
              key
                  + auth("bearer", "token", token)
                  + "\"tls\": {\"ca\": %s, \"clientCertificate\": %s, \"clientKey\": %s},"
                      .formatted(
                          json(tls.certificatePem()),
                          json(client.certificatePem()),
                          json(clientKey.text()))
                  + "\"errorExcerpt\": true");
      String data = "{\"patient\":\"" + payload.text() + "\"}";

      DeliveryStatus failed =
          hospital.await(
              hospital.deliver(data, "{}", basic, bearer, keyed, mutual), OverallState.FAILED);
      hospital.await(
          hospital.deliver(data, "{}", basic, bearer, keyed, mutual), OverallState.COMPLETED);

      for (DestinationId wantsExcerpt : List.of(basic, keyed, mutual)) {
        assertThat(part(failed, wantsExcerpt).toString()).contains("it said: (withheld");
      }
      assertThat(part(failed, bearer).toString()).doesNotContain("it said");
      assertThat(tls.clients())
          .hasSize(3)
          .allMatch(client.certificate().getSubjectX500Principal()::equals);
    }
    assertInUse("/basic", "Authorization", basicAuth(user, password), v1.text());
    assertInUse(
        "/bearer",
        "Authorization",
        "Bearer " + token.text(),
        SigningSecrets.publicKeyOf(v1a.text()));
    assertInUse("/key", "X-Api-Key", apiKey.text(), own.text());
    List<RawRecord> cluster = assertThatNowhereAre(waybill, markers.toArray(Marker[]::new));
    assertThat(Nowhere.isInSomeSegment(payload)).as("the search finds what is there").isTrue();
    assertThat(topicsWith(payload, cluster)).contains(Topics.REQUESTS, Topics.DEAD_LETTERS);
    assertThat(log.events()).as("Waybill is listened to").isNotEmpty();
    log.assertWithout(markers.toArray(Marker[]::new));
  }

  @Test
  void theKeysThemselvesArriveNowhere() throws IOException {
    Marker payload = new Marker("sealed payload");
    MarkedSecret token = marked(MarkedSecret.text("bearer token"));
    Path payloadKeys = waybill.payloadKeys();
    new PayloadKeyFile(payloadKeys).create(hospital.organization());
    new PayloadKeyFile(payloadKeys).rotate(hospital.organization());
    List<Marker> keys =
        Stream.of(waybill.config().keyset(), payloadKeys).flatMap(this::keysOf).toList();
    assertThat(keys)
        .as("two of the payloads' and that of their HMAC at least")
        .hasSizeGreaterThan(3);
    DestinationId destination =
        webhook(echo("/sealed"), auth("bearer", "token", token) + "\"errorExcerpt\": true");

    DeliveryStatus failed =
        hospital.await(deliverSealed(payload, destination), OverallState.FAILED);
    hospital.await(deliverSealed(payload, destination), OverallState.COMPLETED);

    assertThat(part(failed, destination).toString())
        .as("of a sealed payload nothing is quoted")
        .doesNotContain("it said");
    assertThat(receiver.requests("/sealed"))
        .hasSize(3)
        .allSatisfy(request -> assertThat(request.bodyText()).contains(payload.text()));
    markers.add(payload);
    markers.addAll(keys);
    assertThatNowhereAre(waybill, markers.toArray(Marker[]::new));
    log.assertWithout(markers.toArray(Marker[]::new));
  }

  private MarkedSecret marked(MarkedSecret secret) {
    markers.addAll(secret.markers());
    return secret;
  }

  /** Refuses the first delivery, both times, and says everything back. */
  private URI echo(String path) {
    AtomicInteger answers = new AtomicInteger();
    receiver.answer(
        path,
        request ->
            Answer.status(answers.incrementAndGet() <= 2 ? 500 : 200)
                .header("X-Request-Id", request.header("X-Key").orElse(""))
                .header("Retry-After", request.header("Authorization").orElse(""))
                .body(request.headers() + request.bodyText()));
    return receiver.uri(path);
  }

  private DestinationId webhook(URI url, String more) {
    return hospital.createMarked(
        """
        {"organizationId": "%s", "label": "%s", "type": "webhook",
         "config": {"webhook": {"url": "%s", "timeout": 10000,
           "retryConfig": {"maxRetries": 1, "baseDelay": 100}, %s}}}
        """
            .formatted(hospital.organization(), url.getPath(), url, more),
        markers.toArray(Marker[]::new));
  }

  private static String auth(String type, String name, MarkedSecret secret) {
    return "\"auth\": {\"type\": \"%s\", \"%s\": \"%s\"}, ".formatted(type, name, secret.text());
  }

  private static String auth(
      String type, String name, MarkedSecret secret, String second, MarkedSecret other) {
    return "\"auth\": {\"type\": \"%s\", \"%s\": \"%s\", \"%s\": \"%s\"}, "
        .formatted(type, name, secret.text(), second, other.text());
  }

  private static String signing(String name, MarkedSecret secret) {
    return "\"signing\": {\"%s\": \"%s\"}, ".formatted(name, secret.text());
  }

  private static String json(String pem) {
    return "\"" + pem.replace("\n", "\\n") + "\"";
  }

  private static String basicAuth(MarkedSecret user, MarkedSecret password) {
    byte[] pair = (user.text() + ":" + password.text()).getBytes(UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  /** What is searched for was sent, and signed with. */
  private void assertInUse(String path, String header, String value, String verifiesWith)
      throws WebhookVerificationException {
    List<ReceivedRequest> requests = receiver.requests(path);
    assertThat(requests).hasSize(3);
    for (ReceivedRequest request : requests) {
      assertThat(request.header(header).filter(value::equals)).as(path).isPresent();
      assertThat(
              WebhookVerifier.of(verifiesWith)
                  .verify(name -> request.header(name).orElse(null), request.body()))
          .isNotNull();
    }
  }

  /** In Tink's own form a key ends with its bytes. */
  private Stream<Marker> keysOf(Path file) {
    try {
      return KEY_VALUE
          .matcher(Files.readString(file))
          .results()
          .map(found -> Base64.getDecoder().decode(found.group(1)))
          .map(value -> Arrays.copyOfRange(value, value.length - KEY_BYTES, value.length))
          .map(bytes -> Marker.ofBytes("key of " + file.getFileName(), bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DeliveryId deliverSealed(Marker payload, DestinationId destination) {
    DeliveryId id = DeliveryId.random();
    Payload sealed =
        new PayloadSealer(PayloadKeys.load(waybill.payloadKeys()))
            .seal(
                hospital.organization(),
                id,
                new Payload(
                    "report",
                    RawJson.of("{\"patient\":\"" + payload.text() + "\"}"),
                    RawJson.EMPTY_OBJECT));
    DeliveryRequest request =
        new DeliveryRequest(
            Optional.of(id),
            hospital.organization(),
            new DestinationSelection.Named(List.of(destination)),
            sealed,
            DeliveryOptions.defaults());
    waybill.publish(
        Topics.REQUESTS,
        RequestKeys.of(hospital.organization(), id.toString()),
        waybill.codecs().requests().encode(Topics.REQUESTS, request));
    return id;
  }
}
