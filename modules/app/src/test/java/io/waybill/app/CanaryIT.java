package io.waybill.app;

import static io.waybill.app.Installation.decode;
import static io.waybill.app.Installation.keyIs;
import static io.waybill.app.Nowhere.assertThatNowhereAre;
import static io.waybill.app.Sightings.isChangelogOf;
import static io.waybill.app.Sightings.topicsWith;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawBytes;
import io.waybill.testkit.Answer;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.ReceivedRequest;
import io.waybill.wire.Topics;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Marked values go the whole road, failing, dead-lettered and replayed, past a receiver that says
 * them all back; then every byte of every topic and every line of the log is searched for them.
 */
class CanaryIT {
  private static final DestinationType WEBHOOK = DestinationType.WEBHOOK;

  private static final Set<String> URL_TOPICS =
      Set.of(Topics.DESTINATION_COMMANDS, Topics.DESTINATIONS);

  private final Installation waybill = Installation.shared();
  private final HttpSink receiver = HttpSink.start();
  private final OrganizationId hospital = Installation.newOrganization();
  private final CapturedLog log = new CapturedLog();

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
  void credentialsArriveNowhereAndPayloadsOnlyWhereTheyMust() {
    Marker credential = new Marker("credential");
    Marker payload = new Marker("payload");
    Marker metadata = new Marker("metadata");
    Marker idempotencyKey = new Marker("idempotency key");
    Marker url = new Marker("path and query");
    String path = "/" + url.text();
    AtomicInteger answers = new AtomicInteger();
    receiver.answer(path, request -> echo(answers.incrementAndGet() <= 2 ? 500 : 200, request));
    Marker key = new Marker("second credential");
    DestinationId destination =
        new Tenant(waybill, hospital)
            .createMarked(
                webhook(receiver.uri(path + "?token=" + url.text()), credential, key),
                credential,
                key);
    DeliveryId id = DeliveryId.random();

    waybill.publish(
        Topics.REQUESTS, null, request(id, destination, payload, metadata, idempotencyKey));
    waybill.awaitStatus(id.toString(), status -> status.state() == OverallState.FAILED);
    DeadLetter letter =
        decode(() ->
            waybill
                .codecs()
                .deadLetters()
                .decode(waybill.awaitRecord(Topics.DEAD_LETTERS, keyIs(id.toString())).value()));
    replay(id, letter);
    waybill.awaitStatus(id.toString(), status -> status.state() == OverallState.COMPLETED);

    List<ReceivedRequest> received = receiver.requests(path);
    assertThat(received).hasSize(3);
    assertThat(received)
        .allSatisfy(request -> {
          assertThat(request.header("Authorization")).contains("Bearer " + credential.text());
          assertThat(request.header("X-Key")).contains(key.text());
          assertThat(request.bodyText()).contains(payload.text());
        });
    List<RawRecord> cluster = assertThatNowhereAre(waybill, credential, key);
    assertThat(Nowhere.isInSomeSegment(payload)).as("the search finds what is there").isTrue();
    assertThat(topicsWith(payload, cluster))
        .contains(Topics.REQUESTS, Topics.tasks(WEBHOOK), Topics.DEAD_LETTERS, Topics.COMMANDS)
        .allMatch(Sightings::mayHoldPayloads);
    assertThat(topicsWith(metadata, cluster))
        .contains(Topics.REQUESTS, Topics.tasks(WEBHOOK), Topics.DEAD_LETTERS, Topics.COMMANDS)
        .allMatch(Sightings::mayHoldPayloads);
    assertThat(topicsWith(idempotencyKey, cluster))
        .contains(Topics.REQUESTS)
        .allMatch(topic ->
            Set.of(Topics.REQUESTS, Topics.FAN_OUT_REKEYED).contains(topic)
                || isChangelogOf("waybill.fan-out", topic));
    assertThat(topicsWith(url, cluster))
        .containsAll(URL_TOPICS)
        .allMatch(Sightings::mayHoldConfigurations);
    log.assertWithout(credential, key, payload, metadata, idempotencyKey, url);
  }

