package io.waybill.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * {@code /health/live} and {@code /health/ready}: 200 when every role of the process is, else 503;
 * the body names each role. Plain HTTP without a word about destinations or deliveries.
 */
final class HealthServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Opens the port.
   *
   * @param port 0 takes a free one
   * @throws IllegalStateException when the port is taken
   */
  HealthServer(InetAddress address, int port, List<RunningRole> roles) {
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
    server.createContext(
        "/health/live", exchange -> answer(exchange, roles, RunningRole::isHealthy));
    server.createContext(
        "/health/ready", exchange -> answer(exchange, roles, RunningRole::isReady));
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

  private static void answer(
      HttpExchange exchange, List<RunningRole> roles, Predicate<RunningRole> isGood) {
    boolean allGood = roles.stream().allMatch(isGood);
    String body =
        roles.stream()
            .map(role -> "\"" + role.name() + "\":" + isGood.test(role))
            .collect(Collectors.joining(",", "{", "}\n"));
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    try (OutputStream out = exchange.getResponseBody()) {
      exchange.sendResponseHeaders(allGood ? 200 : 503, bytes.length);
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("the asker went away", e);
    }
  }
}
