package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Everything that is wrong is said at once: nobody wants to start ten times. */
class ConfigProblemsTest {
  @TempDir private Path folder;

  @Test
  void namesEveryProblemAtOnce() throws IOException {
    List<String> problems =
        problems(
            """
            profile: prod
            roles: [fanout]
            kafka:
              bootstrap.server: kafka:9092
            schemaRegistry:
              schema.registry.url: http://registry:8081
              auto.register: true
            stateDirectory: /var/lib/waybill
            partitions: 0
            allowCidrs: [10.0.0.0/99]
            httpPort: 70000
            retry: {maxAttempts: 0, baseDelay: 1s, maxDelay: 1, jitterFactor: 2}
            sender: {inFlight: 0, perDestination: {perSecond: 0, inflight: 3}}
            alerts:
              debounce: {backlog: {window: 1}}
              destinations:
                - {organizationId: "a b", destinationId: x}
                - {organizationId: acme, destinationId: "x y"}
            telemetry: {organizations: -1, otlp: {endpoint: here}}
            logging: {format: xml}
            """);

    assertThat(problems)
        .anySatisfy(text -> assertThat(text).startsWith("profile must be production"))
        .anySatisfy(text -> assertThat(text).startsWith("roles 'fanout' is not a role"))
        .anySatisfy(text -> assertThat(text).isEqualTo("kafka.bootstrap.servers is missing"))
        .anySatisfy(text ->
            assertThat(text)
                .startsWith("kafka.bootstrap.server is none that")
                .endsWith("did you mean bootstrap.servers?"))
        .anySatisfy(
            text -> assertThat(text).startsWith("schemaRegistry.auto.register is not a key"))
        .anySatisfy(text -> assertThat(text).isEqualTo("keyset is missing"))
        .anySatisfy(text -> assertThat(text).isEqualTo("instance is missing"))
        .anySatisfy(text -> assertThat(text).startsWith("partitions must be at least 1"))
        .anySatisfy(text -> assertThat(text).startsWith("allowCidrs ").contains("not 99"))
        .anySatisfy(text -> assertThat(text).startsWith("httpPort must be 0 to 65535"))
        .anySatisfy(text -> assertThat(text).startsWith("retry.maxAttempts must be 1"))
        .anySatisfy(text -> assertThat(text).startsWith("retry.baseDelay must be"))
        .anySatisfy(text -> assertThat(text).startsWith("retry.maxDelay must be"))
        .anySatisfy(text -> assertThat(text).startsWith("retry.jitterFactor must be"))
        .anySatisfy(text -> assertThat(text).startsWith("sender.inFlight must be"))
        .anySatisfy(text -> assertThat(text).startsWith("sender.perDestination.perSecond must be"))
        .anySatisfy(text ->
            assertThat(text)
                .startsWith("sender.perDestination.inflight is not a key")
                .endsWith("did you mean inFlight?"))
        .anySatisfy(text -> assertThat(text).startsWith("alerts.debounce.backlog.window must be"))
        .anySatisfy(
            text -> assertThat(text).startsWith("alerts.destinations[0].organizationId must be"))
        .anySatisfy(
            text -> assertThat(text).startsWith("alerts.destinations[1].destinationId must be"))
        .anySatisfy(text -> assertThat(text).startsWith("telemetry.organizations must be"))
        .anySatisfy(text -> assertThat(text).startsWith("telemetry.otlp.endpoint must be"))
        .anySatisfy(text -> assertThat(text).startsWith("logging.format must be text or json"))
        .as("and nothing that only follows from another")
        .hasSize(23);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          keyst: k                               | keyst is not a key     | did you mean keyset?
          allowCIDRs: []                         | allowCIDRs is not      | did you mean allowCidrs?
          retry: {maxRetries: 1}                 | retry.maxRetries is    | maxAttempts
          alerts: {debounce: {backlogs: {}}}     | alerts.debounce.backlogs is not | did you mean backlog?
          alerts: {debounce: {backlog: {windw: 1}}} | backlog.windw is not | did you mean window?
          egressProxy: {hots: p}                 | egressProxy.hots is not | did you mean host?
          telemetry: {otlp: {endpont: x}}        | telemetry.otlp.endpont | did you mean endpoint?
          storage: {platformCredentials: [{buckets: b}]} | platformCredentials[0].buckets | did you mean bucket?
          """)
  void suggestsTheNearestKeyOnEveryLevel(String line, String key, String hint) throws IOException {
    assertThat(problems(ConfigFileTest.LEAST + line + "\n"))
        .anySatisfy(text -> assertThat(text).contains(key).contains(hint));
  }

  @Test
  void aKeyOfAPlugInIsNoSlip() throws IOException {
    String yaml =
        ConfigFileTest.LEAST.replace(
            "kafka:\n",
            "kafka:\n  com.example.interceptor.mode: on\n  main.consumer.fetch.min.bytes: 1\n");
    assertThat(read(yaml).config().kafka()).containsKey("com.example.interceptor.mode");
    assertThat(problems(yaml.replace("fetch.min.bytes", "fetch.min.byte")))
        .singleElement()
        .asString()
        .endsWith("did you mean main.consumer.fetch.min.bytes?");
  }

  @Test
  void referencesThatCannotBeResolvedAreProblemsLikeOthers() throws IOException {
    assertThat(
            problems(
                ConfigFileTest.LEAST.replace(
                        "bootstrap.servers: kafka:9092",
                        "{bootstrap.servers: \"${env:NOWHERE}\", client.rack: \"${env:NOT}\"}")
                    + "allowCidrs: [\"${env:NEITHER}\"]\n"))
        .hasSize(3)
        .anySatisfy(
            text -> assertThat(text).startsWith("kafka.bootstrap.servers").contains("NOWHERE"))
        .anySatisfy(text -> assertThat(text).startsWith("kafka.client.rack").contains("NOT"))
        .anySatisfy(text -> assertThat(text).startsWith("allowCidrs").contains("NEITHER"));
  }

  @Test
  void everyMessageNamesTheFileOnce() throws IOException {
    ConfigException wrong = wrong("partitions: 0\n");

    assertThat(wrong.getMessage())
        .startsWith(folder.resolve("waybill.yaml") + " has 6 problems:")
        .contains(System.lineSeparator() + "  keyset is missing");
  }

  private List<String> problems(String yaml) throws IOException {
    return wrong(yaml).problems().stream().map(ConfigProblem::toString).toList();
  }

  private ConfigException wrong(String yaml) {
    return catchThrowableOfType(ConfigException.class, () -> read(yaml));
  }

  private ConfigFile.Read read(String yaml) throws IOException {
    return ConfigFile.readAll(Files.writeString(folder.resolve("waybill.yaml"), yaml), Map.of());
  }
}
