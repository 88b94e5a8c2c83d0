package io.waybill.app;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.waybill.app.telemetry.LogFormat;
import io.waybill.app.telemetry.TelemetryConfig;
import io.waybill.guard.Cidr;
import io.waybill.status.AlertCarrier;
import io.waybill.status.AlertRules;
import io.waybill.status.AutoDisable;
import io.waybill.wire.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Reads the YAML file of {@code waybill run --config}, and the environment over it. Finds
 * everything that is wrong with it at once.
 */
public final class ConfigFile {
  private static final Set<String> KEYS =
      Set.of(
          "profile",
          "roles",
          "kafka",
          "schemaRegistry",
          "keyset",
          "payloadKeys",
          "stateDirectory",
          "instance",
          "partitions",
          "allowCidrs",
          "allowPorts",
          "httpPort",
          "httpAddress",
          "telemetry",
          "logging",
          "retry",
          "circuitBreaker",
          "sender",
          "email",
          "storage",
          "egressProxy",
          "autoDisable",
          "alerts",
          "requestTopics");
  private static final int MOST_PORT = 65535;

  private static final String REGISTRY_USER = "basic.auth.user.info";
  private static final Set<String> REGISTRY_KEYS =
      Set.of(
          "schema.registry.url",
          "auto.register.schemas",
          "use.latest.version",
          "basic.auth.credentials.source",
          REGISTRY_USER);
  private final ConfigReading reading;
  private final ConfigSection root;

  private ConfigFile(ConfigReading reading, JsonNode root) {
    this.reading = reading;
    this.root = new ConfigSection(reading, "", root, KEYS);
  }

  /**
   * A configuration, and what it is made of.
   *
   * @param values every key that holds, for people
   */
  public record Read(WaybillConfig config, List<ConfigValue> values) {
    public Read {
      values = List.copyOf(values);
    }
  }

  /**
   * Reads and checks a file with this process's environment. Relative paths in it start at its own
   * folder.
   *
   * @throws ConfigException naming the file, each key that is wrong, and what would be right
   * @throws IllegalArgumentException when it cannot be read at all
   */
  public static WaybillConfig read(Path file) {
    return read(file, System.getenv());
  }

  static WaybillConfig read(Path file, Map<String, String> environment) {
    return readAll(file, environment).config();
  }

  /**
   * The same with where each value comes from.
   *
   * @throws ConfigException as {@link #read}
   */
  static Read readAll(Path file, Map<String, String> environment) {
    JsonNode tree;
    try {
      tree = new YAMLMapper().readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      // Not as the cause: its message quotes the file, and passwords stand there.
      JsonLocation place = e.getLocation();
      throw new IllegalArgumentException(
          file + " is not YAML" + (place == null ? "" : ": line " + place.getLineNr()));
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
    }
    ConfigEnvironment variables = new ConfigEnvironment();
    if (tree instanceof ObjectNode root) {
      variables.overlay(root, environment);
    }
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    ConfigReading reading =
        new ConfigReading(file, new ConfigReferences(folder, environment), variables.variables());
    variables.problems().forEach(problem -> reading.problem(problem.key(), problem.text()));
    return new ConfigFile(reading, tree).config();
  }

  private Read config() {
    Profile profile = attempt("profile", this::profile, Profile.PRODUCTION);
    Set<Role> roles = attempt("roles", this::roles, Set.of());
    Map<String, String> kafka = kafka();
    Map<String, String> schemaRegistry = schemaRegistry();
    Path keyset = attempt("keyset", () -> root.path("keyset"), Path.of(""));
    Optional<Path> payloadKeys =
        attempt("payloadKeys", () -> root.pathIfGiven("payloadKeys"), Optional.empty());
    Path stateDirectory = attempt("stateDirectory", () -> root.path("stateDirectory"), Path.of(""));
    String instance = attempt("instance", () -> root.text("instance"), "");
    int partitions = root.number("partitions", WaybillConfig.DEFAULT_PARTITIONS);
    if (partitions < 1) {
      root.problem("partitions", "must be at least 1, not " + partitions);
    }
    List<Cidr> allowCidrs =
        attempt(
            "allowCidrs",
            () -> root.texts("allowCidrs").stream().map(Cidr::parse).toList(),
            List.of());
    int httpPort = root.number("httpPort", WaybillConfig.DEFAULT_HTTP_PORT, 0, MOST_PORT);
    InetAddress httpAddress =
        attempt("httpAddress", this::httpAddress, InetAddress.getLoopbackAddress());
    Sending sending = new SendingSection(reading, root).read(payloadKeys);
    Monitoring monitoring = monitoring();
    TelemetryConfig telemetry = attempt("telemetry", this::telemetry, TelemetryConfig.defaults());
    RequestTopicsConfig requestTopics =
        attempt(
            RequestTopicsSection.KEY,
            () -> RequestTopicsSection.read(root),
            RequestTopicsConfig.defaults());
    requireAlertsToBeTaken(monitoring, requestTopics);
    reading.requireNoProblem();
    WaybillConfig config =
        new WaybillConfig(
            roles,
            kafka,
            schemaRegistry,
            keyset,
            stateDirectory,
            instance,
            partitions,
            allowCidrs,
            httpPort,
            sending,
            monitoring,
            httpAddress,
            telemetry,
            profile,
            requestTopics);
    return new Read(config, reading.values());
  }

