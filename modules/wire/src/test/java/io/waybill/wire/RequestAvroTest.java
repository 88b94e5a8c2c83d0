package io.waybill.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import io.waybill.domain.SealedPayload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestAvroTest {
  private static final Payload PAYLOAD =
      new Payload(
          "phi \"access\" \\ \u00e9", RawJson.of("{\"a\":1.10}"), RawJson.of("{\"é\":true}"));

  private final RequestCodec codec = new Codecs(new InMemorySchemaRegistry()).requests();

  static Stream<Arguments> requests() {
    DestinationSelection one = new DestinationSelection.Named(List.of(new DestinationId("siem")));
    DestinationSelection many =
        new DestinationSelection.Named(
            IntStream.range(0, 50).mapToObj(i -> new DestinationId("d-" + i)).toList());
    DeliveryOptions all =
        new DeliveryOptions(
            10,
            Optional.of("key ü"),
            Optional.of("session \"9\" \\ 2"),
            List.of("phi", "😀", "line <\u2028>"),
            Optional.of(Instant.parse("2026-01-31T08:00:00.001Z")),
            Optional.of(Instant.parse("2026-01-31T09:00:00Z")));
    DeliveryOptions none = DeliveryOptions.defaults();
    Payload large =
        new Payload(
            "t",
            new RawJson(("\"" + "x".repeat(300_000) + "\"").getBytes(UTF_8)),
            RawJson.of("{}"));
    Payload sealed =
        Payload.sealed("t", new SealedPayload("4026531841", "ab".repeat(32), new byte[64]));
    return Stream.of(
        argumentSet("everything", request(true, many, PAYLOAD, all)),
        argumentSet("nothing optional", request(false, one, PAYLOAD, none)),
        argumentSet("defaults", request(true, new DestinationSelection.Defaults(), PAYLOAD, none)),
        argumentSet("large", request(true, one, large, none)),
        argumentSet("sealed", request(true, one, sealed, all)),
        argumentSet("lowest priority", request(true, one, PAYLOAD, priority(0))));
  }

  private static DeliveryOptions priority(int priority) {
    DeliveryOptions none = DeliveryOptions.defaults();
    return new DeliveryOptions(
        priority,
        none.idempotencyKey(),
        none.correlationId(),
        none.tags(),
        none.deliverAt(),
        none.expiresAt());
  }

  private static DeliveryRequest request(
      boolean hasId, DestinationSelection destinations, Payload payload, DeliveryOptions options) {
    UUID id = UUID.fromString("0b8f7c52-3ab5-4c43-9b3e-2f3c5e0f9a11");
    return new DeliveryRequest(
        hasId ? Optional.of(new DeliveryId(id)) : Optional.empty(),
        new OrganizationId("hospital-001"),
        destinations,
        payload,
        options);
  }

  /** By what Avro's own reader and writer make of it. */
  @ParameterizedTest
  @MethodSource("requests")
  void writesWhatAvrosOwnWriterWrites(DeliveryRequest request) throws IOException {
    byte[] written = codec.encode(Topics.REQUESTS, request);

    byte[] body = Arrays.copyOfRange(written, AvroCodec.HEADER_BYTES, written.length);
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(body, null);
    var schema = io.waybill.avro.DeliveryRequest.getClassSchema();
    io.waybill.avro.DeliveryRequest record =
        new SpecificDatumReader<io.waybill.avro.DeliveryRequest>(schema).read(null, decoder);
    assertThat(decoder.isEnd()).isTrue();
    var out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new SpecificDatumWriter<io.waybill.avro.DeliveryRequest>(schema).write(record, encoder);
    encoder.flush();
    assertThat(body).isEqualTo(out.toByteArray());
  }

  @ParameterizedTest
  @MethodSource("requests")
  void isReadAsWhatWasWritten(DeliveryRequest request) {
    DecodedRequest read = codec.decode(codec.encode(Topics.REQUESTS, request));

    assertThat(read).isEqualTo(new DecodedRequest.Valid(request));
    assertThat(codec.decode(codec.encodeJson(request))).isEqualTo(read);
  }

  /** As a generator of JSON would write it: escapes, order of fields, and nothing more. */
  @ParameterizedTest
  @MethodSource("requests")
  void writesTheJsonThatAGeneratorWrites(DeliveryRequest request) throws IOException {
    String written = new String(codec.encodeJson(request), UTF_8);

    // Reading and writing it again changes data and metadata, which are spliced in as they are.
    String frame =
        written
            .replace(request.payload().data().text(), "0")
            .replace(request.payload().metadata().text(), "0");
    assertThat(frame).isEqualTo(StrictJson.MAPPER.readTree(frame).toString());
  }

  /** Threads that write at the same time do not write into each other's bytes. */
  @Test
  void manyThreadsWriteAtOnce() {
    List<DeliveryRequest> written =
        IntStream.range(0, 5_000)
            .mapToObj(i ->
                request(true, new DestinationSelection.Defaults(), payload(i), priority(i % 11)))
            .toList();

    List<DecodedRequest> read =
        written.parallelStream()
            .map(request -> codec.decode(codec.encode(Topics.REQUESTS, request)))
            .toList();

    assertThat(read).isEqualTo(written.stream().map(DecodedRequest.Valid::new).toList());
    assertThat(written.parallelStream().map(one -> codec.decode(codec.encodeJson(one))).toList())
        .isEqualTo(read);
  }

  private static Payload payload(int i) {
    return new Payload("t", RawJson.of("\"" + "x".repeat(i) + "\""), RawJson.of("{}"));
  }
}
