package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.testkit.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a process, as it is configured. */
class JsonLogIT {
  @TempDir private Path folder;

  /** There is no Kafka, which its client says in the log before the command gives up. */
  @Tag("long")
  @Test
  void aProcessWritesJsonWhenItIsToldTo() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("waybill.yaml"),
            ConfigFileTest.LEAST
                    .replace("kafka:9092", "127.0.0.1:1")
                    .replace("/var/lib/waybill", folder.resolve("state").toString())
                + "httpPort: 0\nlogging: {format: json}\n");
    try (ChildJvm child =
        ChildJvm.start(
            ChildJvm.Launch.of(
                    Main.class, folder.resolve("log"), "run", "--config", config.toString())
                .withJvmArguments(
                    "-Xmx256m",
                    "-Dlogback.configurationFile=logback.xml",
                    "-Dwaybill.kafka.log.level=WARN"))) {
      assertThat(child.awaitExit(Duration.ofSeconds(60))).isNotZero();

      JsonNode event =
          new ObjectMapper()
              .readTree(
                  child.lines().stream()
                      .filter(line -> line.startsWith("{"))
                      .findFirst()
                      .orElseThrow(() -> new AssertionError(child.lines())));
      assertThat(event.get("level").textValue()).isEqualTo("WARN");
      assertThat(event.get("logger").textValue()).startsWith("org.apache.kafka.clients");
      assertThat(event.get("message").textValue()).contains("127.0.0.1");
    }
  }
}
