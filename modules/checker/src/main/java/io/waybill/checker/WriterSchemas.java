package io.waybill.checker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/** The schemas that records were written with, by id, each asked for once. For one thread. */
final class WriterSchemas implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
  private final String registry;
  private final Map<Integer, Optional<Schema>> known = new HashMap<>();

  /**
   * @param registry the address of a registry with Confluent's REST API
   */
  WriterSchemas(URI registry) {
    this.registry = registry.toString().replaceAll("/+$", "");
  }

  /**
   * The schema of that id; empty when the registry has none.
   *
   * @throws CheckerException when the registry does not answer: nothing can be judged then
   */
  Optional<Schema> byId(int id) {
    return known.computeIfAbsent(id, this::ask);
  }

  private Optional<Schema> ask(int id) {
    URI address = URI.create(registry + "/schemas/ids/" + id);
    try {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(address).timeout(REQUEST_TIMEOUT).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == 404) {
        return Optional.empty();
      }
      if (answer.statusCode() != 200) {
        throw new CheckerException(
            "the schema registry answered "
                + answer.statusCode()
                + " to GET /schemas/ids/"
                + id
                + "; check --registry");
      }
      JsonNode schema = MAPPER.readTree(answer.body()).path("schema");
      return Optional.of(new Schema.Parser().parse(schema.asText()));
    } catch (IOException | SchemaParseException e) {
      throw new CheckerException(
          "schema " + id + " cannot be had from the schema registry; check --registry: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CheckerException("interrupted while asking the schema registry", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
