package io.waybill.app;

import static io.waybill.app.Installation.SOON;
import static io.waybill.app.Installation.decode;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.testkit.HttpSink;
import io.waybill.testkit.ReceivedRequest;
import io.waybill.wire.Topics;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bad input never stops anything and never vanishes: it ends in a rejected event or a dead letter
 * that says what is wrong, and a good request that follows is delivered.
 */
class BadInputIT {
  private static final String FIELDS = "the wrong fields of a request";
  private static final String DESTINATION = "$destination";
  private static final DestinationType WEBHOOK = DestinationType.WEBHOOK;
  private static final String MIXED =
      body(organization(), "[\"" + DESTINATION + "\",\"nowhere\"]", "{\"mixed\":1}", "");

  private final Installation waybill = Installation.shared();
  private final HttpSink receiver = HttpSink.start();
  private final OrganizationId hospital = Installation.newOrganization();

  @AfterEach
  void closeReceiver() {
    receiver.close();
  }

  /**
   * One bad record.
   *
   * @param topic where it is published
   * @param key its key
   * @param value its value, a placeholder in it standing for a good destination's id
   * @param reason of its dead letter; null where the topic keeps its last good value instead, or
   *     the request is accepted in part
   * @param field that the dead letter names
   */
  record Bad(
      String topic,
      @Nullable String key,
      byte @Nullable [] value,
      @Nullable Reason reason,
      String field) {}

  static Stream<Arguments> rows() {
    byte[] garbage = {1, 2, 3, (byte) 0xff, 0};
    byte[] unknownSchema = {0, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 9, 9};
    byte[] truncated = {0, 0, 0};
    Stream<Arguments> requests =
        Stream.of(
            request("not JSON", "hello", Reason.MALFORMED, ""),
            request("JSON null", "null", Reason.MALFORMED, ""),
            request("truncated JSON", "{\"organizationId\":\"o\",\"pa", Reason.MALFORMED, ""),
            argumentSet(
                "truncated Avro", new Bad(Topics.REQUESTS, null, truncated, Reason.MALFORMED, "")),
            argumentSet(
                "unknown schema id",
                new Bad(Topics.REQUESTS, null, unknownSchema, Reason.UNKNOWN_SCHEMA, "")),
            argumentSet("tombstone", new Bad(Topics.REQUESTS, "k", null, Reason.MALFORMED, "")),
            request(
                "missing organization",
                body("", "[\"" + DESTINATION + "\"]", "{}", ""),
                Reason.INVALID_FIELD,
                "organizationId"),
            request(
                "empty destinations", withDestinations("[]"), Reason.INVALID_FIELD, "destinations"),
            request(
                "51 destinations",
                withDestinations("[" + "\"d\",".repeat(50) + "\"d\"]"),
                Reason.INVALID_FIELD,
                "destinations"),
            request(
                "unknown destination only",
                withDestinations("[\"nowhere\"]"),
                Reason.DESTINATION_NOT_FOUND,
                "destinations[0]"),
            // Accepted: its good part proceeds, and the status names the other.
            request("unknown destination among good ones", MIXED, null, ""),
            request(
                "priority 11",
                withOption("\"priority\":11"),
                Reason.INVALID_FIELD,
                "options.priority"),
            request(
                "priority in quotes",
                withOption("\"priority\":\"7\""),
                Reason.INVALID_FIELD,
                "options.priority"),
            request(
                "10 MiB and one byte",
                body(
                    organization(),
                    "[\"" + DESTINATION + "\"]",
                    "\"" + "x".repeat(10 * 1024 * 1024 - 1) + "\"",
                    ""),
                Reason.PAYLOAD_TOO_LARGE,
                "payload.data"),
            request(
                "expired already",
                withOption("\"expiresAt\":1000"),
                Reason.EXPIRED,
                "options.expiresAt"));
    Stream<Arguments> poison =
        Stream.of(
                Topics.FAN_OUT_REKEYED,
                Topics.tasks(WEBHOOK),
                Topics.expressTasks(WEBHOOK),
                Topics.retry(WEBHOOK),
                Topics.EVENTS,
                Topics.COMMANDS,
                Topics.STATUS_ATTEMPTS,
                Topics.STATUS_SIGNALS,
                Topics.DESTINATION_COMMANDS)
            .flatMap(topic ->
                Stream.of(
                    argumentSet(
                        "garbage on " + topic, new Bad(topic, "k", garbage, Reason.MALFORMED, "")),
                    argumentSet(
                        "tombstone on " + topic, new Bad(topic, "k", null, Reason.MALFORMED, ""))));
    Stream<Arguments> unknown =
        Stream.of(Topics.tasks(WEBHOOK), Topics.retry(WEBHOOK), Topics.EVENTS, Topics.COMMANDS)
            .map(topic ->
                argumentSet(
                    "unknown schema on " + topic,
                    new Bad(topic, "k", unknownSchema, Reason.UNKNOWN_SCHEMA, "")));
    Stream<Arguments> compacted =
        Stream.of(Topics.DESTINATIONS, Topics.DESTINATION_SECRETS, Topics.CONTROL)
            .map(topic ->
                argumentSet(
                    "garbage over a good value on " + topic,
                    new Bad(topic, DESTINATION, garbage, null, "")));
    return Stream.of(requests, poison, unknown, compacted).flatMap(rows -> rows);
  }

