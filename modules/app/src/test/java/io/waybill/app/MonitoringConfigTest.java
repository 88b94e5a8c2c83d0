package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.domain.AlertKind;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.status.AlertCarrier;
import io.waybill.status.AlertRules;
import io.waybill.status.AutoDisable;
import io.waybill.status.Debounce;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MonitoringConfigTest {
  @TempDir private Path folder;

  private Monitoring read(String yaml) throws IOException {
    Path file = folder.resolve("waybill.yaml");
    return ConfigFile.read(Files.writeString(file, ConfigFileTest.LEAST + yaml)).monitoring();
  }

  @Test
  void theDefaultsAreThoseThatAreDocumented() throws IOException {
    Monitoring usual = read("");

    assertThat(usual.autoDisable()).isEqualTo(new AutoDisable(true, 10, Duration.ofHours(24), 0.5));
    Map<AlertKind, Debounce> debounce = new EnumMap<>(AlertKind.class);
    debounce.put(AlertKind.FAILURE_RATE, minutes(15, 60, 3));
    debounce.put(AlertKind.CONSECUTIVE_FAILURES, minutes(10, 30, 2));
    debounce.put(AlertKind.BACKLOG, minutes(30, 120, 2));
    debounce.put(AlertKind.LATENCY, minutes(20, 90, 3));
    debounce.put(AlertKind.WARNED_BEFORE_DISABLING, minutes(60, 1440, 1));
    debounce.put(AlertKind.DISABLED, minutes(60, 60, 3));
    debounce.put(AlertKind.RECOVERED, minutes(15, 30, 3));
    assertThat(usual.alerts())
        .isEqualTo(
            new AlertRules(
                0.1,
                5,
                1000,
                Duration.ofSeconds(30),
                Duration.ofMinutes(15),
                10,
                debounce,
                List.of()));
  }

  private static Debounce minutes(int window, int cooldown, int maximum) {
    return new Debounce(Duration.ofMinutes(window), Duration.ofMinutes(cooldown), maximum);
  }

  @Test
  void readsEveryKey() throws IOException {
    Monitoring read =
        read(
            """
            autoDisable: {enabled: false, failures: 20, failingFor: 3600000, warnAt: 0.75}
            alerts:
              failureRate: 0.2
              consecutiveFailures: 8
              backlog: 50
              latency: 5000
              measuredOver: 60000
              leastAttempts: 4
              off: [latency]
              debounce:
                failure-rate: {window: 1000, cooldown: 2000, maximum: 5}
                recovered: {maximum: 1}
              destinations:
                - {organizationId: hospital-001, destinationId: pager}
                - {organizationId: operator, destinationId: siem, about: ["*"]}
                - {organizationId: operator, destinationId: mail, about: [hospital-001, clinic]}
            """);

    assertThat(read.autoDisable()).isEqualTo(new AutoDisable(false, 20, Duration.ofHours(1), 0.75));
    AlertRules rules = read.alerts();
    assertThat(rules.failureRate()).isEqualTo(0.2);
    assertThat(rules.consecutiveFailures()).isEqualTo(8);
    assertThat(rules.backlog()).isEqualTo(50);
    assertThat(rules.latency()).isEqualTo(Duration.ofSeconds(5));
    assertThat(rules.measuredOver()).isEqualTo(Duration.ofMinutes(1));
    assertThat(rules.leastAttempts()).isEqualTo(4);
    assertThat(rules.debounce())
        .doesNotContainKey(AlertKind.LATENCY)
        .containsEntry(
            AlertKind.FAILURE_RATE, new Debounce(Duration.ofSeconds(1), Duration.ofSeconds(2), 5))
        .containsEntry(AlertKind.RECOVERED, minutes(15, 30, 1))
        .containsEntry(AlertKind.BACKLOG, minutes(30, 120, 2));
    OrganizationId hospital = new OrganizationId("hospital-001");
    OrganizationId operator = new OrganizationId("operator");
    assertThat(rules.carriers())
        .containsExactly(
            AlertCarrier.ofOwn(hospital, new DestinationId("pager")),
            new AlertCarrier(operator, new DestinationId("siem"), Optional.empty()),
            new AlertCarrier(
                operator,
                new DestinationId("mail"),
                Optional.of(Set.of(hospital, new OrganizationId("clinic")))));
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        argumentSet("misspelt", "autoDisable: {after: 3}\n", "autoDisable.after is not a key"),
        argumentSet(
            "text as flag",
            "autoDisable: {enabled: maybe}\n",
            "autoDisable.enabled must be true or false"),
        argumentSet(
            "never warned", "autoDisable: {warnAt: 0}\n", "autoDisable.warnAt must be above 0"),
        argumentSet("no time", "autoDisable: {failingFor: 0}\n", "autoDisable.failingFor must be"),
        argumentSet("no rate", "alerts: {failureRate: 0}\n", "alerts.failureRate must be above 0"),
        argumentSet(
            "unknown kind off",
            "alerts: {off: [boredom]}\n",
            "alerts.off must hold kinds of alerts, which are [backlog, consecutive-failures"),
        argumentSet(
            "unknown kind debounced",
            "alerts: {debounce: {boredom: {maximum: 1}}}\n",
            "alerts.debounce.boredom is not a key"),
        argumentSet(
            "none at all",
            "alerts: {debounce: {backlog: {maximum: 0}}}\n",
            "alerts.debounce.backlog.maximum must be 1 to 100"),
        argumentSet(
            "nobody's",
            "alerts: {destinations: [{destinationId: pager}]}\n",
            "alerts.destinations[0].organizationId is missing"),
        argumentSet(
            "no id",
            "alerts: {destinations: [{organizationId: a, destinationId: a/b}]}\n",
            "alerts.destinations[0].destinationId must be the id"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void namesTheKey(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("waybill.yaml")
        .hasMessageContaining(message);
  }
}
