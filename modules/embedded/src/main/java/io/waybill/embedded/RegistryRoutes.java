package io.waybill.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.waybill.embedded.RegistryState.Version;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of Confluent's REST API that serializers, consoles and build plug-ins use. */
final class RegistryRoutes implements HttpHandler {
  static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final Logger LOG = LoggerFactory.getLogger(RegistryRoutes.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LARGEST_REQUEST = 4 * 1024 * 1024;

  private final SchemaStore store;
  private final List<Route> routes;

  /** A star in the path stands for one segment. */
  private record Route(String method, List<String> path, Function<Call, JsonNode> answer) {
    Optional<List<String>> match(List<String> segments) {
      if (segments.size() != path.size()) {
        return Optional.empty();
      }
      List<String> values = new ArrayList<>();
      for (int i = 0; i < path.size(); i++) {
        if (path.get(i).equals("*")) {
          values.add(segments.get(i));
        } else if (!path.get(i).equals(segments.get(i))) {
          return Optional.empty();
        }
      }
      return Optional.of(values);
    }
  }

  /** One request: what the stars stood for, the query, and the body. */
  private record Call(List<String> values, String query, String body) {
    String subject() {
      return values.getFirst();
    }

    boolean asks(String flag) {
      return Arrays.asList(query.split("&")).contains(flag + "=true");
    }

    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw RegistryRefusal.badRequest("The request is no JSON: " + e.getOriginalMessage());
      }
    }

    Schema schema() {
      JsonNode request = json();
      String type = request.path("schemaType").asText("AVRO");
      if (!type.equals("AVRO")) {
        throw RegistryRefusal.invalidSchema("This registry takes AVRO schemas only, not " + type);
      }
      if (!request.path("references").isEmpty()) {
        throw RegistryRefusal.invalidSchema(
            "This registry takes no schema references; put the referenced types into the schema");
      }
      if (!request.path("schema").isTextual()) {
        throw RegistryRefusal.invalidSchema("The request has no \"schema\" text");
      }
      return SchemaStore.parse(request.path("schema").asText());
    }

