package io.waybill.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.Payload;
import io.waybill.domain.RawBytes;
import io.waybill.domain.RawJson;
import io.waybill.wire.Codecs;
import io.waybill.wire.DecodedRequest;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Confluent's JavaScript client reads what our codecs write and the reverse, over each registry. It
 * has its own Avro, its own wire format and its own REST calls.
 */
@Tag("long")
class ConfluentClientIT {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private static Path folder;
  private static NodeClient node;
  private static Registries registries;

  @BeforeAll
  static void start() {
    try {
      node = NodeClient.install();
    } catch (NodeClient.Unavailable e) {
      System.out.println("SKIPPED interoperability: " + e.getMessage());
      abort(e.getMessage());
    }
    registries = Registries.start(folder);
  }

  @AfterAll
  static void stop() {
    if (registries != null) {
      registries.close();
    }
  }

  static Stream<Named<String>> urls() {
    return registries.urls();
  }

  @ParameterizedTest
  @MethodSource("urls")
  void readsWhatWeWrite(String url) throws IOException {
    Codecs codecs = codecs(url);
    ArrayNode frames = MAPPER.createArrayNode();
    add(frames, Topics.REQUESTS, codecs.requests().encode(Topics.REQUESTS, Samples.REQUEST));
    String tasks = Topics.tasks(Samples.TASK.destinationType());
    add(frames, tasks, codecs.tasks().encode(tasks, Samples.TASK));
    add(frames, Topics.EVENTS, codecs.events().encode(Topics.EVENTS, Samples.ACCEPTED));
    add(frames, Topics.EVENTS, codecs.events().encode(Topics.EVENTS, Samples.ATTEMPT_FAILED));
    add(frames, Topics.STATUS, codecs.statuses().encode(Topics.STATUS, Samples.STATUS));
    add(
        frames,
        Topics.DEAD_LETTERS,
        codecs.deadLetters().encode(Topics.DEAD_LETTERS, Samples.DEAD_TASK));
    add(
        frames,
        Topics.DEAD_LETTERS,
        codecs.deadLetters().encode(Topics.DEAD_LETTERS, Samples.DEAD_RECORD));

    JsonNode read = node.decode(url, frames);

    assertThat(read.size()).isEqualTo(frames.size());
    assertThat(bytes(read.at("/0/payload/data"))).isEqualTo(Samples.DATA.bytes());
    assertThat(bytes(read.at("/1/data"))).isEqualTo(Samples.DATA.bytes());
    assertThat(bytes(read.at("/5/task/data"))).isEqualTo(Samples.DATA.bytes());
    assertThat(bytes(read.at("/6/originalValue")))
        .isEqualTo(Samples.DEAD_RECORD.originalValue().map(RawBytes::bytes).orElseThrow());
    // The whole of every record: no field is lost, none is another.
    for (int i = 0; i < read.size(); i++) {
      assertThat(read.get(i)).isEqualTo(Expected.records().get(i));
    }
  }

  @ParameterizedTest
  @MethodSource("urls")
  void writesRequestsThatWeRead(String url) {
    Codecs codecs = codecs(url);
    // The client looks the schema up under the topic's subject; the first writer has put it there.
    byte[] ours = codecs.requests().encode(Topics.REQUESTS, Samples.REQUEST);
    ArrayNode values = MAPPER.createArrayNode();
    values.addObject().put("topic", Topics.REQUESTS).set("value", Expected.records().get(0));
    values.addObject().put("topic", Topics.REQUESTS).set("value", Expected.sparseRequest());

    JsonNode written = node.encode(url, values);

    byte[] full = bytes(written.get(0));
    assertThat(full).isEqualTo(ours);
    assertThat(codecs(url).requests().decode(full))
        .isEqualTo(new DecodedRequest.Valid(Samples.REQUEST));
    byte[] sparse = bytes(written.get(1));
    assertThat(Arrays.copyOf(sparse, 5)).isEqualTo(Arrays.copyOf(ours, 5));
    assertThat(codecs(url).requests().decode(sparse))
        .isEqualTo(
            new DecodedRequest.Valid(
                new DeliveryRequest(
                    Optional.empty(),
                    Samples.HOSPITAL,
                    new DestinationSelection.Defaults(),
                    new Payload("report", Samples.DATA, RawJson.EMPTY_OBJECT),
                    DeliveryOptions.defaults())));
  }

  private static Codecs codecs(String url) {
    return new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", url)));
  }

  private static void add(ArrayNode frames, String topic, byte[] frame) {
    frames
        .addObject()
        .put("topic", topic)
        .putObject("frame")
        .put("base64", Base64.getEncoder().encodeToString(frame));
  }

  private static byte[] bytes(JsonNode node) {
    return Base64.getDecoder().decode(node.path("base64").asText());
  }
}
