package io.waybill.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedRegistryTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ONE = record("{\"name\":\"a\",\"type\":\"string\"}");
  private static final String WITH_DEFAULT =
      record(
          "{\"name\":\"a\",\"type\":\"string\"},"
              + "{\"name\":\"b\",\"type\":\"int\",\"default\":0}");
  private static final String WITHOUT_DEFAULT =
      record("{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"c\",\"type\":\"int\"}");

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private EmbeddedRegistry registry;

  @BeforeEach
  void start() {
    registry = new EmbeddedRegistry(new EmbeddedRegistryConfig(folder, 0));
    registry.start();
  }

  @AfterEach
  void stop() {
    registry.close();
    client.close();
  }

  @Test
  void theSameSchemaHasOneIdEverywhere() {
    assertThat(register("t-value", ONE).path("id").asInt()).isEqualTo(1);
    assertThat(register("t-value", ONE).path("id").asInt()).isEqualTo(1);
    assertThat(register("t-value", " " + ONE.replace(",", " ,\n")).path("id").asInt())
        .as("the same but for blanks")
        .isEqualTo(1);
    assertThat(register("other-value", ONE).path("id").asInt()).isEqualTo(1);
    assertThat(register("t-value", WITH_DEFAULT).path("id").asInt()).isEqualTo(2);

    assertThat(get("/subjects").toString()).isEqualTo("[\"other-value\",\"t-value\"]");
    assertThat(get("/subjects/t-value/versions").toString()).isEqualTo("[1,2]");
    assertThat(get("/subjects/other-value/versions").toString()).isEqualTo("[1]");
    assertThat(get("/schemas/ids/1/versions").toString())
        .isEqualTo(
            "[{\"subject\":\"other-value\",\"version\":1},{\"subject\":\"t-value\",\"version\":1}]");
  }

  @Test
  void answersByIdVersionAndSchema() throws Exception {
    register("t-value", ONE);
    register("t-value", WITH_DEFAULT);
    assertThat(JSON.readTree(get("/schemas/ids/2").path("schema").asText()))
        .isEqualTo(JSON.readTree(WITH_DEFAULT));
    JsonNode latest = get("/subjects/t-value/versions/latest");
    assertThat(latest.path("subject").asText()).isEqualTo("t-value");
    assertThat(latest.path("version").asInt()).isEqualTo(2);
    assertThat(latest.path("id").asInt()).isEqualTo(2);
    assertThat(get("/subjects/t-value/versions/1").path("id").asInt()).isEqualTo(1);
    assertThat(get("/subjects/t-value/versions/1/schema")).isEqualTo(JSON.readTree(ONE));
    assertThat(post("/subjects/t-value", schema(WITH_DEFAULT)).path("version").asInt())
        .isEqualTo(2);
    assertThat(get("/schemas/types").toString()).isEqualTo("[\"AVRO\"]");
    HttpResponse<String> raw = send("GET", "/schemas/ids/1", "");
    assertThat(raw.headers().firstValue("Content-Type"))
        .contains("application/vnd.schemaregistry.v1+json");
  }

  @Test
  void errorsCarryConfluentsCodes() {
    register("t-value", ONE);
    assertError("GET", "/subjects/none/versions", "", 404, 40401);
    assertError("GET", "/subjects/none/versions/latest", "", 404, 40401);
    assertError("GET", "/subjects/t-value/versions/2", "", 404, 40402);
    assertError("GET", "/subjects/t-value/versions/first", "", 422, 42202);
    assertError("GET", "/subjects/t-value/versions/0", "", 422, 42202);
    assertError("GET", "/schemas/ids/99", "", 404, 40403);
    assertError("POST", "/subjects/none", schema(ONE), 404, 40401);
    assertError("POST", "/subjects/t-value", schema(WITH_DEFAULT), 404, 40403);
    assertError("POST", "/subjects/x/versions", schema("{\"type\":\"nothing\"}"), 422, 42201);
    assertError("POST", "/subjects/x/versions", "{}", 422, 42201);
    assertError("POST", "/subjects/x/versions", "no json", 400, 400);
    assertError(
        "POST",
        "/subjects/x/versions",
        "{\"schemaType\":\"PROTOBUF\",\"schema\":\"message A {}\"}",
        422,
        42201);
    assertError(
        "POST",
        "/subjects/x/versions",
        "{\"schema\":\"\\\"string\\\"\",\"references\":[{\"name\":\"a\"}]}",
        422,
        42201);
    assertError("PUT", "/config", "{\"compatibility\":\"SOME\"}", 422, 42203);
    assertError("GET", "/config/t-value", "", 404, 40408);
    assertError("GET", "/nothing", "", 404, 404);
    assertError("PUT", "/subjects", "", 405, 405);
    assertError("POST", "/subjects/x/versions", " ".repeat(5 * 1024 * 1024), 413, 413);
    assertThat(get("/subjects").toString()).isEqualTo("[\"t-value\"]");
  }

  @Test
  void refusesWhatIsNotFullyCompatible() {
    register("t-value", ONE);
    JsonNode refusal =
        assertError("POST", "/subjects/t-value/versions", schema(WITHOUT_DEFAULT), 409, 409);
    assertThat(refusal.path("message").asText())
        .contains("t-value")
        .contains("READER_FIELD_MISSING_DEFAULT_VALUE")
        .contains("/fields/1");
    assertThat(get("/subjects/t-value/versions").toString()).isEqualTo("[1]");

    String checked = "/compatibility/subjects/t-value/versions/";
    assertThat(post(checked + "latest", schema(WITH_DEFAULT)).path("is_compatible").asBoolean())
        .isTrue();
    assertThat(post(checked + "1", schema(WITHOUT_DEFAULT)).path("is_compatible").asBoolean(true))
        .isFalse();
    assertThat(
            post("/compatibility/subjects/t-value/versions", schema(WITHOUT_DEFAULT))
                .path("is_compatible")
                .asBoolean(true))
        .isFalse();
    assertThat(
            post("/compatibility/subjects/new/versions/latest", schema(ONE))
                .path("is_compatible")
                .asBoolean())
        .isTrue();
    assertError("POST", checked + "9", schema(ONE), 404, 40402);
  }

  @Test
  void levelsDecideWhatIsJudged() {
    assertThat(get("/config").path("compatibilityLevel").asText()).isEqualTo("FULL_TRANSITIVE");
    register("t-value", ONE);
    assertThat(
            put("/config/t-value", "{\"compatibility\":\"forward\"}")
                .path("compatibility")
                .asText())
        .isEqualTo("FORWARD");
    // Old readers skip the new field, so forward takes what backward refuses.
    register("t-value", WITHOUT_DEFAULT);
    put("/config/t-value", "{\"compatibility\":\"BACKWARD\"}");
    // Readable with the latest, not asked of the first: only transitive looks that far back.
    String dropped = record("{\"name\":\"c\",\"type\":\"int\"}");
    assertThat(register("t-value", dropped).path("id").asInt()).isEqualTo(3);
    put("/config/t-value", "{\"compatibility\":\"BACKWARD_TRANSITIVE\"}");
    String again = record("{\"name\":\"c\",\"type\":\"long\"}");
    assertError("POST", "/subjects/t-value/versions", schema(again), 409, 409);
    put("/config/t-value", "{\"compatibility\":\"NONE\"}");
    register("t-value", again);

    assertThat(get("/config/t-value").path("compatibilityLevel").asText()).isEqualTo("NONE");
    assertThat(get("/config/other?defaultToGlobal=true").path("compatibilityLevel").asText())
        .isEqualTo("FULL_TRANSITIVE");
    send("DELETE", "/config/t-value", "");
    assertError("GET", "/config/t-value", "", 404, 40408);
  }

  @Test
  void everythingSurvivesARestart() {
    register("t-value", ONE);
    register("t-value", WITH_DEFAULT);
    register("gone", record("{\"name\":\"g\",\"type\":\"string\"}"));
    assertThat(call("DELETE", "/subjects/gone", "").toString()).isEqualTo("[1]");
    put("/config", "{\"compatibility\":\"FULL\"}");
    put("/config/t-value", "{\"compatibility\":\"BACKWARD\"}");
    registry.close();
    start();

    assertThat(get("/subjects").toString()).isEqualTo("[\"t-value\"]");
    assertThat(get("/subjects/t-value/versions").toString()).isEqualTo("[1,2]");
    assertThat(get("/schemas/ids/3").path("schema").asText())
        .as("records may still carry the id of a deleted subject")
        .contains("\"g\"");
    assertThat(get("/config").path("compatibilityLevel").asText()).isEqualTo("FULL");
    assertThat(get("/config/t-value").path("compatibilityLevel").asText()).isEqualTo("BACKWARD");
    assertThat(register("new", "\"long\"").path("id").asInt()).isEqualTo(4);
  }

  @Test
  void registersManyAtOnceWithoutGivingAnIdTwice() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      List<Callable<Integer>> calls =
          IntStream.range(0, 40)
              .<Callable<Integer>>mapToObj(i ->
                  () ->
                      register("s" + i, record("{\"name\":\"f" + i / 2 + "\",\"type\":\"int\"}"))
                          .path("id")
                          .asInt())
              .toList();
      Set<Integer> ids = new HashSet<>();
      for (Future<Integer> id : pool.invokeAll(calls)) {
        ids.add(id.get());
      }
      assertThat(ids).hasSize(20).allMatch(id -> id >= 1 && id <= 20);
    }
  }

  @Test
  void aSubjectMayHoldASlash() {
    register("a%2Fb+c", ONE);
    assertThat(get("/subjects").toString()).isEqualTo("[\"a/b+c\"]");
    assertThat(get("/subjects/a%2Fb+c/versions/1").path("subject").asText()).isEqualTo("a/b+c");
  }

  @Test
  void aTakenPortOrFolderOrADamagedFileIsNamed(@TempDir Path other) throws Exception {
    EmbeddedRegistry second = new EmbeddedRegistry(new EmbeddedRegistryConfig(folder, 0));
    assertThatThrownBy(second::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Another embedded schema registry is using the folder " + folder);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      EmbeddedRegistry third =
          new EmbeddedRegistry(new EmbeddedRegistryConfig(other, taken.getLocalPort()));
      assertThatThrownBy(third::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Port " + taken.getLocalPort());
    }
    Path file = other.resolve("registry/schemas.json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{\"format\":1,\"lastId\":");
    EmbeddedRegistry fourth = new EmbeddedRegistry(new EmbeddedRegistryConfig(other, 0));
    assertThatThrownBy(fourth::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("Restore it");
  }

  private static String record(String fields) {
    return "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}";
  }

  private static String schema(String schema) {
    return JSON.createObjectNode().put("schema", schema).toString();
  }

  private JsonNode register(String subject, String schema) {
    return post("/subjects/" + subject + "/versions", schema(schema));
  }

  private JsonNode get(String path) {
    return call("GET", path, "");
  }

  private JsonNode post(String path, String body) {
    return call("POST", path, body);
  }

  private JsonNode put(String path, String body) {
    return call("PUT", path, body);
  }

  private JsonNode call(String method, String path, String body) {
    HttpResponse<String> response = send(method, path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return read(response);
  }

  private JsonNode assertError(String method, String path, String body, int status, int code) {
    HttpResponse<String> response = send(method, path, body);
    assertThat(response.statusCode()).as(method + " " + path).isEqualTo(status);
    JsonNode error = read(response);
    assertThat(error.path("error_code").asInt()).isEqualTo(code);
    assertThat(error.path("message").asText()).isNotBlank();
    return error;
  }

  private static JsonNode read(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (Exception e) {
      throw new AssertionError("no JSON: " + response.body(), e);
    }
  }

  private HttpResponse<String> send(String method, String path, String body) {
    try {
      return client.send(
          HttpRequest.newBuilder(URI.create(registry.url() + path))
              .header("Content-Type", "application/vnd.schemaregistry.v1+json")
              .method(method, BodyPublishers.ofString(body))
              .build(),
          BodyHandlers.ofString());
    } catch (Exception e) {
      throw new AssertionError(method + " " + path + " failed", e);
    }
  }
}