    CompatibilityLevel level() {
      return CompatibilityLevel.parse(json().path("compatibility").asText())
          .orElseThrow(RegistryRefusal::invalidLevel);
    }
  }

  RegistryRoutes(SchemaStore store) {
    this.store = store;
    this.routes =
        List.of(
            route("GET", "", call -> JSON.createObjectNode()),
            route("GET", "subjects", call -> texts(store.state().subjects().keySet())),
            route("POST", "subjects/*", this::lookUp),
            route("DELETE", "subjects/*", call -> numbers(store.delete(call.subject()))),
            route("GET", "subjects/*/versions", this::versions),
            route("POST", "subjects/*/versions", this::register),
            route("GET", "subjects/*/versions/*", this::version),
            route("GET", "subjects/*/versions/*/schema", this::versionSchema),
            route("GET", "schemas/types", call -> texts(List.of("AVRO"))),
            route("GET", "schemas/ids/*", this::schema),
            route("GET", "schemas/ids/*/schema", call -> json(store.schema(id(call)))),
            route("GET", "schemas/ids/*/versions", this::usesOfSchema),
            route("GET", "config", call -> level(store.state().level())),
            route("PUT", "config", this::setLevel),
            route("GET", "config/*", this::levelOf),
            route("PUT", "config/*", this::setLevelOf),
            route("DELETE", "config/*", call -> level(store.clearLevel(call.subject()))),
            route("GET", "mode", call -> JSON.createObjectNode().put("mode", "READWRITE")),
            route("POST", "compatibility/subjects/*/versions", this::compatible),
            route("POST", "compatibility/subjects/*/versions/*", this::compatibleWithVersion));
  }

  private static Route route(String method, String path, Function<Call, JsonNode> answer) {
    return new Route(method, Arrays.asList(path.split("/")), answer);
  }

  private JsonNode register(Call call) {
    return JSON.createObjectNode().put("id", store.register(call.subject(), call.schema()));
  }

  private JsonNode lookUp(Call call) {
    return json(call.subject(), store.lookUp(call.subject(), call.schema()));
  }

  private JsonNode versions(Call call) {
    return numbers(store.versions(call.subject()).stream().map(Version::number).toList());
  }

  private JsonNode version(Call call) {
    return json(call.subject(), store.version(call.subject(), call.values().get(1)));
  }

  private JsonNode versionSchema(Call call) {
    return json(store.schema(store.version(call.subject(), call.values().get(1)).id()));
  }

  private JsonNode schema(Call call) {
    return JSON.createObjectNode().put("schema", store.schema(id(call)));
  }

  private JsonNode usesOfSchema(Call call) {
    int id = id(call);
    store.schema(id);
    ArrayNode uses = JSON.createArrayNode();
    store.state().subjects().entrySet().stream()
        .flatMap(subject ->
            subject.getValue().stream()
                .filter(version -> version.id() == id)
                .map(version -> Map.entry(subject.getKey(), version.number())))
        .forEach(
            use -> uses.addObject().put("subject", use.getKey()).put("version", use.getValue()));
    return uses;
  }

  private JsonNode setLevel(Call call) {
    CompatibilityLevel level = call.level();
    store.level(level);
    return JSON.createObjectNode().put("compatibility", level.name());
  }

  private JsonNode levelOf(Call call) {
    return level(
        call.asks("defaultToGlobal")
            ? store.state().levelOf(call.subject())
            : store.ownLevel(call.subject()));
  }

  private JsonNode setLevelOf(Call call) {
    CompatibilityLevel level = call.level();
    store.level(call.subject(), level);
    return JSON.createObjectNode().put("compatibility", level.name());
  }

  private JsonNode compatible(Call call) {
    return verdict(store.problems(call.subject(), call.schema()));
  }

  private JsonNode compatibleWithVersion(Call call) {
    return verdict(store.problemsWithVersion(call.subject(), call.values().get(1), call.schema()));
  }

  private static int id(Call call) {
    try {
      return Integer.parseInt(call.values().getFirst());
    } catch (NumberFormatException e) {
      throw RegistryRefusal.notFound();
    }
  }

  private static JsonNode verdict(List<String> problems) {
    ObjectNode verdict = JSON.createObjectNode().put("is_compatible", problems.isEmpty());
    verdict.set("messages", texts(problems));
    return verdict;
  }

  private static JsonNode level(CompatibilityLevel level) {
    return JSON.createObjectNode().put("compatibilityLevel", level.name());
  }

  private JsonNode json(String subject, Version version) {
    return JSON.createObjectNode()
        .put("subject", subject)
        .put("version", version.number())
        .put("id", version.id())
        .put("schema", store.schema(version.id()));
  }

  /** A schema that is itself the answer, not a text within one. */
  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw RegistryRefusal.storeFailed("a stored schema is no JSON: " + e.getOriginalMessage());
    }
  }

  private static ArrayNode texts(Iterable<String> texts) {
    ArrayNode array = JSON.createArrayNode();
    texts.forEach(array::add);
    return array;
  }

  private static ArrayNode numbers(List<Integer> numbers) {
    ArrayNode array = JSON.createArrayNode();
    numbers.forEach(array::add);
    return array;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status = 200;
      JsonNode answer;
      try {
        answer = answer(exchange);
      } catch (RegistryRefusal e) {
        status = e.status();
        answer = error(e.code(), e.getMessage());
      } catch (RuntimeException e) {
        LOG.atError().setCause(e).log("schema registry failed");
        status = 500;
        answer = error(500, "The registry failed: " + e);
      }
      byte[] bytes = JSON.writeValueAsBytes(answer);
      exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static JsonNode error(int code, @Nullable String message) {
    return JSON.createObjectNode().put("error_code", code).put("message", message);
  }

  private JsonNode answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(LARGEST_REQUEST + 1);
    if (body.length > LARGEST_REQUEST) {
      throw RegistryRefusal.tooLarge(LARGEST_REQUEST);
    }
    List<String> segments = segments(exchange.getRequestURI().getRawPath());
    String query = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
    boolean known = false;
    for (Route route : routes) {
      Optional<List<String>> values = route.match(segments);
      if (values.isPresent() && route.method().equals(exchange.getRequestMethod())) {
        return route
            .answer()
            .apply(new Call(values.orElseThrow(), query, new String(body, StandardCharsets.UTF_8)));
      }
      known |= values.isPresent();
    }
    throw known ? RegistryRefusal.methodNotAllowed() : RegistryRefusal.notFound();
  }

  /** Decoded one by one: a subject may contain an encoded slash. */
  private static List<String> segments(String rawPath) {
    String path = rawPath.endsWith("/") ? rawPath.substring(0, rawPath.length() - 1) : rawPath;
    String relative = path.startsWith("/") ? path.substring(1) : path;
    try {
      return Arrays.stream(relative.split("/"))
          .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
          .toList();
    } catch (IllegalArgumentException e) {
      throw RegistryRefusal.badRequest("The path is not well encoded");
    }
  }
}
