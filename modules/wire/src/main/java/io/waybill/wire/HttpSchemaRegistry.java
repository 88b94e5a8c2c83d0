package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A client of any registry that speaks Confluent's REST API, configured with their keys: {@code
 * schema.registry.url} (several, separated by commas, are tried in turn), {@code
 * auto.register.schemas}, {@code use.latest.version}, {@code basic.auth.credentials.source} ({@code
 * USER_INFO} or {@code URL}) and {@code basic.auth.user.info}.
 *
 * <p>Blocking, and safe to share between threads. Ids that the registry does not know are
 * remembered for a short while, so that a flood of broken records does not become a flood of
 * questions.
 */
public final class HttpSchemaRegistry implements SchemaRegistry {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final long UNKNOWN_KEPT_NANOS = Duration.ofSeconds(10).toNanos();
  private static final int UNKNOWN_KEPT_MOST = 10_000;

  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT_TIMEOUT)
          .version(HttpClient.Version.HTTP_1_1)
          .build();
  private final List<URI> servers;
  private final boolean autoRegister;
  private final boolean useLatest;
  private final Optional<String> authorization;
  private final Map<Integer, Long> unknownSince = new ConcurrentHashMap<>();

  /**
   * @param config Confluent's keys; others are ignored
   * @throws IllegalArgumentException when {@code schema.registry.url} is missing or not http(s)
   */
  public HttpSchemaRegistry(Map<String, String> config) {
    List<URI> urls = urls(config.getOrDefault("schema.registry.url", ""));
    servers = urls.stream().map(HttpSchemaRegistry::withoutUserInfo).toList();
    autoRegister = Boolean.parseBoolean(config.getOrDefault("auto.register.schemas", "true"));
    useLatest = Boolean.parseBoolean(config.getOrDefault("use.latest.version", "false"));
    authorization = authorization(config, urls.get(0));
  }

  /** Who is asked, fit to be shown: user and password of a URL are left out. */
  public List<URI> servers() {
    return servers;
  }

  @Override
  public int register(String subject, String schema) {
    String encoded = URLEncoder.encode(subject, StandardCharsets.UTF_8);
    if (useLatest) {
      return id(subject, call("GET", "/subjects/" + encoded + "/versions/latest", ""));
    }
    String body = MAPPER.createObjectNode().put("schema", schema).toString();
    String path = "/subjects/" + encoded + (autoRegister ? "/versions" : "");
    return id(subject, call("POST", path, body));
  }

  @Override
  public String schemaById(int id) {
    Long since = unknownSince.get(id);
    if (since != null && System.nanoTime() - since < UNKNOWN_KEPT_NANOS) {
      throw new RegistryException.UnknownSchema(id);
    }
    Answer answer = call("GET", "/schemas/ids/" + id, "");
    if (answer.status() == 404 && isTheRegistrys(answer)) {
      if (unknownSince.size() >= UNKNOWN_KEPT_MOST) {
        unknownSince.clear();
      }
      unknownSince.put(id, System.nanoTime());
      throw new RegistryException.UnknownSchema(id);
    }
    JsonNode schema = answer.json().path("schema");
    if (answer.status() != 200 || !schema.isTextual()) {
      throw new RegistryException.Unavailable(
          "the schema registry answered "
              + answer.status()
              + " to the question for schema id "
              + id);
    }
    unknownSince.remove(id);
    return schema.textValue();
  }

  /**
   * Whether a registry says 404, and not a proxy before one that is away: taken for an unknown
   * schema, that would make dead letters of all records.
   */
  private static boolean isTheRegistrys(Answer answer) {
    return answer.json().path("error_code").asInt() / 100 == 404;
  }

  private static int id(String subject, Answer answer) {
    JsonNode id = answer.json().path("id");
    if (answer.status() == 200 && id.isInt()) {
      return id.intValue();
    }
    throw new RegistryException.Refused(
        "the schema registry refused the schema of subject "
            + subject
            + " with status "
            + answer.status()
            + ": "
            + answer.json().path("message").asText("no message")
            + ". Check auto.register.schemas, the subject's compatibility and the credentials");
  }

  private Answer call(String method, String path, String body) {
    IOException last = new IOException("no server was asked");
    for (URI server : servers) {
      try {
        return ask(server, method, path, body);
      } catch (IOException e) {
        last = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RegistryException.Unavailable("interrupted while asking the schema registry", e);
      }
    }
    throw new RegistryException.Unavailable(
        "the schema registry cannot be reached at "
            + servers.stream().map(URI::getAuthority).toList()
            + "; records wait until it answers",
        last);
  }

  private Answer ask(URI server, String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + path))
            .timeout(REQUEST_TIMEOUT)
            .header("Accept", "application/vnd.schemaregistry.v1+json")
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    authorization.ifPresent(value -> request.header("Authorization", value));
    HttpResponse<byte[]> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    int status = response.statusCode();
    if (status >= 500 || status == 429 || status == 408) {
      throw new IOException("status " + status + " from " + server.getAuthority());
    }
    return new Answer(status, json(response.body()));
  }

  private static JsonNode json(byte[] body) {
    try {
      JsonNode json = MAPPER.readTree(body);
      return json == null ? MAPPER.missingNode() : json;
    } catch (IOException e) {
      // A proxy's error page, say: the status tells enough.
      return MAPPER.missingNode();
    }
  }

  private static List<URI> urls(String urls) {
    List<URI> parsed = new ArrayList<>();
    for (String url : urls.split(",", -1)) {
      String trimmed = url.strip().replaceAll("/+$", "");
      if (!trimmed.startsWith("http://") && !trimmed.startsWith("https://")) {
        throw new IllegalArgumentException(
            "schema.registry.url must be one or more http(s) URLs separated by commas, for example"
                + " http://localhost:8081");
      }
      try {
        parsed.add(new URI(trimmed));
      } catch (URISyntaxException e) {
        // Its message repeats the URL, and with it a password.
        throw new IllegalArgumentException(
            "schema.registry.url is not a URL: the character at position "
                + e.getIndex()
                + " cannot stand there; in a user or password write it as %XX");
      }
    }
    return List.copyOf(parsed);
  }

  /** What is asked, and named in messages: a password in the URL must not come along. */
  private static URI withoutUserInfo(URI url) {
    String authority = String.valueOf(url.getRawAuthority());
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    return URI.create(
        url.getScheme() + "://" + authority.substring(authority.lastIndexOf('@') + 1) + path);
  }

  private static Optional<String> authorization(Map<String, String> config, URI first) {
    String userInfo =
        switch (config.getOrDefault("basic.auth.credentials.source", "URL")) {
          case "USER_INFO" -> config.getOrDefault("basic.auth.user.info", "");
          case "URL" -> first.getUserInfo() == null ? "" : first.getUserInfo();
          default ->
              throw new IllegalArgumentException(
                  "basic.auth.credentials.source must be USER_INFO or URL");
        };
    return userInfo.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Basic "
                + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8)));
  }

  private record Answer(int status, JsonNode json) {}
}
