package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Mutations;
import io.waybill.domain.RawJson;
import java.util.List;

/** Values of the requests topic, from anybody: JSON, of which data is cut out, and Avro. */
public final class RequestFuzz {
  static final List<byte[]> SEEDS = seeds();
  private static final InMemorySchemaRegistry REGISTRY = new InMemorySchemaRegistry();
  private static final RequestCodec CODEC = new Codecs(REGISTRY).requests();

  static {
    REGISTRY.register("s", io.waybill.avro.DeliveryRequest.getClassSchema().toString());
  }

  private RequestFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    byte[] before = input.clone();
    DecodedRequest decoded = CODEC.decode(input);
    assertThat(input).as("is not written to").isEqualTo(before);
    switch (decoded) {
      case DecodedRequest.Invalid invalid ->
          assertThat(invalid.errors())
              .isNotEmpty()
              .allSatisfy(error -> assertThat(error.message()).isNotBlank());
      case DecodedRequest.Valid valid -> {
        RawJson data = valid.request().payload().data();
        assertThat(RequestCodec.isJson(data, false)).isTrue();
        assertThat(RequestCodec.isJson(valid.request().payload().metadata(), true)).isTrue();
        assertThat(RequestCodec.check(valid.request())).as("what a client says of it").isEmpty();
        assertThat(CODEC.decodeAgain(input)).isEqualTo(decoded);
        // Both forms carry all of it.
        assertThat(CODEC.decode(CODEC.encodeJson(valid.request()))).isEqualTo(decoded);
        assertThat(CODEC.decode(CODEC.encode("t", valid.request()))).isEqualTo(decoded);
      }
    }
  }

  private static List<byte[]> seeds() {
    String most =
        """
        {"deliveryId":"8d2f4f9e-6b1c-4c58-9b7e-0a1b2c3d4e5f", "organizationId" : "hospital-001",
         "destinations":["siem","archive"],"payload":{"type":"phi-access",
         "data" : {"n":9007199254740993,"p":1.10,"t":"caf\\u00e9 \\/ ü 😀","l":[ 1 , -0.0,12E+400]} ,
         "metadata":{"a":[null]}},"options":{"priority":10,"idempotencyKey":"k","correlationId":"c",
         "tags":["a"],"deliverAt":"2026-01-31T09:00:00+01:00","expiresAt":1769850000000}}
        """;
    Codecs codecs = new Codecs(new InMemorySchemaRegistry());
    byte[] avro = codecs.requests().encode("t", GoldenSamples.requests().getFirst());
    byte[] sealed = codecs.requests().encodeJson(GoldenSamples.requests().getLast());
    return List.of(
        Mutations.text(most),
        Mutations.text(
            "{\"organizationId\":\"o\",\"destinations\":\"default\","
                + "\"payload\":{\"type\":\"t\",\"data\":\"x\"}}"),
        Mutations.text(
            "{\"organizationId\":\"o\",\"destinations\":[\"d\"],"
                + "\"payload\":{\"data\":-1.5e3 ,\"type\":\"t\"},\"options\":null}"),
        sealed,
        avro);
  }
}
