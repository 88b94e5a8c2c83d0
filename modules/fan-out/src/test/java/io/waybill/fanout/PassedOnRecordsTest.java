package io.waybill.fanout;

import static io.waybill.fanout.Samples.HOSPITAL;
import static io.waybill.fanout.Samples.destination;
import static io.waybill.fanout.Samples.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.domain.DeliveryEvent.Accepted;
import io.waybill.domain.DeliveryEvent.Rejected;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Records of fan-out's own topic: nothing that stands there is believed. */
class PassedOnRecordsTest {
  private static final int PARTITIONS = 3;

  /** A key whose claim belongs to the driver's only partition. */
  private static final String KEY = keyOf(0);

  private final FanOutDriver fanOut = new FanOutDriver(PARTITIONS);

  @BeforeEach
  void define() {
    fanOut.define(destination("siem"));
  }

  @AfterEach
  void close() {
    fanOut.close();
  }

  @Test
  void takesWhatFanOutWrote() {
    Instant created = fanOut.now().minusSeconds(9);

    passOn(goodHeaders(created), goodValue());

    assertThat(fanOut.events())
        .singleElement()
        .isInstanceOfSatisfying(
            Accepted.class,
            accepted ->
                assertThat(accepted.payload().origin())
                    .isEqualTo(new RecordOrigin(Topics.REQUESTS, 2, 17)));
    assertThat(fanOut.tasks()).singleElement().extracting(Task::createdAt).isEqualTo(created);
    assertThat(fanOut.deadLetters()).isEmpty();
  }

  @Test
  void passesTheOriginalBytesOnToThePartitionOfTheKey() {
    String away = keyOf(1);
    byte[] value =
        fanOut.codecs.requests().encode(Topics.REQUESTS, request("siem").key(away).build());
    fanOut.publish(new TestRecord<>("k".getBytes(UTF_8), value, fanOut.now()));

    assertThat(fanOut.raw(Topics.FAN_OUT_REKEYED))
        .singleElement()
        .satisfies(record -> {
          assertThat(record.value()).isEqualTo(value);
          assertThat(record.key()).isEqualTo("k".getBytes(UTF_8));
          assertThat(new String(record.headers().lastHeader(RekeyHeaders.CLAIM).value(), UTF_8))
              .isEqualTo("idempotency-key");
        });
    assertThat(fanOut.tasks()).isEmpty();
    // The driver brings it to partition 0, where it does not belong.
    assertThat(fanOut.deadLetters()).hasSize(1);
  }

  static Stream<Arguments> forgeries() {
    return Stream.of(
        argumentSet("no headers", change(Map::clear)),
        argumentSet("no offset", change(h -> h.remove(RekeyHeaders.ORIGIN_OFFSET))),
        argumentSet("offset no number", change(h -> h.put(RekeyHeaders.ORIGIN_OFFSET, "x"))),
        argumentSet("negative offset", change(h -> h.put(RekeyHeaders.ORIGIN_OFFSET, "-1"))),
        argumentSet(
            "offset beyond long",
            change(h -> h.put(RekeyHeaders.ORIGIN_OFFSET, "99999999999999999999"))),
        argumentSet("partition too high", change(h -> h.put(RekeyHeaders.ORIGIN_PARTITION, "3"))),
        argumentSet(
            "partition beyond int",
            change(h -> h.put(RekeyHeaders.ORIGIN_PARTITION, "4294967296"))),
        argumentSet(
            "another topic", change(h -> h.put(RekeyHeaders.ORIGIN_TOPIC, Topics.DEAD_LETTERS))),
        argumentSet(
            "fan-out's topic",
            change(h -> h.put(RekeyHeaders.ORIGIN_TOPIC, Topics.FAN_OUT_REKEYED))),
        argumentSet("no topic's name", change(h -> h.put(RekeyHeaders.ORIGIN_TOPIC, "a b"))),
        argumentSet("no claim", change(h -> h.remove(RekeyHeaders.CLAIM))),
        argumentSet("unknown claim", change(h -> h.put(RekeyHeaders.CLAIM, "everything"))),
        argumentSet(
            "claim that the request does not make",
            change(h -> h.put(RekeyHeaders.CLAIM, "delivery-id"))),
        argumentSet("no time", change(h -> h.remove(RekeyHeaders.CREATED_AT))),
        argumentSet("grace no number", change(h -> h.put(RekeyHeaders.GRACE_END, "soon"))),
        argumentSet("huge header", change(h -> h.put(RekeyHeaders.CLAIM, "c".repeat(5_000)))));
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void forgedHeadersAreADeadLetter(Consumer<Map<String, String>> change) {
    Map<String, String> headers = goodHeaders(fanOut.now());
    change.accept(headers);

    passOn(headers, goodValue());

    assertDeadLetter(goodValue());
  }

  @Test
  void whatCameFromATopicThatIsReadNoMoreIsRejected() {
    Map<String, String> headers = goodHeaders(fanOut.now());
    headers.put(RekeyHeaders.ORIGIN_TOPIC, "waybill.requests.left");

    passOn(headers, goodValue());

    DeliveryId id = DeliveryId.ofRecord("waybill.requests.left", 2, 17);
    assertThat(fanOut.events())
        .singleElement()
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> {
              assertThat(rejected.deliveryId()).isEqualTo(id);
              assertThat(rejected.reason()).isEqualTo(Reason.ORGANIZATION_NOT_ALLOWED);
              assertThat(rejected.organizationId()).isEqualTo(OrganizationId.UNKNOWN);
            });
    assertThat(fanOut.tasks()).isEmpty();
    assertThat(fanOut.deadLetters())
        .singleElement()
        .satisfies(letter ->
            assertThat(letter.origin())
                .isEqualTo(new RecordOrigin("waybill.requests.left", 2, 17)));
  }

