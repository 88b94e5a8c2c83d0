package io.waybill.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.waybill.app.telemetry.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What operators' tools ask over HTTP: {@code /health/live} and {@code /health/ready}, 200 when
 * every role of the process is, else 503, with each role's problems; {@code /metrics} for
 * Prometheus; {@code /lag}. Plain HTTP, read only: exactly these paths, GET and HEAD. Names
 * destinations by their id in {@code /lag} and nowhere else, and nothing of what is delivered.
 */
final class HttpEndpoints implements AutoCloseable {
  private static final String JSON = "application/json";

  /** What Prometheus asks for; it reads newer ones too, but no tool reads less. */
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final List<String> METHODS = List.of("GET", "HEAD");

  /** As the server's length of an answer that has none. */
  private static final long NO_BODY = -1;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private record Answer(int status, String type, String body) {}

  /**
   * Opens the port.
   *
   * @param port 0 takes a free one
   * @throws IllegalStateException when the port is taken
   */
  HttpEndpoints(InetAddress address, int port, List<RunningRole> roles, Telemetry telemetry) {
    try {
      server = HttpServer.create(new InetSocketAddress(address, port), 0);
    } catch (IOException e) {
      throw new IllegalStateException(
          "HTTP port "
              + port
              + " cannot be opened ("
              + e.getMessage()
              + "); choose another with httpPort, or 0 for a free one",
          e);
    }
    server.setExecutor(threads);
    Map<String, Supplier<Answer>> answers =
        Map.of(
            "/health/live", () -> health(roles, RunningRole::whyUnhealthy),
            "/health/ready", () -> health(roles, RunningRole::whyNotReady),
            "/metrics", () -> new Answer(200, PROMETHEUS_TEXT, telemetry.scrape()),
            "/lag", () -> new Answer(200, JSON, telemetry.lag().toJson()));
    // One context for all: the server's own are for whatever begins with their path.
    server.createContext("/", exchange -> answer(exchange, answers));
  }

  void start() {
    server.start();
  }

  /** Where it listens. */
  String url() {
    InetSocketAddress address = server.getAddress();
    return "http://" + address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static Answer health(
      List<RunningRole> roles, Function<RunningRole, List<String>> problemsOf) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode byRole = JsonNodeFactory.instance.objectNode();
    boolean allGood = true;
    for (RunningRole role : roles) {
      List<String> problems = problemsOf.apply(role);
      ObjectNode node = byRole.putObject(role.name()).put("status", word(problems.isEmpty()));
      if (!problems.isEmpty()) {
        allGood = false;
        problems.forEach(node.putArray("problems")::add);
      }
    }
    root.put("status", word(allGood)).set("roles", byRole);
    return new Answer(allGood ? 200 : 503, JSON, root + "\n");
  }

  private static String word(boolean isGood) {
    return isGood ? "up" : "down";
  }

  private static void answer(HttpExchange exchange, Map<String, Supplier<Answer>> answers) {
    Supplier<Answer> found = answers.get(exchange.getRequestURI().getPath());
    if (found == null) {
      answer(exchange, new Answer(404, TEXT, "not found; there is " + names(answers) + "\n"));
    } else if (METHODS.contains(exchange.getRequestMethod())) {
      answer(exchange, found.get());
    } else {
      exchange.getResponseHeaders().set("Allow", String.join(", ", METHODS));
      answer(exchange, new Answer(405, TEXT, "read only: GET or HEAD\n"));
    }
  }

  private static String names(Map<String, Supplier<Answer>> answers) {
    return String.join(", ", answers.keySet().stream().sorted().toList());
  }

  private static void answer(HttpExchange exchange, Answer answer) {
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    try (exchange) {
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
        exchange.sendResponseHeaders(answer.status(), NO_BODY);
        return;
      }
      exchange.sendResponseHeaders(answer.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("the asker went away", e);
    }
  }
}
