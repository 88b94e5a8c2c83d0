package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.app.telemetry.LogFormat;
import io.waybill.app.telemetry.TelemetryConfig;
import io.waybill.domain.RetryPolicy;
import io.waybill.guard.Cidr;
import io.waybill.sender.BreakerPolicy;
import io.waybill.sender.LaneLimits;
import io.waybill.sender.SenderLimits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigFileTest {
  static final String LEAST =
      """
      kafka:
        bootstrap.servers: kafka:9092
      schemaRegistry:
        schema.registry.url: http://registry:8081
      keyset: keys.json
      stateDirectory: /var/lib/waybill
      instance: node-1
      """;

  @TempDir private Path folder;

  @Test
  void takesTheDefaultsOfWhatIsLeftOut() throws IOException {
    WaybillConfig config = read(LEAST);

    assertThat(config)
        .isEqualTo(
            new WaybillConfig(
                    Role.all(),
                    Map.of("bootstrap.servers", "kafka:9092"),
                    Map.of("schema.registry.url", "http://registry:8081"),
                    folder.resolve("keys.json"),
                    Path.of("/var/lib/waybill"),
                    "node-1",
                    12,
                    List.of(),
                    8080,
                    Sending.defaults())
                .withProfile(Profile.PRODUCTION));
  }

  @Test
  void readsEveryKey() throws IOException {
    WaybillConfig config =
        read(
            LEAST
                + """
                roles: [fan-out, sender-webhook]
                partitions: 3
                allowCidrs: [10.0.0.0/8, "fd00::/8"]
                allowPorts: [9200, 2375]
                httpPort: 0
                retry: {maxAttempts: 3, baseDelay: 1000, maxDelay: 30000, jitterFactor: 0.1}
                circuitBreaker: {failureThreshold: 7, resetTimeout: 5000}
                sender: {inFlight: 200, perDestination: {inFlight: 20, perSecond: 2.5}}
                """);

    assertThat(config.roles()).isEqualTo(Set.of(Role.FAN_OUT, Role.SENDER_WEBHOOK));
    assertThat(config.partitions()).isEqualTo(3);
    assertThat(config.allowCidrs())
        .containsExactly(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8"));
    assertThat(config.sending().allowedPorts()).containsExactlyInAnyOrder(9200, 2375);
    assertThat(config.httpPort()).isZero();
    assertThat(config.sending().retry())
        .isEqualTo(
            new RetryPolicy(
                3, Duration.ofSeconds(1), 2, Duration.ofSeconds(30), 0.1, Duration.ofHours(24)));
    assertThat(config.sending().circuitBreaker())
        .isEqualTo(new BreakerPolicy(7, Duration.ofSeconds(5)));
    SenderLimits usual = SenderLimits.defaults();
    assertThat(config.sending().limits())
        .isEqualTo(usual.with(200, new LaneLimits(20, 2.5, usual.lane().waiting())));
  }

  @Test
  void whatIsNotSaidOfSendersStaysAsUsual() throws IOException {
    SenderLimits usual = SenderLimits.defaults();
    assertThat(read(LEAST + "sender: {perDestination: {perSecond: 10}}\n").sending().limits())
        .isEqualTo(usual.with(usual.inFlight(), usual.lane().with(100, 10)));
    assertThat(read(LEAST + "sender: {inFlight: 10000}\n").sending().limits())
        .isEqualTo(usual.with(10_000, usual.lane()));
    assertThat(usual.lane().perSecond()).as("no limit").isInfinite();
  }

  @Test
  void readsWhatIsToBeShownAndWhere() throws IOException {
    WaybillConfig config =
        read(
            LEAST
                + """
                httpAddress: 0.0.0.0
                logging: {format: json}
                telemetry:
                  organizations: 50
                  kafkaClients: false
                  otlp: {endpoint: "https://collector:4318", sampleRatio: 0.25}
                """);

    assertThat(config.httpAddress().getHostAddress()).isEqualTo("0.0.0.0");
    assertThat(config.telemetry())
        .isEqualTo(
            new TelemetryConfig(
                50,
                false,
                Optional.of(new TelemetryConfig.Otlp(URI.create("https://collector:4318"), 0.25)),
                LogFormat.JSON));
    assertThat(read(LEAST + "telemetry: {otlp: {endpoint: \"http://c:4318\"}}\n").telemetry())
        .isEqualTo(
            new TelemetryConfig(
                0,
                true,
                Optional.of(new TelemetryConfig.Otlp(URI.create("http://c:4318"), 1)),
                LogFormat.TEXT));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          httpAddress: localhost                           | httpAddress must be an IP address
          logging: {format: xml}                           | logging.format must be text or json
          logging: {level: info}                           | logging.level is not a key
          telemetry: {organizations: -1}                   | telemetry.organizations must be 0 to 10000
          telemetry: {kafkaClients: 1}                     | telemetry.kafkaClients must be true or false
          telemetry: {otlp: {sampleRatio: 1}}              | telemetry.otlp.endpoint must be where
          telemetry: {otlp: {endpoint: "collector:4318"}}  | telemetry.otlp.endpoint must be where
          telemetry: {otlp: {endpoint: "http://u:p@c"}}    | telemetry.otlp.endpoint must be where
          telemetry: {otlp: {endpoint: "http://c?token=x"}} | telemetry.otlp.endpoint must be where
          telemetry: {otlp: {endpoint: "http://c/v1"}}     | telemetry.otlp.endpoint must be where
          telemetry: {otlp: {endpoint: "http://c", sampleRatio: 2}} | telemetry.otlp.sampleRatio must be a number
          """)
  void saysWhatIsWrongWithWhatIsToBeShown(String line, String message) {
    assertThatThrownBy(() -> read(LEAST + line + "\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aShortMaximumDelayShortensTheBaseThatWasNotGiven() throws IOException {
    RetryPolicy retry = read(LEAST + "retry: {maxDelay: 200}\n").sending().retry();

    assertThat(retry.baseDelay()).isEqualTo(Duration.ofMillis(200));
    assertThat(retry.maxAttempts()).isEqualTo(RetryPolicy.defaults().maxAttempts());
  }

  @Test
  void readsTheSampleThatIsShipped() {
    WaybillConfig config = ConfigFile.read(Path.of("..", "..", "deploy", "waybill.yaml"));

    assertThat(config.roles()).isEqualTo(Role.all());
    assertThat(config.kafka()).containsEntry("bootstrap.servers", "localhost:9092");
  }

  @Test
  void readsTheConfigurationOfTheComposeFile() {
    WaybillConfig config =
        ConfigFile.read(Path.of("..", "..", "deploy", "compose", "waybill.yaml"));

    assertThat(config.roles()).isEqualTo(Role.all());
    assertThat(config.kafka())
        .containsEntry("bootstrap.servers", "kafka-1:9092,kafka-2:9092,kafka-3:9092");
    assertThat(config.keyset()).isEqualTo(Path.of("/run/waybill/keyset.json"));
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        argumentSet("misspelt key", LEAST + "partition: 3\n", "partition is not a key"),
        argumentSet("unknown role", LEAST + "roles: [fanout]\n", "'fanout' is not a role"),
        argumentSet(
            "bad network", LEAST + "allowCidrs: [10.0.0.0/99]\n", "must be 0 to 32, not 99"),
        argumentSet("port 0", LEAST + "allowPorts: [0]\n", "whole numbers from 1 to 65535"),
        argumentSet("port by name", LEAST + "allowPorts: [redis]\n", "allowPorts must hold"),
        argumentSet("one port", LEAST + "allowPorts: 9200\n", "allowPorts must be a list"),
        argumentSet("text as number", LEAST + "partitions: many\n", "partitions must be a whole"),
        argumentSet("no partitions", LEAST + "partitions: 0\n", "partitions must be at least 1"),
        argumentSet("no Kafka", LEAST.replace("kafka:\n", "kafka: x\n#"), ""),
        argumentSet(
            "no servers",
            LEAST.replace("bootstrap.servers", "client.rack"),
            "kafka.bootstrap.servers is missing"),
        argumentSet("no keyset", LEAST.replace("keyset: keys.json\n", ""), "keyset is missing"),
        argumentSet(
            "no attempt", LEAST + "retry: {maxAttempts: 0}\n", "retry.maxAttempts must be 1"),
        argumentSet(
            "another vocabulary",
            LEAST + "retry: {maxRetries: 3}\n",
            "retry.maxRetries is not a key; there are [baseDelay, jitterFactor, maxAttempts"),
        argumentSet("a duration", LEAST + "retry: {baseDelay: 1s}\n", "retry.baseDelay must be 10"),
        argumentSet(
            "no such long delay", LEAST + "retry: {maxDelay: 3600001}\n", "retry.maxDelay must be"),
        argumentSet(
            "maximum below base",
            LEAST + "retry: {baseDelay: 1000, maxDelay: 500}\n",
            "retry.maxDelay must not be shorter than retry.baseDelay"),
        argumentSet("jitter", LEAST + "retry: {jitterFactor: 1.5}\n", "retry.jitterFactor must be"),
        argumentSet(
            "no failure",
            LEAST + "circuitBreaker: {failureThreshold: 0}\n",
            "circuitBreaker.failureThreshold must be 1 to 1000"),
        argumentSet(
            "another breaker's word",
            LEAST + "circuitBreaker: {recoveryTimeout: 60000}\n",
            "circuitBreaker.recoveryTimeout is not a key"),
        argumentSet(
            "a short reset",
            LEAST + "circuitBreaker: {resetTimeout: 0}\n",
            "circuitBreaker.resetTimeout must be 1 to"),
        argumentSet(
            "no send at all",
            LEAST + "sender: {inFlight: 0}\n",
            "sender.inFlight must be 1 to 10000, not 0"),
        argumentSet(
            "more of one destination than a partition holds",
            LEAST + "sender: {perDestination: {inFlight: 501}}\n",
            "sender.perDestination.inFlight must be 1 to 500, not 501"),
        argumentSet(
            "never",
            LEAST + "sender: {perDestination: {perSecond: 0}}\n",
            "sender.perDestination.perSecond must be a number from 0.01 to 100000"),
        argumentSet(
            "a rate in words",
            LEAST + "sender: {perDestination: {perSecond: 10/s}}\n",
            "sender.perDestination.perSecond must be a number"),
        argumentSet(
            "more than any sender makes",
            LEAST + "sender: {perDestination: {perSecond: 100000.5}}\n",
            "sender.perDestination.perSecond must be a number from 0.01 to 100000"),
        argumentSet(
            "a rate of the whole sender",
            LEAST + "sender: {perSecond: 10}\n",
            "sender.perSecond is not a key; there are [inFlight, perDestination]"),
        argumentSet("no section", LEAST + "retry: 3\n", "retry must hold keys and values"),
        argumentSet("a list", "- a\n", "must hold keys and values"),
        argumentSet("not YAML", "kafka: [\n", "is not YAML"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void namesTheFileAndTheKey(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("waybill.yaml")
        .hasMessageContaining(message);
  }

  private WaybillConfig read(String yaml) throws IOException {
    return ConfigFile.read(Files.writeString(folder.resolve("waybill.yaml"), yaml));
  }
}