  @DisplayName("row 80: what cannot be read is kept in its dead letter and quoted nowhere")
  @Test
  void whatCannotBeReadIsKeptInItsDeadLetterAndQuotedNowhere() {
    Marker poison = new Marker("unreadable input");
    List<String> topics =
        List.of(
            Topics.REQUESTS,
            Topics.tasks(WEBHOOK),
            Topics.expressTasks(WEBHOOK),
            Topics.retry(WEBHOOK),
            Topics.COMMANDS,
            Topics.DESTINATION_COMMANDS);
    List<String> values =
        List.of(
            poison.text(),
            "{\"payload\":\"" + poison.text() + "\" \"" + poison.text() + "\"}",
            "{\"organizationId\":" + poison.text() + "}",
            "\0\0\0\0\1" + poison.text());
    List<String> wrongFields =
        List.of(
            wrongRequest("\"payload\":{\"type\":\"report\",\"data\":{}},\"options\":[\"$\"]"),
            wrongRequest(
                "\"payload\":{\"type\":\"report\",\"data\":{\"$\":1,\"$\":2}},\"options\":{}"),
            wrongRequest("\"payload\":\"$\""),
            wrongRequest("\"payload\":{\"type\":[\"$\"],\"data\":$}"),
            wrongRequest(
                "\"payload\":{\"type\":\"report\",\"data\":{},\"metadata\":\"$\"},\"options\":"
                    + "{\"priority\":\"$\",\"idempotencyKey\":[\"$\"],\"tags\":\"$\","
                    + "\"deliverAt\":\"$\",\"expiresAt\":{\"$\":1}}"));

    List<RecordMetadata> places =
        topics.stream()
            .flatMap(topic ->
                values.stream()
                    .map(value -> waybill.publish(topic, poison.text(), value.getBytes(UTF_8))))
            .collect(Collectors.toCollection(ArrayList::new));
    wrongFields.forEach(value ->
        places.add(
            waybill.publish(
                Topics.REQUESTS, "k", value.replace("$", poison.text()).getBytes(UTF_8))));

    assertThat(places)
        .allSatisfy(place -> assertThat(originalOf(place)).asString(UTF_8).contains(poison.text()));
    Set<String> allowed =
        Stream.concat(topics.stream(), Stream.of(Topics.DEAD_LETTERS)).collect(Collectors.toSet());
    assertThat(topicsWith(poison, RawRecord.all(waybill.bootstrapServers())))
        .isSubsetOf(allowed)
        .contains(Topics.DEAD_LETTERS);
    assertThat(log.events()).as("each kind of unreadable input is told of").isNotEmpty();
    log.assertWithout(poison);
  }

  private String webhook(URI url, Marker credential, Marker key) {
    return """
    {"organizationId": "%s", "label": "SIEM", "type": "webhook",
     "config": {"webhook": {"url": "%s", "timeout": 5000,
       "headers": {"Authorization": "Bearer %s", "X-Key": "%s"},
       "retryConfig": {"maxRetries": 1, "baseDelay": 100, "backoffMultiplier": 2,
         "maxBackoffDelay": 1000}}}}
    """
        .formatted(hospital, url, credential.text(), key.text());
  }

  /** Says every header back: in the body, and where a receiver names a request. */
  private static Answer echo(int status, ReceivedRequest request) {
    return Answer.status(status)
        .header("X-Request-Id", request.header("Authorization").orElse(""))
        .header("Retry-After", request.header("X-Key").orElse(""))
        .body(request.headers() + request.target() + request.bodyText());
  }

  private byte[] originalOf(RecordMetadata place) {
    var record =
        waybill.awaitRecord(
            Topics.DEAD_LETTERS,
            found -> {
              DeadLetter letter =
                  decode(() -> waybill.codecs().deadLetters().decode(found.value()));
              return letter.origin().topic().equals(place.topic())
                  && letter.origin().partition() == place.partition()
                  && letter.origin().offset() == place.offset();
            });
    return decode(() -> waybill.codecs().deadLetters().decode(record.value()))
        .originalValue()
        .map(RawBytes::bytes)
        .orElseThrow();
  }

  private void replay(DeliveryId id, DeadLetter letter) {
    var command =
        new DeliveryCommand(
            UUID.randomUUID(),
            id,
            hospital,
            "test",
            Instant.now(),
            new DeliveryCommand.Replay(letter.task().orElseThrow()));
    waybill.publish(
        Topics.COMMANDS,
        id.toString(),
        waybill.codecs().commands().encode(Topics.COMMANDS, command));
  }

  private byte[] request(
      DeliveryId id, DestinationId destination, Marker data, Marker metadata, Marker key) {
    return """
    {"deliveryId":"%s","organizationId":"%s","destinations":["%s"],
     "payload":{"type":"report","data":{"patient":"%s"},"metadata":{"patient":"%s"}},
     "options":{"idempotencyKey":"%s"}}\
    """
        .formatted(id, hospital, destination, data.text(), metadata.text(), key.text())
        .getBytes(UTF_8);
  }

  private String wrongRequest(String rest) {
    return "{\"organizationId\":\"" + hospital + "\",\"destinations\":[\"d\"]," + rest + "}";
  }
}
