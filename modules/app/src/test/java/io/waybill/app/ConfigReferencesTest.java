package io.waybill.app;

import static io.waybill.app.ConfigFileTest.LEAST;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.EmailConfig;
import io.waybill.domain.FieldError;
import io.waybill.guard.Cidr;
import io.waybill.wire.DestinationJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** References in the operator's configuration, the one place where they are resolved. */
class ConfigReferencesTest {
  private static final Map<String, String> VARIABLES =
      Map.of(
          "KAFKA_PASSWORD", "s3cret$1\\", "NODE", "node-7", "ROLE", "sender-webhook", "EMPTY", "");

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

  /** In lists and in sections of lists, too: what works for one value works for many. */
  @Test
  void elementsOfListsComeFromThereToo() throws IOException {
    Files.writeString(folder.resolve("network"), "10.1.0.0/16\n");
    Files.setPosixFilePermissions(
        folder.resolve("network"), PosixFilePermissions.fromString("rw-------"));

    WaybillConfig config =
        read(LEAST + "roles: [\"${env:ROLE}\"]\nallowCidrs: [\"${file:network}\", 10.2.0.0/16]\n");

    assertThat(config.roles()).containsExactly(Role.SENDER_WEBHOOK);
    assertThat(config.allowCidrs())
        .containsExactly(Cidr.parse("10.1.0.0/16"), Cidr.parse("10.2.0.0/16"));
    assertThatThrownBy(() -> read(LEAST + "allowCidrs: [\"${env:ABSENT}\"]\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("allowCidrs")
        .hasMessageContaining("environment variable ABSENT");
  }

  /**
   * The other direction: what a tenant writes reads nothing of the operator's, wherever it stands.
   * It is refused where it could only be a mistake, and stays as it is written everywhere else.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "env:KAFKA_PASSWORD",
        "env:PATH",
        "file:password",
        "file:/etc/passwd",
      })
  void inADestinationNoneIsEverResolved(String inner) {
    String reference = "${" + inner + "}";
    String json =
        """
        {"organizationId": "o", "label": "%1$s", "description": "%1$s", "type": "webhook",
         "config": {"webhook": {"url": "https://h.example/%2$s", "headers": {"X-Key": "k%1$s"},
           "auth": {"type": "bearer", "token": "t%1$s"},
           "signing": {"secret": "%1$s%1$s%1$s"}}}}
        """;

    assertThat(errors(json.formatted(reference, reference)))
        .containsOnlyKeys(
            "config.webhook.url",
            "config.webhook.headers.X-Key",
            "config.webhook.auth.token",
            "config.webhook.signing.secret")
        .allSatisfy((field, code) -> assertThat(code).isEqualTo("reference-not-allowed"));
    assertThat(
            DestinationJson.parse(
                """
                {"organizationId": "o", "label": "%1$s", "description": "%1$s", "type": "email",
                 "config": {"email": {"service": "smtp", "smtpConfig": {"host": "mx.example"},
                   "from": "a@h.example", "recipients": ["b@h.example"],
                   "subject": "%1$s", "bodyTemplate": "%1$s"}}}
                """
                    .formatted(reference)
                    .getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            DestinationJson.Valid.class,
            valid -> {
              assertThat(valid.spec().label()).isEqualTo(reference);
              assertThat(valid.spec().description()).contains(reference);
              EmailConfig email = (EmailConfig) valid.spec().config();
              assertThat(email.subject()).isEqualTo(reference);
              assertThat(email.bodyTemplate()).contains(reference);
            });
  }

  private static Map<String, String> errors(String json) {
    return ((DestinationJson.Invalid) DestinationJson.parse(json.getBytes(UTF_8)))
        .errors().stream().collect(Collectors.toMap(FieldError::field, FieldError::code));
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
