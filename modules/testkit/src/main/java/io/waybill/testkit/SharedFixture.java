package io.waybill.testkit;

import io.waybill.embedded.EmbeddedBroker;
import io.waybill.embedded.EmbeddedBrokerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Starts the JVM's one fixture and ends it with the JVM. */
final class SharedFixture {
  private static final String PROPERTY = "kafka.fixture";
  private static @Nullable KafkaFixture shared;

  private SharedFixture() {}

  static synchronized KafkaFixture get() {
    KafkaFixture present = shared;
    if (present != null) {
      return present;
    }
    String asked = System.getProperty(PROPERTY, "auto").toLowerCase(Locale.ROOT);
    String kind = asked.equals("auto") ? (Docker.isAvailable() ? "docker" : "embedded") : asked;
    KafkaFixture started = start(kind);
    System.out.println(
        "kafka.fixture="
            + asked
            + ": tests run against "
            + kind
            + " at "
            + started.bootstrapServers());
    Runtime.getRuntime().addShutdownHook(new Thread(started::close, "kafka-fixture-stop"));
    KafkaFixture kept = new EndsWithTheJvm(started);
    shared = kept;
    return kept;
  }

  private static KafkaFixture start(String kind) {
    return switch (kind) {
      case "docker" -> Docker.startKafka();
      case "embedded" -> Embedded.started();
      case "process" -> BrokerProcess.startTemporary();
      default ->
          throw new IllegalStateException(
              "-D" + PROPERTY + "=" + kind + " is not one of auto, docker, embedded, process");
    };
  }

  private record EndsWithTheJvm(KafkaFixture fixture) implements KafkaFixture {
    @Override
    public String bootstrapServers() {
      return fixture.bootstrapServers();
    }

    @Override
    public Optional<Path> dataFolder() {
      return fixture.dataFolder();
    }

    @Override
    public void close() {
      // Others in this JVM still use it; the shutdown hook closes the fixture itself.
    }
  }

  private record Embedded(EmbeddedBroker broker, Path folder) implements KafkaFixture {
    static Embedded started() {
      Path folder = newFolder();
      EmbeddedBroker broker = new EmbeddedBroker(new EmbeddedBrokerConfig(folder, 0));
      try {
        broker.start();
      } catch (RuntimeException e) {
        Folders.delete(folder);
        throw e;
      }
      return new Embedded(broker, folder);
    }

    private static Path newFolder() {
      try {
        return Files.createTempDirectory("waybill-kafka-");
      } catch (IOException e) {
        throw new UncheckedIOException("no temporary folder for the test broker", e);
      }
    }

    @Override
    public String bootstrapServers() {
      return broker.bootstrapServers();
    }

    @Override
    public Optional<Path> dataFolder() {
      return Optional.of(folder);
    }

    @Override
    public void close() {
      broker.close();
      Folders.delete(folder);
    }
  }
}
