package io.waybill.app;

import static io.waybill.app.Sightings.topicsWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OverallState;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.TaskPayload;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.PayloadKeyFile;
import io.waybill.secrets.PayloadKeys;
import io.waybill.secrets.PayloadSealer;
import io.waybill.secrets.Sealer;
import io.waybill.testkit.Answer;
import io.waybill.testkit.HttpSink;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sealed payloads on their whole road, and keys that change while Waybill runs. */
class SealingIT {
  @TempDir private Path folder;
  private final Installation waybill = Installation.shared();
  private final Tenant tenant = Tenant.newOne();
  private final HttpSink receiver = HttpSink.start();

  @AfterEach
  void close() {
    receiver.close();
  }

  @Test
  void sealedPayloadsStandNowhereInClearAndArriveByteForByte() throws IOException {
    Marker small = new Marker("small payload");
    Marker large = new Marker("large payload");
    Marker metadata = new Marker("metadata");
    Marker clear = new Marker("payload in clear");
    keys().create(tenant.organization());
    receiver.always("/fails", Answer.status(400));
    receiver.script("/retried", Answer.status(503), Answer.status(503), Answer.status(200));
    DestinationId fails = tenant.webhook(receiver.uri("/fails"));
    DestinationId retried = tenant.webhook(receiver.uri("/retried"));
    String smallData = "{ \"patient\" :\t\"" + small.text() + "\", \"n\": 9007199254740993 }";
    String largeData =
        "{\"patient\":\"" + large.text() + "\",\"scan\":\"" + "x".repeat(200_000) + "\"}";

    DeliveryId one = deliver(smallData, metadata, Optional.empty(), retried);
    DeliveryId two = deliver(largeData, metadata, Optional.empty(), retried);
    DeliveryId dead = deliver(smallData, metadata, Optional.empty(), fails);
    DeliveryId control = tenant.deliver("{\"x\":\"" + clear.text() + "\"}", "{}", retried);

    for (DeliveryId id : List.of(one, two, control)) {
      tenant.await(id, OverallState.COMPLETED);
    }
    tenant.await(dead, OverallState.FAILED);
    DeadLetter letter = tenant.deadLetter(dead);
    assertThat(letter.task().orElseThrow().payload())
        .isInstanceOfSatisfying(
            TaskPayload.Inline.class, inline -> assertThat(inline.sealed()).isTrue());
    receiver.always("/fails", Answer.status(200));
    tenant.command(dead, new DeliveryCommand.Replay(letter.task().orElseThrow()));
    tenant.await(dead, OverallState.COMPLETED);

    List<String> bodies =
        Stream.of("/retried", "/fails")
            .flatMap(path -> receiver.requests(path).stream())
            .map(request -> request.bodyText())
            .toList();
    assertThat(bodies).contains(smallData, largeData);
    assertThat(receiver.requests("/fails"))
        .allSatisfy(request -> assertThat(request.bodyText()).isEqualTo(smallData));
    List<RawRecord> cluster = RawRecord.all(waybill.bootstrapServers());
    assertThat(topicsWith(clear, cluster)).as("the search finds what is there").isNotEmpty();
    for (Marker marker : List.of(small, large, metadata)) {
      assertThat(topicsWith(marker, cluster)).as(marker.toString()).isEmpty();
      assertThat(filesWith(marker)).as("stores: " + marker).isEmpty();
    }
  }

  @Test
  void anEnvelopeCarriesWhatWasSealed() {
    keys().create(tenant.organization());
    receiver.always("/envelope", Answer.status(200));
    DestinationId destination =
        tenant.create(
            """
            {"organizationId": "%s", "label": "envelope", "type": "webhook",
             "config": {"webhook": {"url": "%s", "body": "envelope"}}}
            """
                .formatted(tenant.organization(), receiver.uri("/envelope")));
    Marker metadata = new Marker("metadata");

    DeliveryId id = deliver("{\"a\":1.10}", metadata, Optional.empty(), destination);
    tenant.await(id, OverallState.COMPLETED);

    assertThat(receiver.requests("/envelope"))
        .singleElement()
        .satisfies(request ->
            assertThat(request.bodyText())
                .contains("{\"a\":1.10}", metadata.text())
                .doesNotContain("ciphertext"));
  }

  @Test
  @Tag("long")
  void aDestroyedKeyEndsWhatIsUnderWayWithACleanReason() {
    keys().create(tenant.organization());
    receiver.always("/down", Answer.status(503));
    DestinationId destination =
        tenant.create(
            """
            {"organizationId": "%s", "label": "down", "type": "webhook",
             "config": {"webhook": {"url": "%s", "retryConfig": {"baseDelay": 6000}}}}
            """
                .formatted(tenant.organization(), receiver.uri("/down")));
    DeliveryId id = deliver("{\"a\":1}", new Marker("metadata"), Optional.empty(), destination);
    receiver.awaitRequests("/down", 1, Installation.SOON);

    keys().destroy(tenant.organization());

    DeliveryStatus status = tenant.await(id, OverallState.FAILED);
    DeadLetter letter = tenant.deadLetter(id);
    assertThat(letter.reason()).isEqualTo(Reason.PAYLOAD_KEY_DESTROYED);
    assertThat(letter.message()).contains("destroyed").contains(tenant.organization().value());
    assertThat(status.toString()).doesNotContain("Exception");
    int sent = receiver.requests("/down").size();

    tenant.command(id, new DeliveryCommand.Replay(letter.task().orElseThrow()));
    tenant.await(
        id,
        again ->
            again.state() == OverallState.FAILED
                && Tenant.part(again, destination).generation() == 1);
    assertThat(receiver.requests("/down")).as("nothing is sent of it").hasSize(sent);
  }

