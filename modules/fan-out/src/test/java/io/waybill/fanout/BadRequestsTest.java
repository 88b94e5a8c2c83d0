package io.waybill.fanout;

import static io.waybill.fanout.Samples.CLINIC;
import static io.waybill.fanout.Samples.destination;
import static io.waybill.fanout.Samples.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.Accepted;
import io.waybill.domain.DeliveryEvent.Rejected;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is published, fan-out answers, names what is wrong, keeps the bytes and goes on. */
class BadRequestsTest {
  private static final String PAYLOAD = "\"payload\":{\"type\":\"report\",\"data\":1}";
  private static final int MIB_10 = 10 * 1024 * 1024;

  private final FanOutDriver fanOut = new FanOutDriver();

  @BeforeEach
  void define() {
    fanOut.define(destination("siem"));
  }

  @AfterEach
  void close() {
    fanOut.close();
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        row("1 empty body", ""),
        row("1 null", "null"),
        row("1 list", "[]"),
        row("1 string", "\"x\""),
        row("1 number", "42"),
        argumentSet("2 UTF-16", bytes(0xFF, 0xFE, 0x7B, 0)),
        argumentSet(
            "2 UTF-16 without its mark",
            (Object) ("{" + PAYLOAD + "}").getBytes(StandardCharsets.UTF_16LE)),
        argumentSet("2 beginning of UTF-32", bytes('{', 0, 0, 0)),
        argumentSet("2 broken UTF-8", bytes('{', '"', 0xC3, '"', '}')),
        argumentSet("2 byte-order mark", (Object) ("\uFEFF{" + PAYLOAD + "}").getBytes(UTF_8)),
        row("3 truncated", "{\"organizationId\":\"o\",\"dest"),
        row("3 trailing garbage", "{} {}"),
        row("3 duplicate name", "{\"organizationId\":\"a\",\"organizationId\":\"b\"}"),
        row("3 comment", "{/* hello */\"organizationId\":\"o\"}"),
        row("3 NaN", with("\"options\":{\"priority\":NaN}")),
        row("3 Infinity in data", "{\"payload\":{\"type\":\"t\",\"data\":Infinity}}"),
        row(
            "4 nesting of 100,000",
            "{\"payload\":{\"type\":\"t\",\"data\":" + "[".repeat(100_000) + "]".repeat(100_000)),
        argumentSet("79 Avro cut off", bytes(0, 0, 0)),
        argumentSet("13 magic byte only", (Object) bytes(0)));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void rejectsWhatIsNoRequest(byte[] value) {
    fanOut.publish(value);

    assertRejected(value, Reason.MALFORMED, "");
    assertGoesOn();
  }

  static Stream<Arguments> wrongFields() {
    return Stream.of(
        field("2 lone surrogate in an id", "organizationId", organization("\"\\ud800\"")),
        field("2 NUL in an id", "organizationId", organization("\"a\\u0000\"")),
        field(
            "6 organization missing",
            "organizationId",
            "{\"destinations\":[\"siem\"]," + PAYLOAD + "}"),
        field("6 organization empty", "organizationId", organization("\"\"")),
        field(
            "6 organization too long",
            "organizationId",
            organization("\"" + "o".repeat(300) + "\"")),
        field("6 organization climbs", "organizationId", organization("\"../x\"")),
        field("6 organization with slash", "organizationId", organization("\"a/b\"")),
        field("6 organization with blank", "organizationId", organization("\"hospital-001 \"")),
        field(
            "7 destinations missing",
            "destinations",
            "{\"organizationId\":\"hospital-001\"," + PAYLOAD + "}"),
        field("7 destinations empty", "destinations", destinations("[]")),
        field(
            "7 destinations 10,000",
            "destinations",
            destinations(
                IntStream.range(0, 10_000)
                    .mapToObj(i -> "\"d" + i + "\"")
                    .collect(Collectors.joining(",", "[", "]")))),
        field(
            "10 idempotencyKey 256",
            "options.idempotencyKey",
            option("idempotencyKey", "\"" + "k".repeat(256) + "\"")),
        field(
            "10 idempotencyKey with line break",
            "options.idempotencyKey",
            option("idempotencyKey", "\"a\\nb\"")),
        field(
            "13 type missing",
            "payload.type",
            "{\"organizationId\":\"hospital-001\",\"destinations\":[\"siem\"],\"payload\":{\"data\":1}}"),
        field(
            "13 data missing",
            "payload.data",
            "{\"organizationId\":\"hospital-001\",\"destinations\":[\"siem\"],\"payload\":{\"type\":\"t\"}}"),
        field("14 priority 11", "options.priority", option("priority", "11")),
        field("14 priority -1", "options.priority", option("priority", "-1")),
        field("14 priority 7.5", "options.priority", option("priority", "7.5")),
        field("14 priority in quotes", "options.priority", option("priority", "\"7\"")),
        field(
            "15 1,000 tags", "options.tags", option("tags", "[" + "\"t\",".repeat(999) + "\"t\"]")),
        field(
            "15 tag of 10 kB",
            "options.tags[0]",
            option("tags", "[\"" + "t".repeat(10_000) + "\"]")),
        field("15 tag with CRLF", "options.tags[1]", option("tags", "[\"a\",\"b\\r\\nc\"]")),
        field(
            "misspelt field",
            "organisationId",
            "{\"organisationId\":\"o\",\"organizationId\":\"hospital-001\",\"destinations\":[\"siem\"],"
                + PAYLOAD
                + "}"),
        field("delivery id", "deliveryId", with("\"deliveryId\":\"1-1-1-1-1\"")));
  }

