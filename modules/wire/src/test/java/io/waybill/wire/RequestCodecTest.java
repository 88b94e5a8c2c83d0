package io.waybill.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.SealedPayload;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestCodecTest {
  private static final String TOPIC = Topics.REQUESTS;

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final RequestCodec codec = new Codecs(registry).requests();

  static Stream<String> jsonValues() {
    return Stream.of(
        "{\"n\":9007199254740993,\"price\":1.10,\"z\":1,\"a\":2}",
        "{ \"spaced\" :\t[1 , 2]\n}",
        "\"caf\\u00e9 \\/ \\\"quoted\\\"\"",
        "\"plain\"",
        "1.10",
        "-0.0",
        "12E+400",
        "9007199254740993",
        "true",
        "false",
        "null",
        "[]",
        "{}",
        "\"\"",
        "\"ünïcödé 😀\"",
        "{\"__proto__\":{\"constructor\":1}}");
  }

  @ParameterizedTest
  @MethodSource("jsonValues")
  void readsAgainWhatItHasRead(String data) {
    String json =
        "{\"organizationId\":\"hospital-001\",\"destinations\":[\"siem\"],\"payload\":"
            + "{\"type\":\"report\",\"data\":"
            + data
            + ",\"metadata\":{\"a\":[1.0]}}}";
    DecodedRequest first = codec.decode(json.getBytes(UTF_8));
    assertThat(first).isInstanceOf(DecodedRequest.Valid.class);
    byte[] avro = codec.encode(TOPIC, ((DecodedRequest.Valid) first).request());

    assertThat(codec.decodeAgain(json.getBytes(UTF_8))).isEqualTo(first);
    assertThat(codec.decodeAgain(avro)).isEqualTo(codec.decode(avro));
  }

  @Test
  void looksAtAllOfALongText() {
    String json =
        "{\"organizationId\":\"hospital-001\",\"destinations\":[\"siem\"],\"payload\":"
            + "{\"type\":\"report\",\"data\":\""
            + "a\u00e9\ud83d\ude80".repeat(20_001)
            + "\"}}";
    byte[] good = json.getBytes(UTF_8);
    assertThat(codec.decode(good)).isInstanceOf(DecodedRequest.Valid.class);

    for (int place : new int[] {good.length - 4, 70_000}) {
      byte[] broken = good.clone();
      broken[place] = (byte) 0xFF;
      assertThat(codec.decode(broken))
          .isInstanceOfSatisfying(
              DecodedRequest.Invalid.class,
              invalid -> assertThat(invalid.errors().toString()).contains("UTF-8"));
    }
    assertThat(codec.decode(Arrays.copyOf(good, good.length - 4)))
        .as("in the middle of a character")
        .isInstanceOf(DecodedRequest.Invalid.class);
  }

  @Test
  void doesNotLookForRepeatedNamesAgain() {
    String json =
        "{\"organizationId\":\"hospital-001\",\"destinations\":[\"siem\"],\"payload\":"
            + "{\"type\":\"report\",\"data\":{\"a\":1,\"a\":2}}}";

    assertThat(codec.decode(json.getBytes(UTF_8))).isInstanceOf(DecodedRequest.Invalid.class);
    assertThat(codec.decodeAgain(json.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            DecodedRequest.Valid.class,
            again ->
                assertThat(again.request().payload().data().text()).isEqualTo("{\"a\":1,\"a\":2}"));
  }

  @ParameterizedTest
  @MethodSource("jsonValues")
  void carriesDataByteForByte(String data) {
    String around = "{\"organizationId\":\"hospital-001\",\"destinations\":[\"siem\"],\"payload\":";
    for (String tail : List.of("", " ", "\n")) {
      String json =
          around + "{\"data\": " + data + tail + ",\"type\":\"report\",\"metadata\":{\"b\":1.50}}}";

      DeliveryRequest request = valid(codec.decode(json.getBytes(UTF_8)));

      assertThat(request.payload().data().text()).isEqualTo(data);
      assertThat(request.payload().metadata().text()).isEqualTo("{\"b\":1.50}");
    }
    DeliveryRequest avro = valid(codec.decode(codec.encode(TOPIC, request(RawJson.of(data)))));
    assertThat(avro.payload().data().text()).isEqualTo(data);
    DeliveryRequest again = valid(codec.decode(codec.encodeJson(avro)));
    assertThat(again.payload().data().text()).isEqualTo(data);
  }

  @Test
  void readsTheTutorialsPhiAccess() {
    String json =
        """
        {"organizationId": "hospital-001",
         "destinations": ["siem", "archive", "siem"],
         "payload": {"type": "phi-access", "data": {"eventId": "e-1"},
                     "metadata": {"retentionYears": 7}},
         "options": {"priority": 10, "idempotencyKey": "phi-access-e-1", "correlationId": "s-9",
                     "tags": ["phi"], "deliverAt": "2026-01-31T09:00:00+01:00",
                     "expiresAt": 1769850000000}}
        """;

    DeliveryRequest request = valid(codec.decode(json.getBytes(UTF_8)));

    assertThat(request.deliveryId()).isEmpty();
    assertThat(request.destinations())
        .isEqualTo(
            new DestinationSelection.Named(
                List.of(new DestinationId("siem"), new DestinationId("archive"))));
    assertThat(request.options())
        .isEqualTo(
            new DeliveryOptions(
                10,
                Optional.of("phi-access-e-1"),
                Optional.of("s-9"),
                List.of("phi"),
                Optional.of(Instant.parse("2026-01-31T08:00:00Z")),
                Optional.of(Instant.parse("2026-01-31T09:00:00Z"))));
  }

  @Test
  void readsDefaultDestinationsAndLeavesOptionsOut() {
    String json =
        "{\"organizationId\":\"o\",\"destinations\":\"default\","
            + "\"payload\":{\"type\":\"t\",\"data\":0}}";

    DeliveryRequest request = valid(codec.decode(json.getBytes(UTF_8)));

    assertThat(request.destinations()).isEqualTo(new DestinationSelection.Defaults());
    assertThat(request.options()).isEqualTo(DeliveryOptions.defaults());
    assertThat(valid(codec.decode(codec.encode(TOPIC, request)))).isEqualTo(request);
  }

  static Stream<Arguments> wrongFields() {
    return Stream.of(
        argumentSet("no organization", "organizationId", "{\"destinations\":[\"d\"],%s}"),
        argumentSet("empty organization", "organizationId", withOrganization("\"\"")),
        argumentSet("path as organization", "organizationId", withOrganization("\"../x\"")),
        argumentSet("blank after organization", "organizationId", withOrganization("\"o \"")),
        argumentSet("unknown cannot be claimed", "organizationId", withOrganization("\"-\"")),
        argumentSet("number as organization", "organizationId", withOrganization("7")),
        argumentSet("no destinations", "destinations", "{\"organizationId\":\"o\",%s}"),
        argumentSet("empty destinations", "destinations", withDestinations("[]")),
        argumentSet("word as destinations", "destinations", withDestinations("\"all\"")),
        argumentSet("number among destinations", "destinations", withDestinations("[\"d\",1]")),
        argumentSet("blank destination id", "destinations[1]", withDestinations("[\"d\",\" \"]")),
        argumentSet("51 destinations", "destinations", withDestinations(destinations(51))),
        argumentSet("priority 11", "options.priority", withOption("\"priority\":11")),
        argumentSet("priority -1", "options.priority", withOption("\"priority\":-1")),
        argumentSet("priority in quotes", "options.priority", withOption("\"priority\":\"7\"")),
        argumentSet("priority 7.5", "options.priority", withOption("\"priority\":7.5")),
        argumentSet(
            "priority beyond long",
            "options.priority",
            withOption("\"priority\":99999999999999999999")),
        argumentSet(
            "long idempotency key",
            "options.idempotencyKey",
            withOption("\"idempotencyKey\":\"" + "k".repeat(256) + "\"")),
        argumentSet(
            "line break in correlation id",
            "options.correlationId",
            withOption("\"correlationId\":\"a\\r\\nb\"")),
        argumentSet("tag with NUL", "options.tags[0]", withOption("\"tags\":[\"\\u0000\"]")),
        argumentSet("tags not a list", "options.tags", withOption("\"tags\":\"a\"")),
        argumentSet(
            "51 tags", "options.tags", withOption("\"tags\":[" + "\"t\",".repeat(50) + "\"t\"]")),
        argumentSet("date that is none", "options.deliverAt", withOption("\"deliverAt\":\"soon\"")),
        argumentSet(
            "expires before it is due",
            "options.expiresAt",
            withOption("\"deliverAt\":2000,\"expiresAt\":1000")),
        argumentSet(
            "misspelt option", "options.idempotencykey", withOption("\"idempotencykey\":\"a\"")),
        argumentSet(
            "unknown field",
            "destination",
            "{\"destination\":\"d\",\"organizationId\":\"o\",\"destinations\":[\"d\"],%s}"),
        argumentSet(
            "bad delivery id",
            "deliveryId",
            "{\"deliveryId\":\"1-1-1-1-1\",\"organizationId\":\"o\",\"destinations\":[\"d\"],%s}"));
  }

  @ParameterizedTest
  @MethodSource("wrongFields")
  void namesTheWrongField(String field, String json) {
    DecodedRequest.Invalid invalid = invalid(codec.decode(whole(json)));

    assertThat(invalid.reason()).isEqualTo(Reason.INVALID_FIELD);
    assertThat(invalid.errors()).extracting(FieldError::field).containsExactly(field);
    assertThat(invalid.type()).isEqualTo("report");
  }

  @Test
  void namesEveryWrongFieldAtOnce() {
    String json =
        "{\"organizationId\":\"a/b\",\"destinations\":[],\"payload\":{\"metadata\":[]},"
            + "\"options\":{\"priority\":11}}";

    DecodedRequest.Invalid invalid = invalid(codec.decode(json.getBytes(UTF_8)));

    assertThat(invalid.errors())
        .extracting(FieldError::field)
        .containsExactlyInAnyOrder(
            "organizationId",
            "destinations",
            "payload.type",
            "payload.data",
            "payload.metadata",
            "options.priority");
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        argumentSet("nothing", (Object) new byte[0]),
        argumentSet("null", (Object) "null".getBytes(UTF_8)),
        argumentSet("list", (Object) "[]".getBytes(UTF_8)),
        argumentSet("text", (Object) "\"x\"".getBytes(UTF_8)),
        argumentSet("not JSON", (Object) "hello".getBytes(UTF_8)),
        argumentSet("cut off", (Object) "{\"organizationId\":\"o\",\"payl".getBytes(UTF_8)),
        argumentSet("two values", (Object) whole("{\"organizationId\":\"o\",%s} {}")),
        argumentSet("name twice", (Object) "{\"a\":1,\"a\":2}".getBytes(UTF_8)),
        argumentSet(
            "name twice in data",
            (Object) "{\"payload\":{\"data\":{\"a\":1,\"a\":2}}}".getBytes(UTF_8)),
        argumentSet("comment", (Object) "{/* */}".getBytes(UTF_8)),
        argumentSet("NaN", (Object) "{\"payload\":{\"data\":NaN}}".getBytes(UTF_8)),
        argumentSet("not UTF-8", (Object) new byte[] {'{', (byte) 0xFF, '}'}),
        argumentSet(
            "byte-order mark",
            (Object) new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, '{', '}'}),
        argumentSet(
            "deep", (Object) ("{\"payload\":{\"data\":" + "[".repeat(100_000)).getBytes(UTF_8)),
        argumentSet("row 2: UTF-16", (Object) whole("{\"organizationId\":\"o\",%s}", "UTF-16LE")),
        argumentSet("row 2: UTF-32", (Object) whole("{\"organizationId\":\"o\",%s}", "UTF-32LE")),
        argumentSet("row 2: half of UTF-32", (Object) new byte[] {'{', 0, 0, 0, 7}),
        argumentSet("truncated frame", (Object) new byte[] {0, 0, 0}),
        argumentSet("frame without a body", (Object) new byte[] {0, 0, 0, 0, 1}));
  }

  @DisplayName("row 1: refuses what is not a request")
  @ParameterizedTest
  @MethodSource("malformed")
  void refusesWhatIsNotARequest(byte[] bytes) {
    registry.register("s", io.waybill.avro.DeliveryRequest.getClassSchema().toString());

    DecodedRequest.Invalid invalid = invalid(codec.decode(bytes));

    assertThat(invalid.reason()).isEqualTo(Reason.MALFORMED);
    assertThat(invalid.errors()).isNotEmpty();
  }

  @Test
  void refusesTruncatedAvro() {
    byte[] whole = codec.encode(TOPIC, request(RawJson.of("{\"a\":1}")));

    for (int length = 5; length < whole.length; length++) {
      DecodedRequest decoded = codec.decode(Arrays.copyOf(whole, length));

      assertThat(invalid(decoded).reason()).isEqualTo(Reason.MALFORMED);
    }
  }

  @Test
  void tellsAnUnknownSchemaFromAnUnreachableRegistry() {
    byte[] foreign = {0, 0, 0, 0, 99, 1, 2, 3};

    assertThat(invalid(codec.decode(foreign)).reason()).isEqualTo(Reason.UNKNOWN_SCHEMA);

    registry.setAvailable(false);
    assertThatThrownBy(() -> codec.decode(foreign))
        .isInstanceOf(RegistryException.Unavailable.class);
  }

  @Test
  void takesTenMebibytesAndNotOneByteMore() {
    RawJson most =
        new RawJson(("\"" + "é".repeat((10 * 1024 * 1024 - 2) / 2) + "\"").getBytes(UTF_8));
    RawJson tooMuch =
        new RawJson(("\"" + "é".repeat((10 * 1024 * 1024 - 2) / 2) + "x\"").getBytes(UTF_8));

    assertThat(valid(codec.decode(codec.encodeJson(request(most)))).payload().data())
        .isEqualTo(most);
    for (byte[] encoded :
        List.of(codec.encodeJson(request(tooMuch)), codec.encode(TOPIC, request(tooMuch)))) {
      DecodedRequest.Invalid invalid = invalid(codec.decode(encoded));
      assertThat(invalid.reason()).isEqualTo(Reason.PAYLOAD_TOO_LARGE);
      assertThat(invalid.errors()).extracting(FieldError::field).containsExactly("payload.data");
    }
  }

  static Stream<RawJson> dataThatIsNotJson() {
    return Stream.of(
        RawJson.of("{\"a\":"),
        RawJson.of(""),
        new RawJson("{\"a\":1}".getBytes(StandardCharsets.UTF_16LE)),
        new RawJson("7".getBytes(StandardCharsets.UTF_16LE)),
        new RawJson("7".getBytes(Charset.forName("UTF-32LE"))));
  }

  @DisplayName("row 2: refuses Avro data that is not JSON")
  @ParameterizedTest
  @MethodSource("dataThatIsNotJson")
  void refusesAvroDataThatIsNotJson(RawJson data) {
    DecodedRequest.Invalid invalid = invalid(codec.decode(codec.encode(TOPIC, request(data))));

    assertThat(invalid.errors()).extracting(FieldError::field).containsExactly("payload.data");
  }

  @Test
  void carriesASealedPayloadAsItIs() {
    SealedPayload sealed = new SealedPayload("4026531841", "a1".repeat(32), new byte[200]);
    DeliveryRequest request = sealedRequest(Payload.sealed("report", sealed));

    for (byte[] encoded : List.of(codec.encodeJson(request), codec.encode(TOPIC, request))) {
      DeliveryRequest read = valid(codec.decode(encoded));
      assertThat(read).isEqualTo(request);
      assertThat(read.payload().sealed()).isTrue();
      assertThat(SealedPayload.parse(read.payload().data())).contains(sealed);
    }
    assertThat(new String(codec.encodeJson(request), UTF_8))
        .contains("\"sealed\":{\"algorithm\":\"AES-256-GCM\"")
        .doesNotContain("\"data\"", "\"metadata\"");
  }

  @Test
  void readsASealedPayloadInAnotherOrderAndSpacing() {
    SealedPayload sealed = new SealedPayload("7", "0f".repeat(32), new byte[64]);
    String json =
        """
        {"deliveryId": "%s", "organizationId": "o", "destinations": ["d"],
         "payload": {"sealed": {"ciphertext": "%s",
                                "hmac": "%s", "keyId": "7", "algorithm": "AES-256-GCM"},
                     "type": "t"}}
        """
            .formatted(
                DeliveryId.random(),
                Base64.getEncoder().encodeToString(sealed.ciphertext()),
                sealed.hmac());

    assertThat(valid(codec.decode(json.getBytes(UTF_8))).payload())
        .isEqualTo(Payload.sealed("t", sealed));
  }

  static Stream<Arguments> wrongSeals() {
    String good = "\"algorithm\":\"AES-256-GCM\",\"keyId\":\"7\",\"hmac\":\"" + "0f".repeat(32);
    String bytes = Base64.getEncoder().encodeToString(new byte[64]);
    String whole = good + "\",\"ciphertext\":\"" + bytes + "\"";
    return Stream.of(
        argumentSet("no object", "\"x\"", "", "payload.sealed"),
        argumentSet("nothing in it", "{}", "", "payload.sealed.algorithm"),
        argumentSet("no ciphertext", "{" + good + "\"}", "", "payload.sealed.ciphertext"),
        argumentSet("unknown", "{" + whole + ",\"iv\":\"\"}", "", "payload.sealed.iv"),
        argumentSet(
            "another algorithm",
            "{" + whole.replace("GCM", "CBC") + "}",
            "",
            "payload.sealed.algorithm"),
        argumentSet(
            "no key id",
            "{" + whole.replace("\"7\"", "\"../x\"") + "}",
            "",
            "payload.sealed.keyId"),
        argumentSet(
            "upper-case HMAC",
            "{" + whole.replace("0f0f", "0F0F") + "}",
            "",
            "payload.sealed.hmac"),
        argumentSet(
            "no base64", "{" + whole.replace(bytes, "*") + "}", "", "payload.sealed.ciphertext"),
        argumentSet(
            "too short", "{" + whole.replace(bytes, "AAAA") + "}", "", "payload.sealed.ciphertext"),
        argumentSet("clear beside it", "{" + whole + "}", ",\"data\":{}", "payload.data"),
        argumentSet(
            "metadata beside it", "{" + whole + "}", ",\"metadata\":{}", "payload.metadata"));
  }

  @DisplayName("row 22: names what is wrong with a seal")
  @ParameterizedTest
  @MethodSource("wrongSeals")
  void namesWhatIsWrongWithASeal(String sealed, String beside, String field) {
    String json =
        "{\"deliveryId\":\"%s\",\"organizationId\":\"o\",\"destinations\":[\"d\"],\"payload\":{\"type\":\"t\",\"sealed\":%s%s}}"
            .formatted(DeliveryId.random(), sealed, beside);

    assertThat(invalid(codec.decode(json.getBytes(UTF_8))).errors())
        .extracting(FieldError::field)
        .contains(field)
        .doesNotContain("payload.data".equals(field) ? "payload.metadata" : "payload.data");
  }

  @Test
  void aSealedPayloadNeedsItsDelivery() {
    DeliveryRequest with =
        sealedRequest(
            Payload.sealed("report", new SealedPayload("7", "0f".repeat(32), new byte[64])));
    DeliveryRequest without =
        new DeliveryRequest(
            Optional.empty(),
            with.organizationId(),
            with.destinations(),
            with.payload(),
            with.options());

    for (byte[] encoded : List.of(codec.encodeJson(without), codec.encode(TOPIC, without))) {
      assertThat(invalid(codec.decode(encoded)).errors())
          .extracting(FieldError::field)
          .containsExactly("deliveryId");
    }
  }

  private static DeliveryRequest sealedRequest(Payload payload) {
    return new DeliveryRequest(
        Optional.of(DeliveryId.random()),
        new OrganizationId("hospital-001"),
        new DestinationSelection.Named(List.of(new DestinationId("siem"))),
        payload,
        DeliveryOptions.defaults());
  }

  private static DeliveryRequest request(RawJson data) {
    return new DeliveryRequest(
        Optional.empty(),
        new OrganizationId("hospital-001"),
        new DestinationSelection.Named(List.of(new DestinationId("siem"))),
        new Payload("report", data, RawJson.EMPTY_OBJECT),
        DeliveryOptions.defaults());
  }

  private static byte[] whole(String json, String charset) {
    return new String(whole(json), UTF_8).getBytes(Charset.forName(charset));
  }

  private static byte[] whole(String json) {
    return json.replace("%s", "\"payload\":{\"type\":\"report\",\"data\":{}}").getBytes(UTF_8);
  }

  private static String withOrganization(String value) {
    return "{\"organizationId\":" + value + ",\"destinations\":[\"d\"],%s}";
  }

  private static String withDestinations(String value) {
    return "{\"organizationId\":\"o\",\"destinations\":" + value + ",%s}";
  }

  private static String withOption(String option) {
    return "{\"organizationId\":\"o\",\"destinations\":[\"d\"],%s,\"options\":{" + option + "}}";
  }

  private static String destinations(int count) {
    StringBuilder ids = new StringBuilder("[");
    for (int i = 0; i < count; i++) {
      ids.append(i == 0 ? "" : ",").append("\"d").append(i).append('"');
    }
    return ids.append(']').toString();
  }

  private static DeliveryRequest valid(DecodedRequest decoded) {
    assertThat(decoded).isInstanceOf(DecodedRequest.Valid.class);
    return ((DecodedRequest.Valid) decoded).request();
  }

  private static DecodedRequest.Invalid invalid(DecodedRequest decoded) {
    assertThat(decoded).isInstanceOf(DecodedRequest.Invalid.class);
    return (DecodedRequest.Invalid) decoded;
  }
}