  @Test
  void poisonIsADeadLetter() {
    byte[] value = {7, 7, 7};
    passOn(goodHeaders(fanOut.now()), value);

    assertDeadLetter(value);
  }

  @Test
  void aTombstoneIsADeadLetter() {
    passOn(goodHeaders(fanOut.now()), null);

    assertDeadLetter(null);
  }

  @Test
  void aClaimOfAnotherPartitionIsADeadLetter() {
    byte[] value =
        fanOut.codecs.requests().encode(Topics.REQUESTS, request("siem").key(keyOf(2)).build());
    passOn(goodHeaders(fanOut.now()), value);

    assertDeadLetter(value);
  }

  @Test
  void aForgedGraceIsNoLongerThanOurs() {
    Map<String, String> headers = goodHeaders(Instant.EPOCH);
    headers.put(RekeyHeaders.GRACE_END, Long.toString(Long.MAX_VALUE));
    byte[] value =
        fanOut.codecs.requests().encode(Topics.REQUESTS, request("unknown").key(KEY).build());

    passOn(headers, value);
    assertThat(fanOut.events()).isEmpty();
    fanOut.advance(FanOutConfig.DEFAULT_GRACE);

    assertThat(fanOut.events())
        .singleElement()
        .satisfies(event -> assertThat(event.occurredAt()).isEqualTo(fanOut.now()));
    assertThat(fanOut.deadLetters())
        .singleElement()
        .satisfies(letter -> assertThat(letter.origin().offset()).isEqualTo(17));
  }

  @Test
  void aForgedTimeIsClamped() {
    passOn(goodHeaders(Instant.EPOCH), goodValue());

    assertThat(fanOut.tasks())
        .singleElement()
        .extracting(Task::createdAt)
        .isEqualTo(fanOut.now().minus(TopicCatalog.REQUEST_RETENTION));
  }

  private void assertDeadLetter(byte @Nullable [] value) {
    assertThat(fanOut.events()).isEmpty();
    assertThat(fanOut.tasks()).isEmpty();
    assertThat(fanOut.deadLetters())
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.origin()).isEqualTo(new RecordOrigin(Topics.FAN_OUT_REKEYED, 0, 0));
          assertThat(letter.reason()).isEqualTo(Reason.MALFORMED);
          assertThat(letter.originalValue().map(bytes -> bytes.bytes()).orElse(null))
              .isEqualTo(value);
        });
    passOn(goodHeaders(fanOut.now()), goodValue());
    assertThat(fanOut.tasks()).hasSize(1);
  }

  private byte[] goodValue() {
    return fanOut.codecs.requests().encode(Topics.REQUESTS, request("siem").key(KEY).build());
  }

  private static Map<String, String> goodHeaders(Instant createdAt) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(RekeyHeaders.ORIGIN_TOPIC, Topics.REQUESTS);
    headers.put(RekeyHeaders.ORIGIN_PARTITION, "2");
    headers.put(RekeyHeaders.ORIGIN_OFFSET, "17");
    headers.put(RekeyHeaders.CREATED_AT, Long.toString(createdAt.toEpochMilli()));
    headers.put(RekeyHeaders.CLAIM, "idempotency-key");
    return headers;
  }

  private void passOn(Map<String, String> headers, byte @Nullable [] value) {
    var records = new RecordHeaders();
    headers.forEach((name, text) -> records.add(name, text.getBytes(UTF_8)));
    fanOut.passOn(new TestRecord<>("k".getBytes(UTF_8), value, records, fanOut.now()));
  }

  private static Consumer<Map<String, String>> change(Consumer<Map<String, String>> how) {
    return how;
  }

  private static String keyOf(int partition) {
    for (int i = 0; ; i++) {
      String key = "key-" + i;
      if (RequestKeys.partitionOf(RequestKeys.of(HOSPITAL, key), PARTITIONS) == partition) {
        return key;
      }
    }
  }
}