  @Test
  @Tag("long")
  void aKeyThatIsNotHereYetIsWaitedForAndCostsNoAttempt() throws IOException {
    Path elsewhere = folder.resolve("elsewhere.json");
    new PayloadKeyFile(elsewhere).create(tenant.organization());
    receiver.always("/later", Answer.status(200));
    DestinationId destination = tenant.webhook(receiver.uri("/later"));
    DeliveryId id =
        deliver(elsewhere, "{\"a\":1}", new Marker("metadata"), Optional.empty(), destination);
    tenant.await(
        id,
        status ->
            Tenant.part(status, destination).reason().equals(Optional.of(Reason.KEY_UNAVAILABLE)));

    // As when the operator's file reaches this machine.
    Path copy = waybill.payloadKeys().resolveSibling("copy.json");
    Files.copy(elsewhere, copy, StandardCopyOption.COPY_ATTRIBUTES);
    Files.move(copy, waybill.payloadKeys(), StandardCopyOption.ATOMIC_MOVE);

    DestinationStatus part = Tenant.part(tenant.await(id, OverallState.COMPLETED), destination);
    assertThat(part.attempts()).isEqualTo(1);
    assertThat(receiver.requests("/later")).hasSize(1);
  }

  @Test
  void aRepeatedSealedRequestIsADuplicateAndAnotherAConflict() {
    keys().create(tenant.organization());
    receiver.always("/once", Answer.status(200));
    DestinationId destination = tenant.webhook(receiver.uri("/once"));
    Marker metadata = new Marker("metadata");
    Optional<String> key = Optional.of("the-same-key");

    DeliveryId first = deliver("{\"a\":1}", metadata, key, destination);
    tenant.await(first, OverallState.COMPLETED);
    tenant.await(deliver("{\"a\":1}", metadata, key, destination), OverallState.DUPLICATE);
    tenant.await(deliver("{\"a\":2}", metadata, key, destination), OverallState.REJECTED);

    assertThat(receiver.requests("/once")).hasSize(1);
  }

  @Test
  void aSealOfAnotherDeliveryIsADeadLetter() {
    keys().create(tenant.organization());
    DestinationId destination = tenant.webhook(receiver.uri("/moved"));
    Payload sealedForAnother =
        sealer(waybill.payloadKeys())
            .seal(
                tenant.organization(),
                DeliveryId.random(),
                new Payload("report", RawJson.of("{}"), RawJson.EMPTY_OBJECT));
    DeliveryId id = DeliveryId.random();
    publish(id, sealedForAnother, Optional.empty(), destination);

    tenant.await(id, OverallState.FAILED);
    assertThat(tenant.deadLetter(id).reason()).isEqualTo(Reason.INTEGRITY);
    assertThat(receiver.requests("/moved")).isEmpty();
  }

  @Test
  void credentialsUnderANewKeyAreOpenedWithoutARestart() {
    receiver.always("/rotated", Answer.status(200));
    DestinationId before = tenant.create(withToken("before", "Bearer before"));
    Keyset rotated = Keyset.rotate(waybill.config().keyset());
    DestinationId after = tenant.create(withToken("after", "Bearer after"), new Sealer(rotated));

    DeliveryId id = tenant.deliver("{}", "{}", before, after);

    tenant.await(id, OverallState.COMPLETED);
    assertThat(receiver.requests("/rotated"))
        .extracting(request -> request.header("Authorization").orElse(""))
        .containsExactlyInAnyOrder("Bearer before", "Bearer after");
  }

  private String withToken(String label, String token) {
    return """
    {"organizationId": "%s", "label": "%s", "type": "webhook",
     "config": {"webhook": {"url": "%s", "headers": {"Authorization": "%s"}, %s}}}
    """
        .formatted(
            tenant.organization(), label, receiver.uri("/rotated"), token, Tenant.QUICK_RETRIES);
  }

  private PayloadKeyFile keys() {
    return new PayloadKeyFile(waybill.payloadKeys());
  }

  private static PayloadSealer sealer(Path file) {
    return new PayloadSealer(PayloadKeys.load(file));
  }

  private DeliveryId deliver(
      String data, Marker metadata, Optional<String> key, DestinationId... destinations) {
    return deliver(waybill.payloadKeys(), data, metadata, key, destinations);
  }

  private DeliveryId deliver(
      Path file,
      String data,
      Marker metadata,
      Optional<String> key,
      DestinationId... destinations) {
    DeliveryId id = DeliveryId.random();
    Payload payload =
        new Payload("report", RawJson.of(data), RawJson.of("{\"m\":\"" + metadata.text() + "\"}"));
    publish(id, sealer(file).seal(tenant.organization(), id, payload), key, destinations);
    return id;
  }

  private void publish(
      DeliveryId id, Payload payload, Optional<String> key, DestinationId... destinations) {
    DeliveryOptions usual = DeliveryOptions.defaults();
    DeliveryRequest request =
        new DeliveryRequest(
            Optional.of(id),
            tenant.organization(),
            new DestinationSelection.Named(List.of(destinations)),
            payload,
            new DeliveryOptions(
                usual.priority(),
                key,
                usual.correlationId(),
                usual.tags(),
                usual.deliverAt(),
                usual.expiresAt()));
    waybill.publish(
        Topics.REQUESTS,
        RequestKeys.of(tenant.organization(), key.orElse(id.toString())),
        waybill.codecs().requests().encode(Topics.REQUESTS, request));
  }

  /** Files of the stream roles' stores that hold the marker. */
  private List<Path> filesWith(Marker marker) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(waybill.config().stateDirectory())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        try {
          if (marker.isIn(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))) {
            found.add(file);
          }
        } catch (IOException | UncheckedIOException e) {
          // RocksDB removed it meanwhile.
        }
      }
    }
    return found;
  }
}
