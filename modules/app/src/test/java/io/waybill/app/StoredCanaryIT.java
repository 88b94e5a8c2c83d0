package io.waybill.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OverallState;
import io.waybill.testkit.Answer;
import io.waybill.testkit.BrokerProcess;
import io.waybill.testkit.HttpSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is left on the disks of a Waybill and its broker that were stopped: state stores write what
 * they hold when they are closed, so only then do their files tell. What must be there is found
 * there; credentials are not.
 */
@Tag("long")
class StoredCanaryIT {
  @DisplayName("row 73: stopped stores and segments hold no credential")
  @Test
  void stoppedStoresAndSegmentsHoldNoCredential(@TempDir Path folder) throws IOException {
    Marker url = new Marker("path");
    Marker payload = new Marker("payload");
    List<MarkedSecret> secrets =
        List.of(
            MarkedSecret.text("value of a header"),
            MarkedSecret.text("API key"),
            MarkedSecret.v1("v1 secret"));
    Path data = Files.createDirectory(folder.resolve("broker"));
    Path stores;
    try (BrokerProcess broker = BrokerProcess.start(data);
        HttpSink receiver = HttpSink.start();
        Installation waybill = Installation.start(broker.bootstrapServers(), Role.all())) {
      stores = waybill.config().stateDirectory();
      Tenant hospital = new Tenant(waybill, Installation.newOrganization());
      receiver.answer(
          "/" + url.text(), request -> Answer.status(503).body(request.headers().toString()));
      DestinationId destination =
          hospital.createMarked(
              """
              {"organizationId": "%s", "label": "canary", "type": "webhook",
               "config": {"webhook": {"url": "%s", "headers": {"X-Key": "%s"},
                 "auth": {"type": "api-key", "key": "%s"}, "signing": {"secret": "%s"},
                 "errorExcerpt": true,
                 "retryConfig": {"maxRetries": 3, "baseDelay": 60000, "maxBackoffDelay": 60000}}}}
              """
                  .formatted(
                      hospital.organization(),
                      receiver.uri("/" + url.text()),
                      secrets.get(0).text(),
                      secrets.get(1).text(),
                      secrets.get(2).text()),
              markers(secrets).toArray(Marker[]::new));
      DeliveryId id =
          hospital.deliver("{\"patient\":\"" + payload.text() + "\"}", "{}", destination);

      // Parked for its next attempt, as long as this test runs.
      hospital.await(
          id,
          status ->
              status.state() == OverallState.PROCESSING
                  && Tenant.part(status, destination).nextAttemptAt().isPresent());
    }

    List<Path> stored = files(stores);
    List<Path> segments = files(data);
    assertThat(holding(url, stored)).as("configurations are in the stores' files").isNotEmpty();
    assertThat(holding(payload, stored)).as("parked tasks are in the stores' files").isNotEmpty();
    assertThat(holding(payload, segments)).as("requests are in the log").isNotEmpty();
    for (Marker credential : markers(secrets)) {
      assertThat(holding(credential, stored)).as("stores with %s", credential).isEmpty();
      assertThat(holding(credential, segments)).as("segments with %s", credential).isEmpty();
    }
  }

  private static List<Marker> markers(List<MarkedSecret> secrets) {
    List<Marker> all = new ArrayList<>();
    secrets.forEach(secret -> all.addAll(secret.markers()));
    return all;
  }

  /** Indexes are sparse and huge, and hold numbers only. */
  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.toString().endsWith("index"))
          .toList();
    }
  }

  private static List<Path> holding(Marker marker, List<Path> files) {
    return files.stream().filter(file -> marker.isIn(text(file))).toList();
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
