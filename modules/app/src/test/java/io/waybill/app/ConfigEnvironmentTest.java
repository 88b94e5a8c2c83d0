package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.waybill.app.ConfigValue.Source;
import io.waybill.app.telemetry.LogFormat;
import io.waybill.domain.OrganizationId;
import io.waybill.guard.Cidr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Variables stand over the file, each over one key. */
class ConfigEnvironmentTest {
  @TempDir private Path folder;

  @Test
  void variablesWinOverTheFileAndAddToIt() throws IOException {
    WaybillConfig config =
        read(
                "retry: {maxAttempts: 3, baseDelay: 2000}\n",
                Map.ofEntries(
                    Map.entry("WAYBILL__INSTANCE", "node-7"),
                    Map.entry("WAYBILL__ROLES", "[fan-out, timer]"),
                    Map.entry("WAYBILL__PARTITIONS", "6"),
                    Map.entry("WAYBILL__ALLOW_CIDRS", "[10.0.0.0/8]"),
                    Map.entry("WAYBILL__RETRY__MAX_ATTEMPTS", "9"),
                    Map.entry("WAYBILL__CIRCUIT_BREAKER__RESET_TIMEOUT", "5000"),
                    Map.entry("WAYBILL__SENDER__PER_DESTINATION__IN_FLIGHT", "7"),
                    Map.entry("WAYBILL__ALERTS__DEBOUNCE__FAILURE_RATE__MAXIMUM", "9"),
                    Map.entry("WAYBILL__AUTO_DISABLE__ENABLED", "false"),
                    Map.entry("WAYBILL__LOGGING__FORMAT", "json"),
                    Map.entry("WAYBILL__KAFKA__BOOTSTRAP_SERVERS", "other:9093"),
                    Map.entry("WAYBILL__KAFKA__SASL_JAAS_CONFIG", "a password=\"0042\";"),
                    Map.entry("WAYBILL__KAFKA__COM_EXAMPLE_MY__OWN___KEY", "007"),
                    Map.entry("WAYBILL__SCHEMA_REGISTRY__AUTO_REGISTER_SCHEMAS", "false"),
                    Map.entry("WAYBILL__REQUEST_TOPICS__WAYBILL_REQUESTS", "*"),
                    Map.entry("WAYBILL__REQUEST_TOPICS__ACME__REQUESTS", "[acme]")))
            .config();

    assertThat(config.instance()).isEqualTo("node-7");
    assertThat(config.roles()).isEqualTo(Set.of(Role.FAN_OUT, Role.TIMER));
    assertThat(config.partitions()).isEqualTo(6);
    assertThat(config.allowCidrs()).containsExactly(Cidr.parse("10.0.0.0/8"));
    assertThat(config.sending().retry().maxAttempts()).isEqualTo(9);
    assertThat(config.sending().retry().baseDelay())
        .as("the file's")
        .isEqualTo(Duration.ofSeconds(2));
    assertThat(config.sending().circuitBreaker().resetTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.sending().limits().lane().inFlight()).isEqualTo(7);
    assertThat(config.monitoring().autoDisable().enabled()).isFalse();
    assertThat(config.telemetry().logFormat()).isEqualTo(LogFormat.JSON);
    assertThat(config.kafka())
        .isEqualTo(
            Map.of(
                "bootstrap.servers", "other:9093",
                "sasl.jaas.config", "a password=\"0042\";",
                "com.example.my-own_key", "007"));
    assertThat(config.schemaRegistry()).containsEntry("auto.register.schemas", "false");
    assertThat(config.requestTopics().organizations())
        .isEqualTo(
            Map.of(
                "waybill.requests", Optional.empty(),
                "acme-requests", Optional.of(Set.of(new OrganizationId("acme")))));
  }

  @Test
  void textIsTakenAsItIs() throws IOException {
    WaybillConfig config =
        read(
                "",
                Map.of(
                    "WAYBILL__KAFKA__SSL_KEY_PASSWORD", " ends with a blank ",
                    "WAYBILL__REQUEST_TOPICS__WAYBILL_REQUESTS", " * "))
            .config();

    assertThat(config.kafka()).containsEntry("ssl.key.password", " ends with a blank ");
    assertThat(config.requestTopics().organizations())
        .isEqualTo(Map.of("waybill.requests", Optional.empty()));
  }

  @Test
  void everyKeyHasAVariableOfItsOwnThatIsTaken() throws IOException {
    Map<String, String> names = new HashMap<>();
    ConfigKeys.LEAVES
        .keySet()
        .forEach(
            key -> assertThat(names.put(ConfigEnvironment.variable(key), key)).as(key).isNull());
    for (String name : names.keySet()) {
      ConfigException wrong =
          catchThrowableOfType(ConfigException.class, () -> read("", Map.of(name, "{not: good}")));
      // What is text takes it, or says in its own words what it must be.
      if (wrong != null) {
        assertThat(wrong.problems())
            .as(name)
            .noneSatisfy(problem -> assertThat(problem.toString()).contains("variable of no key"));
      }
    }
  }

