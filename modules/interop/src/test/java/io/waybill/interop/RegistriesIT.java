package io.waybill.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.Reason;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.DecodedRequest;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.RegistryException;
import io.waybill.wire.SchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our registry client and codecs against a registry that we did not write, and our own. */
@Tag("long")
class RegistriesIT {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int UNKNOWN_ID = 987_654;

  @TempDir private static Path folder;
  private static Registries registries;

  @BeforeAll
  static void start() {
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
  void keepsEveryRecordType(String url) throws UndecodableException {
    var writer = new Codecs(registry(url));
    for (Samples.Sample<?> sample : Samples.all()) {
      assertKept(url, writer, sample);
    }

    byte[] request = writer.requests().encode(Topics.REQUESTS, Samples.REQUEST);
    assertThat(new Codecs(registry(url)).requests().decode(request))
        .isEqualTo(new DecodedRequest.Valid(Samples.REQUEST));
  }

  @ParameterizedTest
  @MethodSource("urls")
  void givesOneIdToOneSchemaHoweverItIsAskedFor(String url) throws Exception {
    String subject = "ids-value";
    String schema = taskSchema(url);

    int id = registry(url).register(subject, schema);

    assertThat(registry(url).register(subject, schema)).isEqualTo(id);
    assertThat(registry(url, "auto.register.schemas", "false").register(subject, schema))
        .isEqualTo(id);
    assertThat(registry(url, "use.latest.version", "true").register(subject, schema)).isEqualTo(id);
    assertThat(MAPPER.readTree(registry(url).schemaById(id))).isEqualTo(MAPPER.readTree(schema));
  }

  @ParameterizedTest
  @MethodSource("urls")
  void registersNothingWhenThatIsSwitchedOff(String url) {
    String schema = taskSchema(url);
    SchemaRegistry careful = registry(url, "auto.register.schemas", "false");
    SchemaRegistry latest = registry(url, "use.latest.version", "true");

    assertThatThrownBy(() -> careful.register("nowhere-value", schema))
        .isInstanceOf(RegistryException.Refused.class)
        .hasMessageContaining("nowhere-value")
        .hasMessageContaining("404");
    assertThatThrownBy(() -> latest.register("nowhere-value", schema))
        .isInstanceOf(RegistryException.Refused.class)
        .hasMessageContaining("404");
  }

  @ParameterizedTest
  @MethodSource("urls")
  void makesADeadLetterOfAnUnknownSchemaId(String url) {
    SchemaRegistry registry = registry(url);
    var codecs = new Codecs(registry);
    byte[] task = codecs.tasks().encode(Topics.tasks(Samples.TASK.destinationType()), Samples.TASK);
    byte[] unknown = ByteBuffer.wrap(task.clone()).putInt(1, UNKNOWN_ID).array();

    assertThatThrownBy(() -> registry.schemaById(UNKNOWN_ID))
        .isInstanceOf(RegistryException.UnknownSchema.class);
    assertThatThrownBy(() -> codecs.tasks().decode(unknown))
        .isInstanceOfSatisfying(
            UndecodableException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_SCHEMA));
    assertThat(codecs.requests().decode(unknown))
        .isInstanceOfSatisfying(
            DecodedRequest.Invalid.class,
            invalid -> assertThat(invalid.reason()).isEqualTo(Reason.UNKNOWN_SCHEMA));
  }

  @ParameterizedTest
  @MethodSource("urls")
  void takesANewFieldWithADefaultAndRefusesOneWithout(String url) throws Exception {
    String subject = "evolving-value";
    String schema = taskSchema(url);
    SchemaRegistry registry = registry(url);
    int first = registry.register(subject, schema);
    demandFullTransitive(url, subject);

    int second = registry.register(subject, withField(schema, true));

    assertThat(second).isNotEqualTo(first);
    assertThatThrownBy(() -> registry.register(subject, withField(schema, false)))
        .isInstanceOf(RegistryException.Refused.class)
        .hasMessageContaining(subject)
        .hasMessageContaining("409");
    assertThat(registry.register(subject, schema)).isEqualTo(first);
  }

  @Test
  void waitsForARegistryThatIsAway() throws UndecodableException {
    String url;
    byte[] task;
    Codecs acquainted;
    String topic = Topics.tasks(Samples.TASK.destinationType());
    try (Apicurio apicurio = Apicurio.start()) {
      url = apicurio.url();
      acquainted = new Codecs(registry(url));
      task = acquainted.tasks().encode(topic, Samples.TASK);
      assertThat(acquainted.tasks().decode(task)).isEqualTo(Samples.TASK);
    }
    var fresh = new Codecs(registry(url));

    assertThatThrownBy(() -> fresh.tasks().encode(topic, Samples.TASK))
        .isInstanceOf(RegistryException.Unavailable.class);
    assertThatThrownBy(() -> fresh.tasks().decode(task))
        .isInstanceOf(RegistryException.Unavailable.class);
    assertThatThrownBy(() -> fresh.requests().decode(task))
        .isInstanceOf(RegistryException.Unavailable.class);
    // Who has asked before goes on without it.
    assertThat(acquainted.tasks().decode(task)).isEqualTo(Samples.TASK);
    assertThat(acquainted.tasks().encode(topic, Samples.TASK)).isEqualTo(task);
  }

  private static <T> void assertKept(String url, Codecs writer, Samples.Sample<T> sample)
      throws UndecodableException {
    byte[] bytes = sample.encode(writer);
    Codec<T> reader = sample.codec().apply(new Codecs(registry(url)));

    assertThat(reader.decode(bytes)).as(sample.topic()).isEqualTo(sample.value());
  }

  private static String taskSchema(String url) {
    SchemaRegistry registry = registry(url);
    byte[] task =
        new Codecs(registry)
            .tasks()
            .encode(Topics.tasks(Samples.TASK.destinationType()), Samples.TASK);
    return registry.schemaById(ByteBuffer.wrap(task).getInt(1));
  }

  private static String withField(String schema, boolean withDefault) throws Exception {
    ObjectNode changed = (ObjectNode) MAPPER.readTree(schema);
    ObjectNode field = ((ArrayNode) changed.get("fields")).addObject();
    field.put("name", withDefault ? "color" : "weight").put("type", "string");
    if (withDefault) {
      field.put("default", "");
    }
    return changed.toString();
  }

  private static void demandFullTransitive(String url, String subject) throws Exception {
    HttpRequest put =
        HttpRequest.newBuilder(URI.create(url + "/config/" + subject))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .PUT(HttpRequest.BodyPublishers.ofString("{\"compatibility\":\"FULL_TRANSITIVE\"}"))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(put, HttpResponse.BodyHandlers.ofString());
      JsonNode json = MAPPER.readTree(answer.body());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(json.path("compatibility").asText()).isEqualTo("FULL_TRANSITIVE");
    }
  }

  private static HttpSchemaRegistry registry(String url) {
    return new HttpSchemaRegistry(Map.of("schema.registry.url", url));
  }

  private static HttpSchemaRegistry registry(String url, String key, String value) {
    return new HttpSchemaRegistry(Map.of("schema.registry.url", url, key, value));
  }
}
