package io.waybill.app;

import static io.waybill.app.ConfigFileTest.LEAST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** References in the operator's configuration, the one place where they are resolved. */
class ConfigReferencesTest {
  private static final Map<String, String> VARIABLES =
      Map.of("KAFKA_PASSWORD", "s3cret$1\\", "NODE", "node-7", "EMPTY", "");

  @TempDir private Path folder;

  @BeforeEach
  void writeSecret() throws IOException {
    Path file = Files.writeString(folder.resolve("password"), "from-file\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void valuesComeFromTheEnvironmentAndFromPrivateFiles() throws IOException {
    WaybillConfig config =
        read(
            LEAST
                .replace("node-1", "${env:NODE}")
                .replace(
                    "kafka:\n",
                    """
                    kafka:
                      sasl.jaas.config: 'Login required password="${env:KAFKA_PASSWORD}" x="${file:password}";'
                    """)
                .replace(
                    "schemaRegistry:\n",
                    "schemaRegistry:\n  basic.auth.user.info: waybill:${file:password}\n"));

    assertThat(config.instance()).isEqualTo("node-7");
    assertThat(config.kafka())
        .containsEntry(
            "sasl.jaas.config", "Login required password=\"s3cret$1\\\" x=\"from-file\";");
    assertThat(config.schemaRegistry()).containsEntry("basic.auth.user.info", "waybill:from-file");
    assertThat(config.toString()).doesNotContain("s3cret", "from-file");
  }

  @Test
  void namesTheKeyAndWhatIsMissing() throws IOException {
    for (String name : new String[] {"ABSENT", "EMPTY"}) {
      assertThatThrownBy(() -> read(LEAST.replace("kafka:9092", "${env:" + name + "}")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("waybill.yaml")
          .hasMessageContaining("kafka.bootstrap.servers")
          .hasMessageContaining("environment variable " + name);
    }
    assertThatThrownBy(() -> read(LEAST.replace("kafka:9092", "${file:absent}")))
        .hasMessageContaining("kafka.bootstrap.servers")
        .hasMessageContaining(folder.resolve("absent").toString());
    Files.setPosixFilePermissions(
        folder.resolve("password"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> read(LEAST.replace("kafka:9092", "${file:password}")))
        .hasMessageContaining("chmod 600")
        .hasMessageNotContaining("from-file");
  }

  @Test
  void leavesReferencesToKafkasOwnProvidersAlone() throws IOException {
    WaybillConfig config =
        read(
            LEAST.replace(
                "kafka:\n",
                "kafka:\n  config.providers: env\n  ssl.key.password: ${env:ABSENT}\n"));

    assertThat(config.kafka()).containsEntry("ssl.key.password", "${env:ABSENT}");
  }

  private WaybillConfig read(String yaml) throws IOException {
    return ConfigFile.read(Files.writeString(folder.resolve("waybill.yaml"), yaml), VARIABLES);
  }
}