  @Test
  void whatIsShownAndWhatHasAVariableIsTheSame() throws IOException {
    List<ConfigValue> values =
        read(
                """
                payloadKeys: p.json
                egressProxy: {host: proxy, port: 3128, connectBy: name}
                telemetry: {otlp: {endpoint: "http://c:4318"}}
                """,
                Map.of())
            .values();

    assertThat(values)
        .filteredOn(value -> ConfigKeys.OPEN.keySet().stream().noneMatch(value.key()::startsWith))
        .extracting(ConfigValue::key)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            ConfigKeys.LEAVES.keySet().stream()
                .filter(key -> !key.equals("egressProxy.credentialsFile"))
                .toList());
  }

  @Test
  void everyKeyStandsInTheDocumentation() throws IOException {
    String page = Files.readString(Path.of("..", "..", "docs", "configuration.md"));
    ConfigKeys.LEAVES
        .keySet()
        .forEach(key -> assertThat(page).as(key).contains(key.substring(key.lastIndexOf('.') + 1)));
    ConfigKeys.OPEN.keySet().forEach(key -> assertThat(page).contains("`" + key + "`"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          WAYBILL__INSTNCE                  | x     | is the variable of no key; did you mean WAYBILL__INSTANCE?
          WAYBILL__RETRY_MAX_ATTEMPTS       | 3     | did you mean WAYBILL__RETRY__MAX_ATTEMPTS?
          WAYBILL__NOTHING_LIKE_IT_AT_ALL   | 3     | is the variable of no key
          WAYBILL_INSTANCE                  | x     | is not read: write WAYBILL__INSTANCE
          WAYBILL_KAFKA__BOOTSTRAP_SERVERS  | x     | is not read: write WAYBILL__KAFKA__BOOTSTRAP_SERVERS
          WAYBILL__PARTITIONS               | ' '   | is set to nothing
          WAYBILL__ROLES                    | '[a'  | is not YAML
          WAYBILL__KAFKA__                  | x     | is the variable of no key
          """)
  void refusesVariablesThatWouldDoNothing(String name, String value, String message) {
    assertThatThrownBy(() -> read("", Map.of(name, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("environment variable " + name)
        .hasMessageContaining(message);
  }

  @Test
  void wrongValuesAreSaidWithTheKey() {
    assertThatThrownBy(() -> read("", Map.of("WAYBILL__PARTITIONS", "many")))
        .hasMessageContaining("partitions must be a whole number");
    assertThatThrownBy(() -> read("retry: 3\n", Map.of("WAYBILL__RETRY__MAX_ATTEMPTS", "3")))
        .hasMessageContaining("cannot be put into retry");
  }

  @Test
  void othersVariablesAreLeftAlone() throws IOException {
    Map<String, String> others =
        Map.of(
            "WAYBILL_OPTS", "-Xmx1g",
            "WAYBILL_KEYSET", "elsewhere.json",
            "WAYBILL_S3_SECRET_KEY", "x",
            // What Kubernetes sets for a service called waybill.
            "WAYBILL_SERVICE_HOST", "10.0.0.1",
            "WAYBILL_PORT", "tcp://10.0.0.1:8080",
            "WAYBILL_PORT_8080_TCP_ADDR", "10.0.0.1",
            "KAFKA_HEAP_OPTS", "-Xmx1g");

    assertThat(read("", others).config()).isEqualTo(read("", Map.of()).config());
  }

  @Test
  void referencesInVariablesAreResolvedAsInTheFile() throws IOException {
    ConfigFile.Read read =
        read(
            "",
            Map.of(
                "WAYBILL__KAFKA__SASL_JAAS_CONFIG", "password=\"${env:KAFKA_PASSWORD}\";",
                "KAFKA_PASSWORD", "open sesame"));

    assertThat(read.config().kafka())
        .containsEntry("sasl.jaas.config", "password=\"open sesame\";");
    assertThat(read.values())
        .filteredOn(value -> value.key().equals("kafka.sasl.jaas.config"))
        .singleElement()
        .satisfies(value -> {
          assertThat(value.source()).isEqualTo(Source.ENVIRONMENT);
          assertThat(value.variable()).contains("WAYBILL__KAFKA__SASL_JAAS_CONFIG");
          assertThat(value.text()).isEqualTo("******** with ${env:KAFKA_PASSWORD}");
        });
  }

  private ConfigFile.Read read(String yaml, Map<String, String> environment) throws IOException {
    Path file = folder.resolve("waybill.yaml");
    return ConfigFile.readAll(Files.writeString(file, ConfigFileTest.LEAST + yaml), environment);
  }
}
