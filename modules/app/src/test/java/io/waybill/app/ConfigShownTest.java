package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.app.ConfigValue.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The effective configuration can be put into a ticket. */
class ConfigShownTest {
  private static final String SECRET = "s3cr3t-in-clear";

  @TempDir private Path folder;

  @Test
  void masksWhateverKafkaTypesAsAPasswordOrDoesNotKnow() throws IOException {
    Map<String, ConfigValue> values =
        read(
            """
            kafka:
              bootstrap.servers: kafka:9092
              security.protocol: SASL_SSL
              sasl.jaas.config: 'x required username="u" password="%1$s";'
              ssl.key.password: %1$s
              ssl.keystore.password: %1$s
              ssl.truststore.password: %1$s
              ssl.keystore.key: %1$s
              ssl.truststore.location: /etc/trust.p12
              sasl.oauthbearer.client.credentials.client.secret: %1$s
              sasl.oauthbearer.token.endpoint.url: https://u:%1$s@login.example/token
              producer.ssl.key.password: %1$s
              com.example.vault.token: %1$s
              topic.min.insync.replicas: 2
            schemaRegistry:
              schema.registry.url: http://user:%1$s@registry:8081
              basic.auth.user.info: user:%1$s
            keyset: keys.json
            stateDirectory: /var/lib/waybill
            instance: node-1
            """
                .formatted(SECRET));

    assertThat(values.values())
        .allSatisfy(value -> assertThat(value.text()).as(value.key()).doesNotContain(SECRET));
    assertThat(values.get("kafka.sasl.jaas.config").text()).isEqualTo("********");
    assertThat(values.get("kafka.producer.ssl.key.password").text()).isEqualTo("********");
    assertThat(values.get("kafka.com.example.vault.token").text()).isEqualTo("********");
    assertThat(values.get("kafka.security.protocol").text()).isEqualTo("SASL_SSL");
    assertThat(values.get("kafka.ssl.truststore.location").text()).isEqualTo("/etc/trust.p12");
    assertThat(values.get("kafka.topic.min.insync.replicas").text()).isEqualTo("2");
    assertThat(values.get("schemaRegistry.schema.registry.url").text())
        .isEqualTo("http://********@registry:8081");
    assertThat(values.get("schemaRegistry.basic.auth.user.info").text()).isEqualTo("********");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://user:%s/%s@registry:8081 | http://********@registry:8081",
        "http://user:%s@%s@registry:8081 | http://********@registry:8081",
        "http://user:%s?%s#%s@registry | http://********@registry",
        "http://user:%s,%s@registry | http://********@registry",
        "http://%s@one,https://u:%s@two/x,http://three | http://********@one,https://********@two/x,http://three",
        "http://registry/a?token=%s&scope=%s | http://registry/a?token=********&scope=********",
        "http://u:%s@registry/?token=%s,http://two?%s | http://********@registry/?token=********,http://two?********",
        "http://registry/a#%s | http://registry/a#********",
        "http://one:8081,http://two:8081/ | http://one:8081,http://two:8081/",
      })
  void masksWhateverIsSecretInAUrl(String pattern, String shown) throws IOException {
    String url = pattern.replace("%s", SECRET);
    Map<String, ConfigValue> values =
        read(ConfigFileTest.LEAST, Map.of("WAYBILL__SCHEMA_REGISTRY__SCHEMA_REGISTRY_URL", url));

    assertThat(values.get("schemaRegistry.schema.registry.url").text()).isEqualTo(shown);
  }

  @Test
  void showsReferencesAndNotWhatTheyReferTo() throws IOException {
    Map<String, ConfigValue> values =
        read(
            ConfigFileTest.LEAST
                .replace("kafka:9092", "${env:SERVERS}")
                .replace(
                    "schemaRegistry:\n",
                    "schemaRegistry:\n  basic.auth.user.info: ${env:REGISTRY_LOGIN}\n")
                .replace("node-1", "node-${env:NUMBER}"),
            Map.of("SERVERS", SECRET + ":9092", "REGISTRY_LOGIN", SECRET, "NUMBER", SECRET));

    assertThat(values.get("kafka.bootstrap.servers").text()).isEqualTo("${env:SERVERS}");
    assertThat(values.get("schemaRegistry.basic.auth.user.info").text())
        .isEqualTo("${env:REGISTRY_LOGIN}");
    assertThat(values.get("instance").text()).isEqualTo("node-${env:NUMBER}");
    assertThat(values.values())
        .allSatisfy(value -> assertThat(value.text()).doesNotContain(SECRET));
  }

  @Test
  void tellsTheDefaultsAndWhereValuesComeFrom() throws IOException {
    Map<String, ConfigValue> values =
        read(
            ConfigFileTest.LEAST + "retry: {maxAttempts: 3}\n", Map.of("WAYBILL__PARTITIONS", "6"));

    assertThat(values.get("retry.maxAttempts").source()).isEqualTo(Source.FILE);
    assertThat(values.get("partitions"))
        .isEqualTo(
            new ConfigValue(
                "partitions",
                "6",
                Source.ENVIRONMENT,
                java.util.Optional.of("WAYBILL__PARTITIONS")));
    Map<String, String> defaults =
        Map.ofEntries(
            Map.entry("profile", "production"),
            Map.entry("httpPort", "8080"),
            Map.entry("httpAddress", "127.0.0.1"),
            Map.entry("retry.baseDelay", "1000"),
            Map.entry("circuitBreaker.resetTimeout", "60000"),
            Map.entry("sender.inFlight", "1000"),
            Map.entry("sender.perDestination.perSecond", "no limit"),
            Map.entry("alerts.debounce.backlog.maximum", "2"),
            Map.entry("alerts.destinations", "[]"),
            Map.entry("autoDisable.failures", "10"),
            Map.entry("egressProxy", "none"),
            Map.entry("telemetry.otlp", "none"),
            Map.entry("telemetry.organizations", "0"),
            Map.entry("payloadKeys", "none"),
            Map.entry("logging.format", "text"),
            Map.entry("requestTopics.waybill.requests", "*"));
    defaults.forEach((key, text) -> {
      assertThat(values.get(key)).as(key).isNotNull();
      assertThat(values.get(key).text()).as(key).isEqualTo(text);
      assertThat(values.get(key).source()).as(key).isEqualTo(Source.DEFAULT);
    });
  }

  private Map<String, ConfigValue> read(String yaml) throws IOException {
    return read(yaml, Map.of());
  }

  private Map<String, ConfigValue> read(String yaml, Map<String, String> environment)
      throws IOException {
    Path file = Files.writeString(folder.resolve("waybill.yaml"), yaml);
    return ConfigFile.readAll(file, environment).values().stream()
        .collect(Collectors.toMap(ConfigValue::key, Function.identity()));
  }
}
