package io.waybill.app;

import static io.waybill.app.Sightings.topicsWith;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.testkit.KafkaFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * That a marked credential can be read in no place that outlives an attempt, by somebody who looks
 * at bytes: records, log segments, state stores, metrics, health endpoints, traces.
 */
final class Nowhere {
  private Nowhere() {}

  /** Compared as text below, which costs memory; nothing here comes near to it. */
  private static final long MOST_BYTES = 256 * 1024 * 1024;

  private static final Duration EXPORTED = Duration.ofSeconds(30);

  /** Asserts it, and returns the records that were looked at. */
  static List<RawRecord> assertThatNowhereAre(Installation waybill, Marker... credentials) {
    List<RawRecord> cluster = RawRecord.all(waybill.bootstrapServers());
    List<Path> segments =
        KafkaFixture.shared().dataFolder().map(Nowhere::segments).orElse(List.of());
    List<Path> stores = files(waybill.config().stateDirectory(), file -> true);
    List<String> metrics = metrics();
    String health = health(waybill);
    String spans =
        await().atMost(EXPORTED).until(OtlpSink.shared()::text, text -> text.contains("attempt"));
    if (KafkaFixture.shared().dataFolder().isPresent()) {
      assertThat(segments).as("log segments").hasSizeGreaterThan(10);
    }
    assertThat(stores).as("files of state stores").isNotEmpty();
    assertThat(metrics).as("metrics").hasSizeGreaterThan(100);
    for (Marker credential : credentials) {
      assertThat(topicsWith(credential, cluster)).as("records with %s", credential).isEmpty();
      assertThat(holding(credential, segments)).as("segments with %s", credential).isEmpty();
      assertThat(holding(credential, stores)).as("stores with %s", credential).isEmpty();
      assertThat(metrics.stream().filter(credential::isIn).count())
          .as("metrics with %s", credential)
          .isZero();
      assertThat(credential.isIn(health)).as("health endpoints with %s", credential).isFalse();
      assertThat(credential.isIn(spans)).as("traces with %s", credential).isFalse();
    }
    return cluster;
  }

  /** For what is known to be there: a search that finds nothing may have looked at nothing. */
  static boolean isInSomeSegment(Marker marker) {
    return KafkaFixture.shared()
        .dataFolder()
        .map(folder -> !holding(marker, segments(folder)).isEmpty())
        .orElse(true);
  }

  /** Index files are sparse and huge, and hold numbers only. */
  private static List<Path> segments(Path folder) {
    return files(folder, file -> file.toString().endsWith(".log"));
  }

  private static List<Path> files(Path folder, Predicate<Path> which) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).filter(which).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> holding(Marker marker, List<Path> files) {
    return files.stream().filter(file -> text(file).filter(marker::isIn).isPresent()).toList();
  }

  private static Optional<String> text(Path file) {
    try {
      assertThat(Files.size(file)).isLessThan(MOST_BYTES);
      return Optional.of(new String(Files.readAllBytes(file), ISO_8859_1));
    } catch (NoSuchFileException e) {
      // Stores and segments are rolled while one looks.
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> metrics() {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    List<String> lines = new ArrayList<>();
    for (ObjectName name : server.queryNames(null, null)) {
      if (!name.getDomain().startsWith("java.") && !name.getDomain().startsWith("com.sun")) {
        lines.add(line(server, name));
      }
    }
    return lines;
  }

  private static String line(MBeanServer server, ObjectName name) {
    StringBuilder line = new StringBuilder(name.toString());
    try {
      for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
        line.append(' ').append(attribute.getName()).append('=');
        line.append(server.getAttribute(name, attribute.getName()));
      }
    } catch (JMException | RuntimeException e) {
      // Gone since, or not to be read.
      line.append(' ').append(e);
    }
    return line.toString();
  }

  private static String health(Installation waybill) {
    StringBuilder all = new StringBuilder();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String path : List.of("/health/live", "/health/ready", "/metrics", "/lag")) {
        URI uri = URI.create(waybill.httpUrl() + path);
        all.append(
            client
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body());
      }
      return all.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
