package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.RequestRules;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a publisher is told before it publishes is what fan-out would say afterwards. */
class RequestCheckTest {
  private static final Instant T = Instant.parse("2026-01-31T08:00:00Z");
  private static final DestinationSelection SIEM = named(1);
  private static final DeliveryOptions USUAL = DeliveryOptions.defaults();

  private final RequestCodec codec = new Codecs(new InMemorySchemaRegistry()).requests();

  private static DestinationSelection named(int count) {
    return new DestinationSelection.Named(
        IntStream.range(0, count).mapToObj(i -> new DestinationId("d" + i)).toList());
  }

  private static DeliveryRequest request(
      String organization,
      DestinationSelection destinations,
      String type,
      int dataBytes,
      int metadataBytes,
      DeliveryOptions options) {
    return new DeliveryRequest(
        Optional.of(DeliveryId.random()),
        new OrganizationId(organization),
        destinations,
        new Payload(
            type,
            RawJson.of("\"" + "x".repeat(dataBytes - 2) + "\""),
            RawJson.of("{\"m\":\"" + "x".repeat(metadataBytes - 8) + "\"}")),
        options);
  }

  private static DeliveryRequest with(DeliveryOptions options) {
    return request("o", SIEM, "report", 10, 10, options);
  }

  private static DeliveryOptions options(
      int priority, String key, String correlation, List<String> tags) {
    return new DeliveryOptions(
        priority,
        Optional.of(key),
        Optional.of(correlation),
        tags,
        Optional.empty(),
        Optional.empty());
  }

  private static DeliveryOptions times(Instant deliverAt, Instant expiresAt) {
    return new DeliveryOptions(
        5,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.of(deliverAt),
        Optional.of(expiresAt));
  }

  static Stream<Arguments> good() {
    return Stream.of(
        argumentSet("usual", with(USUAL)),
        argumentSet(
            "to the defaults",
            request("o", new DestinationSelection.Defaults(), "report", 10, 10, USUAL)),
        argumentSet("fifty", request("o", named(50), "report", 10, 10, USUAL)),
        argumentSet("other letters", request("o", SIEM, "Bericht über 😀", 10, 10, USUAL)),
        argumentSet("all options", with(options(10, "k", "c", List.of("ü", "b")))),
        argumentSet("times", with(times(T, T.plusMillis(1)))),
        argumentSet(
            "as large as may be",
            request(
                "o",
                SIEM,
                "t".repeat(RequestRules.MAX_TYPE_LENGTH),
                RequestRules.MAX_DATA_BYTES,
                RequestRules.MAX_METADATA_BYTES,
                options(
                    0,
                    "k".repeat(RequestRules.MAX_KEY_LENGTH),
                    "c".repeat(RequestRules.MAX_KEY_LENGTH),
                    Collections.nCopies(
                        RequestRules.MAX_TAGS, "t".repeat(RequestRules.MAX_TAG_LENGTH))))));
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        argumentSet("nobody", request("o", named(0), "report", 10, 10, USUAL)),
        argumentSet("too many", request("o", named(51), "report", 10, 10, USUAL)),
        argumentSet("no type", request("o", SIEM, "", 10, 10, USUAL)),
        argumentSet("long type", request("o", SIEM, "t".repeat(129), 10, 10, USUAL)),
        argumentSet("control character", request("o", SIEM, "a\u0001", 10, 10, USUAL)),
        argumentSet("delete", request("o", SIEM, "a\u007f", 10, 10, USUAL)),
        argumentSet(
            "large data", request("o", SIEM, "t", RequestRules.MAX_DATA_BYTES + 1, 10, USUAL)),
        argumentSet(
            "large metadata",
            request("o", SIEM, "t", 10, RequestRules.MAX_METADATA_BYTES + 1, USUAL)),
        argumentSet("unknown organization", request("-", SIEM, "t", 10, 10, USUAL)),
        argumentSet("priority", with(options(11, "k", "c", List.of()))),
        argumentSet("below", with(options(-1, "k", "c", List.of()))),
        argumentSet("empty key", with(options(5, "", "c", List.of()))),
        argumentSet("long correlation", with(options(5, "k", "c".repeat(256), List.of()))),
        argumentSet("empty tag", with(options(5, "k", "c", List.of("a", "")))),
        argumentSet("tags", with(options(5, "k", "c", Collections.nCopies(51, "t")))),
        argumentSet("expires before", with(times(T, T))));
  }

  @ParameterizedTest
  @MethodSource("good")
  void saysNothingOfWhatFanOutTakes(DeliveryRequest request) {
    assertThat(RequestCodec.check(request)).isEmpty();
    assertThat(codec.decode(codec.encodeJson(request)))
        .isEqualTo(new DecodedRequest.Valid(request));
    assertThat(codec.decode(codec.encode(Topics.REQUESTS, request)))
        .isEqualTo(new DecodedRequest.Valid(request));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void saysWhatFanOutWouldSay(DeliveryRequest request) {
    DecodedRequest decoded = codec.decode(codec.encodeJson(request));

    assertThat(decoded).isInstanceOf(DecodedRequest.Invalid.class);
    assertThat(RequestCodec.check(request))
        .isEqualTo(((DecodedRequest.Invalid) decoded).errors())
        .isNotEmpty();
  }
}
