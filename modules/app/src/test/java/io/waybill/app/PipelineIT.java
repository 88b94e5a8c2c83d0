package io.waybill.app;

import static io.waybill.app.Installation.SOON;
import static io.waybill.app.Installation.decode;
import static io.waybill.app.Installation.decodeGood;
import static io.waybill.app.Installation.keyIs;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.WebhookConfig;
import io.waybill.testkit.Answer;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.ReceivedRequest;
import io.waybill.testkit.TopicReader;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PipelineIT {
  private static final String EXACT =
      "{\"n\":9007199254740993,\"price\":1.10,\"z\":1,\"a\":\"caf\\u00e9 \\/\",\"s\": [1 , 2]}";

  private final Installation waybill = Installation.shared();
  private final HttpSink receiver = HttpSink.start();
  private final OrganizationId hospital = Installation.newOrganization();

  @AfterEach
  void closeReceiver() {
    receiver.close();
  }

  @Test
  void deliversJsonAndAvroByteForByte() {
    DestinationId siem =
        waybill.createWebhook(
            hospital,
            receiver.uri("/siem"),
            5,
            Map.of("Authorization", "Bearer t-0123456789", "X-Source", "audit-system"));
    DeliveryId asJson = DeliveryId.random();
    DeliveryId asAvro = DeliveryId.random();

    waybill.publish(Topics.REQUESTS, null, json(asJson, siem, EXACT, ""));
    waybill.publish(
        Topics.REQUESTS,
        null,
        waybill.codecs().requests().encode(Topics.REQUESTS, request(asAvro, siem, EXACT)));

    List<ReceivedRequest> received = receiver.awaitRequests("/siem", 2, SOON);
    assertThat(received).extracting(ReceivedRequest::bodyText).containsOnly(EXACT);
    assertThat(received)
        .allSatisfy(request -> {
          assertThat(request.method()).isEqualTo("POST");
          assertThat(request.header("Authorization")).contains("Bearer t-0123456789");
          assertThat(request.header("X-Source")).contains("audit-system");
          assertThat(request.header("waybill-type")).contains("report");
        });
    for (DeliveryId id : List.of(asJson, asAvro)) {
      DeliveryStatus status = awaitState(id, OverallState.COMPLETED);
      assertThat(status.destinations()).hasSize(1);
      assertThat(status.destinations().get(0).attempts()).isEqualTo(1);
    }
    String view =
        new String(
            waybill.awaitRecord(Topics.STATUS_JSON, keyIs(asJson.toString())).value(), UTF_8);
    assertThat(view).contains("\"deliveryId\":\"" + asJson + "\"");
  }

  @Test
  void carriesALargePayloadByReference() {
    DestinationId siem = waybill.createWebhook(hospital, receiver.uri("/large"), 0, Map.of());
    String data = "\"" + "é".repeat(1024 * 1024) + "\"";
    DeliveryId id = DeliveryId.random();

    waybill.publish(Topics.REQUESTS, null, json(id, siem, data, ""));

    ReceivedRequest received = receiver.awaitRequests("/large", 1, SOON).get(0);
    assertThat(received.bodyText()).isEqualTo(data);
    awaitState(id, OverallState.COMPLETED);
  }

  @Test
  void triesAgainAfter503WithTheSameWebhookId() {
    receiver.script("/flaky", Answer.status(503), Answer.status(503), Answer.status(200));
    DestinationId siem = waybill.createWebhook(hospital, receiver.uri("/flaky"), 5, Map.of());
    DeliveryId id = DeliveryId.random();

    waybill.publish(Topics.REQUESTS, null, json(id, siem, EXACT, ""));

    DeliveryStatus status = awaitState(id, OverallState.COMPLETED);
    assertThat(status.destinations().get(0).attempts()).isEqualTo(3);
    List<ReceivedRequest> attempts = receiver.requests("/flaky");
    assertThat(attempts).hasSize(3);
    assertThat(attempts)
        .extracting(r -> r.header("webhook-id").orElseThrow())
        .containsOnly(status.destinations().get(0).taskId().orElseThrow().value());
    assertThat(attempts).extracting(ReceivedRequest::bodyText).containsOnly(EXACT);
    assertThat(attempts)
        .extracting(r -> r.header("waybill-attempt").orElseThrow())
        .containsExactly("1", "2", "3");
    // Base 100 ms, doubled, with 10 % jitter: never early.
    assertThat(Duration.between(attempts.get(0).at(), attempts.get(1).at()))
        .isGreaterThanOrEqualTo(Duration.ofMillis(85));
    assertThat(Duration.between(attempts.get(1).at(), attempts.get(2).at()))
        .isGreaterThanOrEqualTo(Duration.ofMillis(175));
  }

  @Test
  void maxRetriesTwoIsThreeRequestsThenADeadLetterThatIsReplayedOnce() {
    receiver.script(
        "/down", Answer.status(500), Answer.status(500), Answer.status(500), Answer.status(200));
    DestinationId siem = waybill.createWebhook(hospital, receiver.uri("/down"), 2, Map.of());
    DeliveryId id = DeliveryId.random();

    waybill.publish(Topics.REQUESTS, null, json(id, siem, EXACT, ""));

    DeliveryStatus failed = awaitState(id, OverallState.FAILED);
    assertThat(failed.destinations().get(0).reason()).contains(Reason.ATTEMPTS_EXHAUSTED);
    assertThat(receiver.requests("/down")).hasSize(3);
    DeadLetter letter = deadLetter(id);
    assertThat(letter.task().orElseThrow().attempts()).isEqualTo(3);

    // Twice, as an operator who is not sure would.
    for (int i = 0; i < 2; i++) {
      command(id, new DeliveryCommand.Replay(letter.task().orElseThrow()));
    }
    DeliveryStatus replayed = awaitState(id, OverallState.COMPLETED);
    assertThat(replayed.destinations().get(0).generation()).isEqualTo(1);
    // The refusal of the second replay is on record before we count.
    waybill.awaitRecord(
        Topics.AUDIT,
        keyIs(hospital.value())
            .and(r ->
                decode(() -> waybill.codecs().audits().decode(r.value()))
                    .action()
                    .contains("refused")));
    assertThat(receiver.requests("/down")).hasSize(4);
    assertThat(receiver.requests("/down").get(3).bodyText()).isEqualTo(EXACT);
  }

  @DisplayName("F17: a 400 is a dead letter at once")
  @Test
  void a400IsADeadLetterAtOnce() {
    receiver.always("/bad", Answer.status(400));
    DestinationId siem = waybill.createWebhook(hospital, receiver.uri("/bad"), 5, Map.of());
    DeliveryId id = DeliveryId.random();

    waybill.publish(Topics.REQUESTS, null, json(id, siem, EXACT, ""));

    DeliveryStatus failed = awaitState(id, OverallState.FAILED);
    assertThat(failed.destinations().get(0).reason()).contains(Reason.HTTP_PERMANENT);
    assertThat(failed.destinations().get(0).message().orElseThrow()).contains("400");
    assertThat(deadLetter(id).reason()).isEqualTo(Reason.HTTP_PERMANENT);
    assertThat(receiver.requests("/bad")).hasSize(1);
  }

  @Test
  void retriesTheFailedDestinationsOfADeliveryOnly() {
    receiver.script("/mended", Answer.status(400), Answer.status(200));
    DestinationId good = waybill.createWebhook(hospital, receiver.uri("/good"), 0, Map.of());
    DestinationId mended = waybill.createWebhook(hospital, receiver.uri("/mended"), 0, Map.of());
    DeliveryId id = DeliveryId.random();
    waybill.publish(
        Topics.REQUESTS,
        null,
        json(id, "[\"" + good + "\",\"" + mended + "\"]", EXACT, "").getBytes(UTF_8));
    awaitState(id, OverallState.PARTIAL);

    command(id, new DeliveryCommand.Retry(Set.of()));

    awaitState(id, OverallState.COMPLETED);
    assertThat(receiver.requests("/mended")).hasSize(2);
    assertThat(receiver.requests("/mended").get(1).bodyText()).isEqualTo(EXACT);
    assertThat(receiver.requests("/good")).hasSize(1);
  }

  @Test
  void aBackupReceivesWhatThePrimaryRefusedAndNothingElse() {
    receiver.script("/primary", Answer.status(200), Answer.status(400));
    DestinationId backup = waybill.createWebhook(hospital, receiver.uri("/backup"), 0, Map.of());
    DestinationId primary =
        waybill.createWebhook(
            hospital, receiver.uri("/primary"), 0, new Fallback(List.of(backup), Optional.empty()));
    DeliveryId taken = DeliveryId.random();
    waybill.publish(Topics.REQUESTS, null, json(taken, primary, EXACT, ""));
    awaitState(taken, OverallState.COMPLETED);
    DeliveryId refused = DeliveryId.random();

    waybill.publish(Topics.REQUESTS, null, json(refused, primary, EXACT, ""));

    DeliveryStatus status = awaitState(refused, OverallState.COMPLETED);
    assertThat(status.destinations())
        .extracting(
            DestinationStatus::destinationId,
            DestinationStatus::state,
            DestinationStatus::deliveredBy,
            DestinationStatus::fallbackOf)
        .containsExactly(
            tuple(primary.value(), DestinationState.FAILED, Optional.of(backup), List.of()),
            tuple(backup.value(), DestinationState.DELIVERED, Optional.empty(), List.of(primary)));
    List<ReceivedRequest> received = receiver.requests("/backup");
    assertThat(received).hasSize(1);
    assertThat(received.getFirst().bodyText()).isEqualTo(EXACT);
    assertThat(received.getFirst().header("waybill-delivery-id")).contains(refused.toString());
    assertThat(received.getFirst().header("webhook-id"))
        .contains(status.destinations().get(1).taskId().orElseThrow().value());
    try (TopicReader statuses = new TopicReader(waybill.bootstrapServers(), Topics.STATUS)) {
      assertThat(statuses.readToEnd())
          .filteredOn(keyIs(refused.toString()))
          .extracting(r -> decode(() -> waybill.codecs().statuses().decode(r.value())).state())
          .as("never shown as the end before it was")
          .doesNotContain(OverallState.FAILED, OverallState.PARTIAL);
    }
  }

  @Test
  void aBackupReceivesALargePayloadFromItsRequest() {
    receiver.always("/too-large", Answer.status(413));
    DestinationId backup =
        waybill.createWebhook(hospital, receiver.uri("/large-backup"), 0, Map.of());
    DestinationId primary =
        waybill.createWebhook(
            hospital,
            receiver.uri("/too-large"),
            0,
            new Fallback(List.of(backup), Optional.empty()));
    String data = "\"" + "é".repeat(1024 * 1024) + "\"";
    DeliveryId id = DeliveryId.random();

    waybill.publish(Topics.REQUESTS, null, json(id, primary, data, ""));

    awaitState(id, OverallState.COMPLETED);
    assertThat(receiver.requests("/large-backup"))
        .singleElement()
        .extracting(ReceivedRequest::bodyText)
        .isEqualTo(data);
    assertThat(waybill.awaitRecord(Topics.COMMANDS, keyIs(id.toString())).value())
        .as("the wish refers to the payload")
        .hasSizeLessThan(64 * 1024);
  }

  @Test
  void aBackupTakesOverFromAPrimaryThatTakesTooLong() {
    receiver.always("/slow-primary", Answer.status(503));
    DestinationId backup =
        waybill.createWebhook(hospital, receiver.uri("/quick-backup"), 0, Map.of());
    DestinationId primary =
        waybill.createWebhook(
            hospital,
            receiver.uri("/slow-primary"),
            50,
            new Fallback(List.of(backup), Optional.of(Duration.ofSeconds(1))));
    DeliveryId id = DeliveryId.random();
    Instant published = Instant.now();

    waybill.publish(Topics.REQUESTS, null, json(id, primary, EXACT, ""));

    ReceivedRequest received = receiver.awaitRequests("/quick-backup", 1, SOON).getFirst();
    assertThat(received.bodyText()).isEqualTo(EXACT);
    assertThat(received.at()).isAfterOrEqualTo(published.plusSeconds(1));
    waybill.awaitStatus(
        id.toString(),
        status ->
            status.state() == OverallState.PROCESSING
                && status.destinations().getFirst().deliveredBy().equals(Optional.of(backup)));
    receiver.always("/slow-primary", Answer.status(200));
    DeliveryStatus both = awaitState(id, OverallState.COMPLETED);
    assertThat(both.destinations())
        .extracting(DestinationStatus::state)
        .containsOnly(DestinationState.DELIVERED);
    assertThat(receiver.requests("/quick-backup")).hasSize(1);
  }

  @Test
  void aRetriedEnvelopeHoldsTheMetadataOfTheRequest() {
    receiver.script("/envelope", Answer.status(400), Answer.status(200));
    DestinationId siem =
        waybill.createWebhook(
            hospital, receiver.uri("/envelope"), 0, Map.of(), WebhookConfig.Body.ENVELOPE);
    DeliveryId id = DeliveryId.random();
    String withMetadata = EXACT + ",\"metadata\":{\"ward\": 1.0}";
    waybill.publish(Topics.REQUESTS, null, json(id, siem, withMetadata, ""));
    awaitState(id, OverallState.FAILED);

    command(id, new DeliveryCommand.Retry(Set.of()));

    awaitState(id, OverallState.COMPLETED);
    List<ReceivedRequest> received = receiver.requests("/envelope");
    assertThat(received).hasSize(2);
    assertThat(received.get(1).bodyText())
        .contains("\"metadata\":{\"ward\": 1.0},\"data\":" + EXACT)
        .isEqualTo(received.get(0).bodyText());
  }

  @Test
  void aCancelledDeliveryIsNotTriedAgain() {
    receiver.always("/refusing", Answer.status(503));
    DestinationId siem = waybill.createWebhook(hospital, receiver.uri("/refusing"), 50, Map.of());
    DeliveryId id = DeliveryId.random();
    waybill.publish(Topics.REQUESTS, null, json(id, siem, EXACT, ""));
    receiver.awaitRequests("/refusing", 2, SOON);

    command(id, new DeliveryCommand.Cancel());

    awaitState(id, OverallState.CANCELLED);
    waybill.awaitRecord(Topics.CONTROL, keyIs("delivery/" + id));
    // What was under way may still arrive; a later delivery to the same lane proves the rest still.
    DeliveryId later = DeliveryId.random();
    DestinationId other = waybill.createWebhook(hospital, receiver.uri("/later"), 0, Map.of());
    waybill.publish(
        Topics.REQUESTS,
        null,
        json(later, other, "1", ",\"deliverAt\":\"" + Instant.now().plusSeconds(3) + "\""));
    awaitState(later, OverallState.COMPLETED);
    int afterCancel = receiver.requests("/refusing").size();
    DeliveryId last = DeliveryId.random();
    waybill.publish(
        Topics.REQUESTS,
        null,
        json(last, other, "2", ",\"deliverAt\":\"" + Instant.now().plusSeconds(2) + "\""));
    awaitState(last, OverallState.COMPLETED);
    assertThat(receiver.requests("/refusing")).hasSize(afterCancel);
  }

  @Test
  void neverDeliversBeforeDeliverAt() {
    DestinationId siem = waybill.createWebhook(hospital, receiver.uri("/later"), 0, Map.of());
    Instant due = Instant.now().plusSeconds(2);
    DeliveryId id = DeliveryId.random();

    waybill.publish(Topics.REQUESTS, null, json(id, siem, EXACT, ",\"deliverAt\":\"" + due + "\""));

    ReceivedRequest received = receiver.awaitRequests("/later", 1, SOON).get(0);
    assertThat(received.at()).isAfterOrEqualTo(due);
    awaitState(id, OverallState.COMPLETED);
  }

  @Test
  void createThenPublishWorksEveryTime() {
    int times = Integer.getInteger("waybill.create.then.publish", 1_000);
    List<DeliveryId> ids = new ArrayList<>();

    // The command and the request are sent one after the other without waiting for anything: the
    // request reaches fan-out before the destination has been decided, most of the time.
    for (int i = 0; i < times; i++) {
      DestinationId id = new DestinationId(UUID.randomUUID().toString());
      var create = waybill.create(hospital, id, receiver.uri("/new"), 0, Map.of());
      waybill.send(
          Topics.DESTINATION_COMMANDS,
          null,
          hospital.value(),
          waybill.codecs().destinationCommands().encode(Topics.DESTINATION_COMMANDS, create));
      DeliveryId delivery = DeliveryId.random();
      ids.add(delivery);
      waybill.send(Topics.REQUESTS, null, null, json(delivery, id, "{\"i\":" + i + "}", ""));
    }

    List<ReceivedRequest> received = receiver.awaitRequests("/new", times, Duration.ofSeconds(120));
    assertThat(received).hasSize(times);
    assertThat(received)
        .extracting(r -> r.header("waybill-delivery-id").orElseThrow())
        .containsExactlyInAnyOrderElementsOf(ids.stream().map(DeliveryId::toString).toList());
  }

  @Test
  void theSameIdempotencyKeySendsOnceHoweverItIsPublished() throws Exception {
    DestinationId siem = waybill.createWebhook(hospital, receiver.uri("/once"), 0, Map.of());
    String key = "phi-access-1";
    List<DeliveryId> ids = new ArrayList<>();
    var sends = new ArrayList<java.util.concurrent.Future<?>>();

    for (int partition = 0; partition < TopicCatalog.EMBEDDED_PARTITIONS; partition++) {
      for (int copy = 0; copy < 3; copy++) {
        DeliveryId id = DeliveryId.random();
        ids.add(id);
        sends.add(
            waybill.send(
                Topics.REQUESTS,
                partition,
                null,
                json(id, siem, EXACT, ",\"idempotencyKey\":\"" + key + "\"")));
      }
    }
    for (var send : sends) {
      send.get();
    }

    List<DeliveryStatus> statuses =
        ids.stream()
            .map(id ->
                waybill.awaitStatus(
                    id.toString(),
                    s ->
                        s.state() == OverallState.COMPLETED || s.state() == OverallState.DUPLICATE))
            .toList();
    List<DeliveryStatus> first =
        statuses.stream().filter(s -> s.state() == OverallState.COMPLETED).toList();
    assertThat(first).hasSize(1);
    assertThat(statuses)
        .filteredOn(s -> s.state() == OverallState.DUPLICATE)
        .hasSize(ids.size() - 1)
        .allSatisfy(s -> assertThat(s.duplicateOf()).contains(first.get(0).deliveryId()));
    assertThat(receiver.requests("/once")).hasSize(1);

    DeliveryId other = DeliveryId.random();
    waybill.publish(
        Topics.REQUESTS, null, json(other, siem, "{}", ",\"idempotencyKey\":\"" + key + "\""));
    DeliveryStatus conflict = awaitState(other, OverallState.REJECTED);
    assertThat(conflict.reason()).contains(Reason.IDEMPOTENCY_CONFLICT);
    assertThat(conflict.errors()).extracting(e -> e.field()).contains("options.idempotencyKey");
    assertThat(receiver.requests("/once")).hasSize(1);
  }

  @Test
  void theSameDeliveryIdTwiceIsSentOnce() {
    DestinationId siem = waybill.createWebhook(hospital, receiver.uri("/same-id"), 0, Map.of());
    DeliveryId id = DeliveryId.random();

    for (int partition = 0; partition < TopicCatalog.EMBEDDED_PARTITIONS; partition++) {
      waybill.send(Topics.REQUESTS, partition, null, json(id, siem, EXACT, ""));
    }

    awaitState(id, OverallState.COMPLETED);
    // Each repetition is answered under an id of its own, so that it is no news of the delivery.
    try (TopicReader events = new TopicReader(waybill.bootstrapServers(), Topics.EVENTS)) {
      events.await(
          records ->
              records.stream()
                      .filter(r -> r.value() != null)
                      .flatMap(r ->
                          decodeGood(() -> waybill.codecs().events().decode(r.value())).stream())
                      .filter(event -> isDuplicateOf(event, id))
                      .count()
                  == TopicCatalog.EMBEDDED_PARTITIONS - 1,
          SOON);
    }
    assertThat(awaitState(id, OverallState.COMPLETED).destinations()).hasSize(1);
    assertThat(receiver.requests("/same-id")).hasSize(1);
  }

  @Test
  void anotherOrganizationsDestinationReadsAsNotFound() {
    OrganizationId other = Installation.newOrganization();
    DestinationId theirs = waybill.createWebhook(other, receiver.uri("/theirs"), 0, Map.of());
    DestinationId ours = waybill.createWebhook(hospital, receiver.uri("/ours"), 0, Map.of());
    DeliveryId id = DeliveryId.random();

    waybill.publish(
        Topics.REQUESTS,
        null,
        json(id, "[\"" + ours + "\",\"" + theirs + "\",\"nowhere\"]", EXACT, "").getBytes(UTF_8));

    DeliveryStatus status = awaitState(id, OverallState.PARTIAL);
    assertThat(status.destinations())
        .extracting(d -> d.state())
        .containsExactlyInAnyOrder(
            DestinationState.DELIVERED, DestinationState.FAILED, DestinationState.FAILED);
    assertThat(status.destinations())
        .filteredOn(d -> d.state() == DestinationState.FAILED)
        .extracting(d -> d.reason().orElseThrow())
        .containsOnly(Reason.DESTINATION_NOT_FOUND);
    assertThat(status.destinations())
        .filteredOn(d -> d.state() == DestinationState.FAILED)
        .extracting(d -> d.message().orElse("").replace(d.destinationId(), "ID"))
        .as("a foreign destination reads like none")
        .containsOnly(
            status.destinations().stream()
                .filter(d -> d.destinationId().equals("nowhere"))
                .findFirst()
                .orElseThrow()
                .message()
                .orElse("")
                .replace("nowhere", "ID"));
    assertThat(receiver.requests("/theirs")).isEmpty();
    waybill.awaitRecord(
        Topics.AUDIT,
        keyIs(hospital.value())
            .and(r ->
                decode(() -> waybill.codecs().audits().decode(r.value()))
                    .action()
                    .equals("foreign-destination-requested")));
  }

  private static boolean isDuplicateOf(DeliveryEvent event, DeliveryId id) {
    return event instanceof DeliveryEvent.Duplicate duplicate && duplicate.duplicateOf().equals(id);
  }

  private DeadLetter deadLetter(DeliveryId id) {
    return decode(() ->
        waybill
            .codecs()
            .deadLetters()
            .decode(waybill.awaitRecord(Topics.DEAD_LETTERS, keyIs(id.toString())).value()));
  }

  private void command(DeliveryId id, DeliveryCommand.Action action) {
    var command =
        new DeliveryCommand(UUID.randomUUID(), id, hospital, "test", Instant.now(), action);
    waybill.publish(
        Topics.COMMANDS,
        id.toString(),
        waybill.codecs().commands().encode(Topics.COMMANDS, command));
  }

  private DeliveryStatus awaitState(DeliveryId id, OverallState state) {
    return waybill.awaitStatus(id.toString(), status -> status.state() == state);
  }

  private byte[] json(DeliveryId id, DestinationId destination, String data, String options) {
    return json(id, "[\"" + destination + "\"]", data, options).getBytes(UTF_8);
  }

  private String json(DeliveryId id, String destinations, String data, String options) {
    return "{\"deliveryId\":\""
        + id
        + "\",\"organizationId\":\""
        + hospital
        + "\",\"destinations\":"
        + destinations
        + ",\"payload\":{\"type\":\"report\",\"data\":"
        + data
        + "}"
        + ",\"options\":{\"priority\":7"
        + options
        + "}}";
  }

  private DeliveryRequest request(DeliveryId id, DestinationId destination, String data) {
    return new DeliveryRequest(
        Optional.of(id),
        hospital,
        new DestinationSelection.Named(List.of(destination)),
        new Payload("report", RawJson.of(data), RawJson.EMPTY_OBJECT),
        DeliveryOptions.defaults());
  }
}