  @DisplayName("row 9: ends where it can be seen and stops nothing")
  @ParameterizedTest
  @MethodSource("rows")
  void endsWhereItCanBeSeenAndStopsNothing(Bad bad) {
    DestinationId good = waybill.createWebhook(hospital, receiver.uri("/good"), 0, Map.of());

    RecordMetadata place =
        waybill.publish(bad.topic(), filled(bad.key(), good), filled(bad.value(), good));
    DeliveryId next = DeliveryId.random();
    waybill.publish(
        Topics.REQUESTS,
        null,
        body(
                "\"deliveryId\":\"" + next + "\",\"organizationId\":\"" + hospital + "\",",
                "[\"" + good + "\"]",
                "{\"next\":1}",
                "")
            .getBytes(UTF_8));

    if (bad.reason() != null) {
      DeadLetter letter = deadLetterOf(place);
      assertThat(letter.reason()).isEqualTo(bad.reason());
      assertThat(letter.message()).isNotBlank();
      if (!bad.field().isEmpty()) {
        assertThat(letter.errors()).as(FIELDS).extracting(FieldError::field).contains(bad.field());
      }
      byte[] value = filled(bad.value(), good);
      if (value != null) {
        assertThat(letter.originalValue().orElseThrow().bytes()).isEqualTo(value);
      }
      if (bad.topic().equals(Topics.REQUESTS)) {
        DeliveryStatus rejected =
            waybill.awaitStatus(
                letter.deliveryId().orElseThrow().toString(),
                status -> status.state() == OverallState.REJECTED);
        assertThat(rejected.reason()).contains(bad.reason());
        if (!bad.field().isEmpty()) {
          assertThat(rejected.errors()).extracting(FieldError::field).contains(bad.field());
        }
      }
    }
    if (bad.topic().equals(Topics.REQUESTS) && bad.reason() == null) {
      assertThat(receiver.awaitRequests("/good", 2, SOON))
          .extracting(ReceivedRequest::bodyText)
          .containsExactlyInAnyOrder("{\"mixed\":1}", "{\"next\":1}");
      assertThat(
              waybill
                  .awaitRecord(
                      Topics.STATUS_JSON,
                      record ->
                          record.value() != null
                              && new String(record.value(), UTF_8).contains("\"partial\"")
                              && new String(record.value(), UTF_8).contains(good.value()))
                  .value())
          .asString(UTF_8)
          .contains("\"destinationId\":\"nowhere\"")
          .contains("destination-not-found");
      return;
    }
    // Nothing has stopped: the next request arrives, once.
    assertThat(receiver.awaitRequests("/good", 1, SOON).get(0).bodyText())
        .isEqualTo("{\"next\":1}");
    waybill.awaitStatus(next.toString(), status -> status.state() == OverallState.COMPLETED);
    assertThat(receiver.requests("/good")).hasSize(1);
  }

  @DisplayName("row 78: a record of an aborted transaction is never seen")
  @Test
  void aRecordOfAnAbortedTransactionIsNeverSeen() {
    DestinationId good = waybill.createWebhook(hospital, receiver.uri("/good"), 0, Map.of());
    String id = DeliveryId.random().toString();
    Map<String, Object> config =
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            waybill.bootstrapServers(),
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            "aborts-" + id);
    var bytes = new ByteArraySerializer();
    try (var producer = new KafkaProducer<byte[], byte[]>(config, bytes, bytes)) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(Topics.REQUESTS, request(id, good, "\"aborted\"")));
      producer.flush();
      producer.abortTransaction();
      producer.beginTransaction();
      // The same id: had the first been seen, this one would be refused as its repetition.
      producer.send(new ProducerRecord<>(Topics.REQUESTS, request(id, good, "\"committed\"")));
      producer.commitTransaction();
    }

    assertThat(receiver.awaitRequests("/good", 1, SOON).get(0).bodyText())
        .isEqualTo("\"committed\"");
    waybill.awaitStatus(id, status -> status.state() == OverallState.COMPLETED);
    assertThat(receiver.requests("/good")).hasSize(1);
  }

  private byte[] request(String id, DestinationId destination, String data) {
    return body(
            "\"deliveryId\":\"" + id + "\",\"organizationId\":\"" + hospital + "\",",
            "[\"" + destination + "\"]",
            data,
            "")
        .getBytes(UTF_8);
  }

  private DeadLetter deadLetterOf(RecordMetadata place) {
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
    return decode(() -> waybill.codecs().deadLetters().decode(record.value()));
  }

  private static @Nullable String filled(@Nullable String text, DestinationId good) {
    return text == null ? null : text.replace(DESTINATION, good.value());
  }

  private byte @Nullable [] filled(byte @Nullable [] value, DestinationId good) {
    if (value == null || value.length == 0 || value[0] != '{') {
      return value;
    }
    String text = new String(value, UTF_8);
    return text.replace(DESTINATION, good.value())
        .replace("$org", hospital.value())
        .getBytes(UTF_8);
  }

  private static Arguments request(
      String label, String json, @Nullable Reason reason, String field) {
    return argumentSet(label, new Bad(Topics.REQUESTS, null, json.getBytes(UTF_8), reason, field));
  }

  private static String organization() {
    return "\"organizationId\":\"$org\",";
  }

  private static String withDestinations(String destinations) {
    return body(organization(), destinations, "{}", "");
  }

  private static String withOption(String option) {
    return body(organization(), "[\"" + DESTINATION + "\"]", "{}", option);
  }

  private static String body(String head, String destinations, String data, String options) {
    return "{"
        + head
        + "\"destinations\":"
        + destinations
        + ",\"payload\":{\"type\":\"report\",\"data\":"
        + data
        + "}"
        + ",\"options\":{"
        + options
        + "}}";
  }
}