  @ParameterizedTest
  @MethodSource("wrongFields")
  void namesTheWrongField(String field, String json) {
    fanOut.publish(json);

    assertRejected(json.getBytes(UTF_8), Reason.INVALID_FIELD, field);
    assertGoesOn();
  }

  @Test
  void namesEveryWrongFieldAndKeepsWhatCouldBeRead() {
    DeliveryId id = DeliveryId.random();
    fanOut.publish(
        "{\"deliveryId\":\""
            + id
            + "\",\"organizationId\":\"hospital-001\",\"destinations\":[],"
            + "\"payload\":{\"type\":\"alert\"},"
            + "\"options\":{\"priority\":11,\"correlationId\":\"c\"}}");

    Rejected rejected = onlyRejected();
    assertThat(rejected.deliveryId()).isEqualTo(id);
    assertThat(rejected.organizationId()).isEqualTo(Samples.HOSPITAL);
    assertThat(rejected.summary().type()).isEqualTo("alert");
    assertThat(rejected.summary().correlationId()).contains("c");
    assertThat(rejected.errors())
        .extracting(FieldError::field)
        .containsExactlyInAnyOrder("destinations", "payload.data", "options.priority");
    assertThat(fanOut.deadLetters())
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.errors()).isEqualTo(rejected.errors());
          assertThat(letter.message()).contains("payload.data", "options.priority");
          assertThat(letter.deliveryId()).contains(id);
        });
  }

  @DisplayName("row 18: rejects a tombstone")
  @Test
  void rejectsATombstone() {
    fanOut.publish(new TestRecord<>(bytes('k'), (byte[]) null, fanOut.now()));

    assertThat(onlyRejected().reason()).isEqualTo(Reason.MALFORMED);
    assertThat(fanOut.deadLetters())
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.originalValue()).isEmpty();
          assertThat(letter.originalKey().orElseThrow().bytes()).containsExactly('k');
        });
    assertGoesOn();
  }

  @DisplayName("rows 20, 79: rejects an unknown schema")
  @Test
  void rejectsAnUnknownSchema() {
    byte[] value = bytes(0, 0x7F, 0xFF, 0xFF, 0xFF, 1);
    fanOut.publish(value);

    assertRejected(value, Reason.UNKNOWN_SCHEMA, "");
    assertGoesOn();
  }

  @DisplayName("row 12: rejects data beyond 10 MiB")
  @Test
  void rejectsDataBeyond10MiB() {
    fanOut.publish(withData("\"" + "x".repeat(MIB_10 - 1) + "\""));

    assertThat(onlyRejected().reason()).isEqualTo(Reason.PAYLOAD_TOO_LARGE);
    assertThat(fanOut.deadLetters())
        .singleElement()
        .satisfies(letter ->
            assertThat(letter.originalValue().orElseThrow().bytes()).hasSizeGreaterThan(MIB_10));
  }

  @DisplayName("row 12: takes 10 MiB of data")
  @Test
  void takes10MiBOfData() {
    String data = "\"" + "x".repeat(MIB_10 - 2) + "\"";
    fanOut.publish(withData(data));

    assertThat(fanOut.tasks())
        .singleElement()
        .extracting(Task::payload)
        .isEqualTo(
            new TaskPayload.Reference(
                new RecordOrigin(Topics.REQUESTS, 0, 0), RawJson.of(data).sha256(), MIB_10));
  }

  @Test
  void rejectsARecordThatCouldNotBePassedOn() {
    // Compression brings such a record past the topic's limit.
    ByteArrayOutputStream padded = new ByteArrayOutputStream();
    padded.writeBytes(" ".repeat(TopicCatalog.MAX_RECORD_BYTES).getBytes(UTF_8));
    padded.writeBytes(fanOut.codecs.requests().encodeJson(request("siem").key("k").build()));

    fanOut.publish(padded.toByteArray());

    assertThat(onlyRejected().reason()).isEqualTo(Reason.PAYLOAD_TOO_LARGE);
    assertThat(fanOut.raw(Topics.DEAD_LETTERS))
        .singleElement()
        .satisfies(record ->
            assertThat(record.value()).hasSizeLessThan(2 * DeadLetters.KEPT_OF_TOO_LARGE));
    assertThat(fanOut.raw(Topics.FAN_OUT_REKEYED)).isEmpty();
    assertGoesOn();
  }

  @Test
  void answersAHundredThousandWrongFieldsInOneSmallEvent() {
    String fields =
        IntStream.range(0, 100_000)
            .mapToObj(i -> "\"" + "f".repeat(i % 500) + "\\n" + i + "\":1")
            .collect(Collectors.joining(","));
    fanOut.publish("{" + fields + "}");

    assertThat(fanOut.raw(Topics.EVENTS))
        .singleElement()
        .satisfies(record -> assertThat(record.value()).hasSizeLessThan(100_000));
    assertThat(fanOut.deadLetters())
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.errors()).hasSize(Refused.MOST_ERRORS + 1);
          assertThat(letter.errors().getLast().message()).contains("more errors");
          assertThat(letter.message()).doesNotContain("\n");
        });
  }

  @Test
  void cutsAKeyThatFillsTheDeadLetter() {
    byte[] key = new byte[9 * 1024 * 1024];
    fanOut.publish(new TestRecord<>(key, bytes('x'), fanOut.now()));

    assertThat(fanOut.deadLetters())
        .singleElement()
        .satisfies(letter ->
            assertThat(letter.originalKey().orElseThrow().bytes())
                .hasSize(DeadLetters.KEPT_OF_TOO_LARGE));
  }

  @Test
  void limitsHowFarAheadADeliveryMayLie() {
    Instant latest = fanOut.now().plus(Duration.ofDays(5));
    fanOut.publish(request("siem").deliverAt(latest).build());
    fanOut.publish(request("siem").deliverAt(latest.plusMillis(1)).build());

    List<DeliveryEvent> events = fanOut.events();
    assertThat(events.get(0)).isInstanceOf(Accepted.class);
    assertThat(events.get(1))
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(Reason.INVALID_FIELD);
              assertThat(rejected.errors())
                  .singleElement()
                  .satisfies(error -> {
                    assertThat(error.field()).isEqualTo("options.deliverAt");
                    assertThat(error.code()).isEqualTo("out-of-range");
                    assertThat(error.message()).contains("5 days");
                  });
            });
  }

  @Test
  void rejectsWhatHasExpired() {
    fanOut.publish(request("siem").expiresAt(fanOut.now()).build());
    fanOut.publish(request("siem").expiresAt(fanOut.now().plusMillis(1)).build());

    List<DeliveryEvent> events = fanOut.events();
    assertThat(events.get(0))
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(Reason.EXPIRED);
              assertThat(rejected.errors())
                  .extracting(FieldError::field)
                  .containsExactly("options.expiresAt");
            });
    assertThat(events.get(1)).isInstanceOf(Accepted.class);
  }

  static Stream<Arguments> fine() {
    return Stream.of(
        argumentSet("7 same id twice is one task", destinations("[\"siem\",\"siem\"]")),
        argumentSet("13 unknown type", json("foo", "1", "")),
        argumentSet(
            "13 names that are special elsewhere",
            json("t", "{\"__proto__\":{\"constructor\":1}}", "")),
        argumentSet("14 priority missing", json("t", "null", "")),
        argumentSet("17 retentionDays -1", json("t", "1", ",\"metadata\":{\"retentionDays\":-1}")),
        argumentSet(
            "17 retentionDays \"2555\"",
            json("t", "1", ",\"metadata\":{\"retentionDays\":\"2555\"}")),
        argumentSet("21 date that is none", json("t", "{\"date\":\"2026-02-30T00:00\"}", "")),
        argumentSet(
            "22 envelope with a bad tag is data",
            json("t", "{\"enc\":\"A256GCM\",\"tag\":\"AAAA\"}", "")));
  }

  @ParameterizedTest
  @MethodSource("fine")
  void takesWhatOnlyLooksWrong(String json) {
    fanOut.publish(json);

    List<Task> tasks = fanOut.tasks();
    assertThat(tasks).hasSize(1);
    assertThat(tasks.getFirst().priority()).isEqualTo(5);
    assertThat(json).contains(((TaskPayload.Inline) tasks.getFirst().payload()).data().text());
    assertThat(json).contains(tasks.getFirst().metadata().text().replace("{}", ""));
    assertThat(fanOut.deadLetters()).isEmpty();
  }

  @DisplayName("rows 18, 20: takes any key and ignores headers")
  @Test
  void takesAnyKeyAndIgnoresHeaders() {
    byte[] value = fanOut.codecs.requests().encodeJson(request("siem").build());
    var headers = new RecordHeaders().add("schemaVersion", "999".getBytes(UTF_8));

    fanOut.publish(new TestRecord<>(null, value, headers, fanOut.now()));
    fanOut.publish(
        new TestRecord<>(CLINIC.value().getBytes(UTF_8), value, new RecordHeaders(), fanOut.now()));

    assertThat(fanOut.tasks())
        .extracting(Task::organizationId)
        .containsOnly(Samples.HOSPITAL)
        .hasSize(2);
  }

  @DisplayName("row 6: another case is another organization")
  @Test
  void anotherCaseIsAnotherOrganization() {
    fanOut.publish(request("siem").of(new OrganizationId("Hospital-001")).build());
    fanOut.advance(FanOutConfig.DEFAULT_GRACE);

    assertThat(onlyRejected().reason()).isEqualTo(Reason.DESTINATION_NOT_FOUND);
    assertThat(fanOut.audits()).hasSize(1);
  }

  private void assertRejected(byte[] value, Reason reason, String field) {
    Rejected rejected = onlyRejected();
    assertThat(rejected.reason()).isEqualTo(reason);
    assertThat(rejected.errors()).extracting(FieldError::field).containsExactly(field);
    assertThat(rejected.deliveryId()).isEqualTo(DeliveryId.ofRecord(FanOutDriver.TOPIC_ID, 0, 0));
    if (field.equals("organizationId") || !new String(value, UTF_8).contains("organizationId")) {
      assertThat(rejected.organizationId()).isEqualTo(OrganizationId.UNKNOWN);
    }
    List<DeadLetter> letters = fanOut.deadLetters();
    assertThat(letters).hasSize(1);
    DeadLetter letter = letters.getFirst();
    assertThat(letter.reason()).isEqualTo(reason);
    assertThat(letter.origin()).isEqualTo(new RecordOrigin(Topics.REQUESTS, 0, 0));
    assertThat(letter.originalValue().orElseThrow().bytes()).isEqualTo(value);
    assertThat(letter.errors()).isEqualTo(rejected.errors());
  }

  private void assertGoesOn() {
    fanOut.publish(request("siem").build());
    assertThat(fanOut.tasks()).hasSize(1);
  }

  private Rejected onlyRejected() {
    List<DeliveryEvent> events = fanOut.events();
    assertThat(events).hasSize(1);
    return (Rejected) events.getFirst();
  }

  private static Arguments row(String name, String json) {
    return argumentSet(name, (Object) json.getBytes(UTF_8));
  }

  private static Arguments field(String name, String field, String json) {
    return argumentSet(name, field, json);
  }

  private static String with(String part) {
    return "{\"organizationId\":\"hospital-001\",\"destinations\":[\"siem\"],"
        + PAYLOAD
        + ","
        + part
        + "}";
  }

  private static String option(String name, String value) {
    return with("\"options\":{\"" + name + "\":" + value + "}");
  }

  private static String organization(String value) {
    return "{\"organizationId\":" + value + ",\"destinations\":[\"siem\"]," + PAYLOAD + "}";
  }

  private static String destinations(String value) {
    return "{\"organizationId\":\"hospital-001\",\"destinations\":" + value + "," + PAYLOAD + "}";
  }

  private static String json(String type, String data, String more) {
    return "{\"organizationId\":\"hospital-001\",\"destinations\":[\"siem\"],\"payload\":{\"type\":\""
        + type
        + "\",\"data\":"
        + data
        + more
        + "}}";
  }

  private static String withData(String data) {
    return json("t", data, "");
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
