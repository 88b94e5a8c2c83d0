package io.waybill.bench;

import com.sun.net.httpserver.HttpServer;
import io.waybill.app.telemetry.LogFormat;
import io.waybill.app.telemetry.Telemetry;
import io.waybill.app.telemetry.TelemetryConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The service's telemetry, with somebody who scrapes it and takes its traces: all in one process.
 */
final class Watching {
  private static final int ORGANIZATIONS = 100;
  private static final double ONE_OF_TEN = 0.1;
  private static final int SCRAPE_SECONDS = 5;

  private final Telemetry telemetry;

  Watching() throws IOException {
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
          }
        });
    collector.start();
    telemetry =
        new Telemetry(
            new TelemetryConfig(
                ORGANIZATIONS,
                true,
                Optional.of(
                    new TelemetryConfig.Otlp(
                        URI.create("http://127.0.0.1:" + collector.getAddress().getPort()),
                        ONE_OF_TEN)),
                LogFormat.TEXT),
            "bench");
    var _ =
        Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("scraper").factory())
            .scheduleAtFixedRate(
                telemetry::scrape, SCRAPE_SECONDS, SCRAPE_SECONDS, TimeUnit.SECONDS);
  }

  Telemetry telemetry() {
    return telemetry;
  }
}