  private <T> T attempt(String key, Supplier<T> part, T instead) {
    return reading.attempt(key, part, instead);
  }

  private Profile profile() {
    return Profile.parse(root.text("profile", Profile.PRODUCTION.word()))
        .orElseThrow(() -> root.wrong("profile", "must be production or development"));
  }

  private Map<String, String> kafka() {
    Map<String, String> kafka = root.properties("kafka", KafkaKeys::shown);
    if (root.has("kafka") && !kafka.containsKey("bootstrap.servers")) {
      root.problem("kafka.bootstrap.servers", "is missing");
    }
    kafka
        .keySet()
        .forEach(key ->
            KafkaKeys.meant(key)
                .ifPresent(known ->
                    root.problem(
                        "kafka." + key,
                        "is none that Kafka's clients know; did you mean " + known + "?")));
    return kafka;
  }

  private Map<String, String> schemaRegistry() {
    Map<String, String> registry = root.properties("schemaRegistry", ConfigFile::shown);
    if (root.has("schemaRegistry") && !registry.containsKey("schema.registry.url")) {
      root.problem("schemaRegistry.schema.registry.url", "is missing");
    }
    registry.keySet().stream()
        .filter(key -> !REGISTRY_KEYS.contains(key))
        .forEach(key ->
            root.problem(
                "schemaRegistry." + key,
                "is not a key; there are "
                    + new TreeSet<>(REGISTRY_KEYS)
                    + Nearest.hint(key, REGISTRY_KEYS)));
    return registry;
  }

  private static String shown(String key, String text) {
    boolean isPublic = REGISTRY_KEYS.contains(key) && !key.equals(REGISTRY_USER);
    return isPublic ? KafkaKeys.withoutSecrets(text) : KafkaKeys.masked(text);
  }

  private Monitoring monitoring() {
    return new Monitoring(
        attempt(
            "autoDisable",
            () ->
                MonitoringSection.autoDisable(
                    root.sectionOrEmpty("autoDisable", MonitoringSection.AUTO_DISABLE_KEYS)),
            AutoDisable.defaults()),
        attempt(
            "alerts",
            () ->
                MonitoringSection.alerts(
                    root.sectionOrEmpty("alerts", MonitoringSection.ALERT_KEYS)),
            AlertRules.defaults()));
  }

  /** Alerts are delivered by requests on one topic, which may not speak for everybody. */
  private void requireAlertsToBeTaken(Monitoring monitoring, RequestTopicsConfig requestTopics) {
    monitoring.alerts().carriers().stream()
        .map(AlertCarrier::organization)
        .distinct()
        .filter(organization -> !requestTopics.mayBeAlerted(organization))
        .forEach(organization ->
            root.problem(
                "alerts.destinations",
                "names organization "
                    + organization
                    + ", but its alerts would be rejected: they are published to "
                    + Topics.REQUESTS
                    + ", which may not speak for it. Add it there in requestTopics"));
  }

  /** An address and no name: what it would be looked up to is not what was written. */
  private InetAddress httpAddress() {
    if (!root.has("httpAddress")) {
      root.note("httpAddress", InetAddress.getLoopbackAddress().getHostAddress());
      return InetAddress.getLoopbackAddress();
    }
    try {
      return InetAddress.ofLiteral(root.text("httpAddress"));
    } catch (IllegalArgumentException e) {
      throw root.wrong("httpAddress", "must be an IP address of this machine, such as 0.0.0.0");
    }
  }

  private TelemetryConfig telemetry() {
    LogFormat format =
        attempt(
            "logging",
            () ->
                TelemetrySection.logFormat(
                    root.sectionOrEmpty("logging", TelemetrySection.LOGGING_KEYS)),
            LogFormat.TEXT);
    return TelemetrySection.read(root.sectionOrEmpty("telemetry", TelemetrySection.KEYS))
        .withLogFormat(format);
  }

  private Set<Role> roles() {
    if (!root.has("roles")) {
      root.note("roles", Role.all().stream().map(Role::word).toList().toString());
      return Role.all();
    }
    Set<Role> roles = EnumSet.noneOf(Role.class);
    root.texts("roles").forEach(word -> roles.add(Role.parse(word)));
    return roles;
  }
}
