package io.waybill.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A collector: takes OTLP over HTTP, read with the classes that OpenTelemetry generates from its
 * own definition. One for the JVM, and never closed, for the shared installation sends to it until
 * the end.
 */
final class OtlpSink {
  private static final OtlpSink SHARED = new OtlpSink();

  private final HttpServer server;
  private final Map<String, List<Span>> spans = new ConcurrentHashMap<>();

  private OtlpSink() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("otlp-sink-").factory()));
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  static OtlpSink shared() {
    return SHARED;
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** What has come of a trace. */
  List<Span> spansOf(String traceId) {
    return List.copyOf(spans.getOrDefault(traceId, List.of()));
  }

  /** Everything that has come, as text. */
  String text() {
    return spans.values().stream()
        .flatMap(List::stream)
        .map(Span::toString)
        .collect(Collectors.joining("\n"));
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      ExportTraceServiceRequest request =
          ExportTraceServiceRequest.parseFrom(exchange.getRequestBody());
      request.getResourceSpansList().stream()
          .flatMap(resource -> resource.getScopeSpansList().stream())
          .flatMap(scope -> scope.getSpansList().stream())
          .forEach(span ->
              spans
                  .computeIfAbsent(hex(span.getTraceId().toByteArray()), _ -> newList())
                  .add(span));
      byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private static List<Span> newList() {
    return new CopyOnWriteArrayList<>();
  }

  static String hex(byte[] id) {
    return HexFormat.of().formatHex(id);
  }
}
