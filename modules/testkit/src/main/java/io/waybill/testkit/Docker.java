package io.waybill.testkit;

import io.waybill.embedded.EmbeddedBrokerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.AppInfoParser;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** Docker through Testcontainers, which is not even loaded where there is no sign of Docker. */
final class Docker {
  /** The same broker version as the clients; {@code -Dkafka.fixture.image} names another image. */
  private static final String IMAGE_PROPERTY = "kafka.fixture.image";

  private static final String WHAT_TO_DO = "Start Docker, or run with -Dkafka.fixture=embedded.";

  private static final Duration START_WITHIN = Duration.ofMinutes(3);

  private Docker() {}

  /** Looks for a socket first, because Testcontainers logs an error and takes a second over it. */
  static boolean isAvailable() {
    return hasSign() && Probe.answers();
  }

  private static boolean hasSign() {
    if (isSet("DOCKER_HOST") || isSet("TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE")) {
      return true;
    }
    if (System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")) {
      return true; // a named pipe, which only the client can try
    }
    Path home = Path.of(System.getProperty("user.home", "/"));
    Stream<Path> sockets =
        Stream.of(
            Path.of("/var/run/docker.sock"),
            home.resolve(".docker/run/docker.sock"),
            home.resolve(".docker/desktop/docker.sock"),
            home.resolve(".testcontainers.properties"));
    Stream<Path> rootless =
        Optional.ofNullable(System.getenv("XDG_RUNTIME_DIR")).stream()
            .map(folder -> Path.of(folder, "docker.sock"));
    return Stream.concat(sockets, rootless).anyMatch(Files::exists);
  }

  private static boolean isSet(String variable) {
    String value = System.getenv(variable);
    return value != null && !value.isBlank();
  }

  static KafkaFixture startKafka() {
    if (!hasSign()) {
      throw new IllegalStateException(
          "-Dkafka.fixture=docker, but no Docker socket was found and DOCKER_HOST is not set. "
              + WHAT_TO_DO);
    }
    if (!Probe.answers()) {
      throw new IllegalStateException(
          "-Dkafka.fixture=docker, but Docker does not answer at its socket or at DOCKER_HOST,"
              + " or this user may not use it: docker info says which. "
              + WHAT_TO_DO);
    }
    return Container.started();
  }

  /** Apart, so that the outer class loads without Testcontainers. */
  private static final class Probe {
    static boolean answers() {
      return DockerClientFactory.instance().isDockerAvailable();
    }
  }

  private record Container(KafkaContainer container) implements KafkaFixture {
    static Container started() {
      String image =
          System.getProperty(IMAGE_PROPERTY, "apache/kafka:" + AppInfoParser.getVersion());
      // Another image is taken at its user's word to be started the same way.
      KafkaContainer container =
          new KafkaContainer(
              DockerImageName.parse(image).asCompatibleSubstituteFor("apache/kafka"));
      // Over Testcontainers' own settings: both say that internal topics have one replica.
      EmbeddedBrokerConfig.defaults()
          .forEach((property, value) -> container.withEnv(KafkaImage.variable(property), value));
      container.withStartupTimeout(START_WITHIN);
      try {
        container.start();
      } catch (ContainerLaunchException | ContainerFetchException e) {
        container.stop();
        throw new IllegalStateException(
            "Docker answers, but a container of "
                + image
                + " did not start; the cause says why (an image that cannot be fetched, say)."
                + " Name another with -D"
                + IMAGE_PROPERTY
                + ", or run with -Dkafka.fixture=embedded.",
            e);
      }
      return new Container(container);
    }

    @Override
    public String bootstrapServers() {
      return container.getBootstrapServers();
    }

    @Override
    public void close() {
      container.stop();
    }
  }
}
