package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run says about its Kafka. Each case is a JVM of its own, for the choice is made once. */
class KafkaFixtureChoiceIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Pattern CHOICE =
      Pattern.compile("kafka\\.fixture=(\\w+): tests run against (\\w+) at (127\\.0\\.0\\.1:\\d+)");

  @TempDir Path folder;

  /** Asks for the fixture, as a test does. */
  static final class Asks {
    public static void main(String[] args) {
      KafkaFixture.shared();
    }
  }

  @Test
  void saysWhatItChose() {
    assumeNoDocker();
    try (ChildJvm child = asking("auto", Map.of())) {
      var choice = child.awaitLine(CHOICE, SOON);
      assertThat(choice.group(1)).isEqualTo("auto");
      assertThat(choice.group(2)).isEqualTo("embedded");
    }
  }

  @Test
  void dockerWithoutASignOfDockerSaysWhatToDo() {
    assumeNoDocker();
    try (ChildJvm child = asking("docker", Map.of())) {
      child.awaitLine(
          Pattern.compile(
              "no Docker socket was found and DOCKER_HOST is not set\\. Start Docker, or run with"
                  + " -Dkafka\\.fixture=embedded\\."),
          SOON);
    }
  }

  @Test
  void dockerThatDoesNotAnswerSaysWhatToDo() {
    assumeNoDocker();
    // Nothing listens on port 1.
    try (ChildJvm child =
        asking("docker", Map.of("DOCKER_HOST", "tcp://127.0.0.1:1", "PATH", "/usr/bin"))) {
      child.awaitLine(
          Pattern.compile(
              "Docker does not answer at its socket or at DOCKER_HOST.*Start Docker, or run with"
                  + " -Dkafka\\.fixture=embedded\\."),
          SOON);
    }
  }

  @Test
  void anUnknownKindNamesTheKinds() {
    try (ChildJvm child = asking("podman", Map.of())) {
      child.awaitLine(
          Pattern.compile("-Dkafka\\.fixture=podman is not one of auto, docker, embedded, process"),
          SOON);
    }
  }

  private ChildJvm asking(String kind, Map<String, String> environment) {
    return ChildJvm.start(
        ChildJvm.Launch.of(Asks.class, folder.resolve("output"))
            // No settings of this user's Docker.
            .withJvmArguments("-Xmx512m", "-Dkafka.fixture=" + kind, "-Duser.home=" + folder)
            .withEnvironment(environment));
  }

  private static void assumeNoDocker() {
    Path socket = Path.of("/var/run/docker.sock");
    if (Files.exists(socket)) {
      System.out.println("SKIPPED: what is said without Docker, for " + socket + " is here");
    }
    assumeTrue(!Files.exists(socket), "needs a machine without Docker");
  }
}
