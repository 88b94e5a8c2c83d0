package io.waybill.app;

import io.waybill.domain.AlertKind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The keys of the configuration that hold a value: public API, like their variables. */
final class ConfigKeys {
  private ConfigKeys() {}

  /** How the value of a variable is read. */
  enum Kind {
    /** As it is. */
    TEXT,
    /** As YAML: a number, true or false, a list. */
    YAML
  }

  /** All but those of {@link #OPEN}. */
  static final Map<String, Kind> LEAVES = leaves();

  /** Sections whose keys are not ours, and how their values are read. */
  static final Map<String, Kind> OPEN =
      Map.of("kafka", Kind.TEXT, "schemaRegistry", Kind.TEXT, "requestTopics", Kind.YAML);

  /** Variables with a like name that mean something else: of bin/waybill, of docker-compose.yml. */
  static final Set<String> OTHER_VARIABLES =
      Set.of(
          "WAYBILL_OPTS",
          "WAYBILL_KEYSET",
          "WAYBILL_S3_ACCESS_KEY",
          "WAYBILL_S3_SECRET_KEY",
          "WAYBILL_SIGNING_SECRET");

  private static Map<String, Kind> leaves() {
    Map<String, Kind> keys = new LinkedHashMap<>();
    put(
        keys,
        Kind.TEXT,
        "profile",
        "keyset",
        "payloadKeys",
        "stateDirectory",
        "instance",
        "httpAddress",
        "logging.format",
        "telemetry.otlp.endpoint",
        "email.sesEndpoint",
        "email.sendGridEndpoint",
        "egressProxy.host",
        "egressProxy.connectBy",
        "egressProxy.credentialsFile");
    put(
        keys,
        Kind.YAML,
        "roles",
        "partitions",
        "allowCidrs",
        "allowPorts",
        "httpPort",
        "telemetry.organizations",
        "telemetry.kafkaClients",
        "telemetry.otlp.sampleRatio",
        "retry.maxAttempts",
        "retry.baseDelay",
        "retry.maxDelay",
        "retry.jitterFactor",
        "circuitBreaker.failureThreshold",
        "circuitBreaker.resetTimeout",
        "sender.inFlight",
        "sender.perDestination.inFlight",
        "sender.perDestination.perSecond",
        "email.allowUnencrypted",
        "storage.platformCredentials",
        "storage.localRoots",
        "egressProxy.port",
        "autoDisable.enabled",
        "autoDisable.failures",
        "autoDisable.failingFor",
        "autoDisable.warnAt",
        "alerts.failureRate",
        "alerts.consecutiveFailures",
        "alerts.backlog",
        "alerts.latency",
        "alerts.measuredOver",
        "alerts.leastAttempts",
        "alerts.off",
        "alerts.destinations");
    for (AlertKind kind : AlertKind.values()) {
      String debounce = "alerts.debounce." + kind.word() + ".";
      put(keys, Kind.YAML, debounce + "window", debounce + "cooldown", debounce + "maximum");
    }
    return keys;
  }

  private static void put(Map<String, Kind> keys, Kind kind, String... names) {
    for (String name : names) {
      keys.put(name, kind);
    }
  }
}
