package io.waybill.app;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.waybill.app.telemetry.TelemetryConfig;
import io.waybill.channel.storage.PlatformCredentials;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.EmailRules;
import io.waybill.domain.RetryPolicy;
import io.waybill.guard.Cidr;
import io.waybill.sender.BreakerPolicy;
import io.waybill.sender.SenderLimits;
import io.waybill.status.AlertRules;
import io.waybill.status.AutoDisable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Reads the YAML file of {@code waybill run --config}. */
public final class ConfigFile {
  private static final Set<String> KEYS =
      Set.of(
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
          "alerts");
  private static final int MOST_PORT = 65535;

  private static final Set<String> RETRY_KEYS =
      Set.of("maxAttempts", "baseDelay", "maxDelay", "jitterFactor");

  private static final Set<String> EMAIL_KEYS = Set.of("allowUnencrypted");
  private static final Set<String> STORAGE_KEYS = Set.of("platformCredentials", "localRoots");
  private static final Set<String> GRANT_KEYS =
      Set.of("organizationId", "bucket", "endpoint", "prefix", "credentialsFile", "roleArn");
  private static final Set<String> ROOT_KEYS = Set.of("organizationId", "name", "folder", "prefix");
  private static final Set<String> BREAKER_KEYS = Set.of("failureThreshold", "resetTimeout");

  private final Path file;
  private final ConfigSection root;

  private ConfigFile(Path file, JsonNode root, Map<String, String> environment) {
    this.file = file;
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    this.root = new ConfigSection(file, "", root, KEYS, new ConfigReferences(folder, environment));
  }

  /**
   * Reads and checks a file. Relative paths in it start at its own folder.
   *
   * @throws IllegalArgumentException naming the file, the key and what would be right
   */
  public static WaybillConfig read(Path file) {
    return read(file, System.getenv());
  }

  static WaybillConfig read(Path file, Map<String, String> environment) {
    try {
      JsonNode root = new YAMLMapper().readTree(Files.readAllBytes(file));
      return new ConfigFile(file, root, environment).config();
    } catch (JsonProcessingException e) {
      // Not as the cause: its message quotes the file, and passwords stand there.
      JsonLocation place = e.getLocation();
      throw new IllegalArgumentException(
          file + " is not YAML" + (place == null ? "" : ": line " + place.getLineNr()));
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private WaybillConfig config() {
    try {
      return new WaybillConfig(
          roles(),
          root.properties("kafka"),
          root.properties("schemaRegistry"),
          root.path("keyset"),
          root.path("stateDirectory"),
          root.text("instance"),
          root.number("partitions", WaybillConfig.DEFAULT_PARTITIONS),
          root.texts("allowCidrs").stream().map(Cidr::parse).toList(),
          root.number("httpPort", WaybillConfig.DEFAULT_HTTP_PORT),
          new Sending(
              retry(),
              circuitBreaker(),
              unencryptedSmtp(),
              platformCredentials(),
              root.section("egressProxy", EgressSection.KEYS).map(EgressSection::read),
              root.numbers("allowPorts", 1, MOST_PORT),
              root.has("payloadKeys") ? Optional.of(root.path("payloadKeys")) : Optional.empty(),
              root.section("sender", SenderSection.KEYS)
                  .map(SenderSection::read)
                  .orElseGet(SenderLimits::defaults)),
          new Monitoring(
              root.section("autoDisable", MonitoringSection.AUTO_DISABLE_KEYS)
                  .map(MonitoringSection::autoDisable)
                  .orElse(AutoDisable.defaults()),
              root.section("alerts", MonitoringSection.ALERT_KEYS)
                  .map(MonitoringSection::alerts)
                  .orElse(AlertRules.defaults())),
          httpAddress(),
          telemetry());
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(file.toString())
          ? e
          : new IllegalArgumentException(file + ": " + message, e);
    }
  }

  /** An address and no name: what it would be looked up to is not what was written. */
  private InetAddress httpAddress() {
    if (!root.has("httpAddress")) {
      return InetAddress.getLoopbackAddress();
    }
    try {
      return InetAddress.ofLiteral(root.text("httpAddress"));
    } catch (IllegalArgumentException e) {
      throw root.wrong("httpAddress", "must be an IP address of this machine, such as 0.0.0.0");
    }
  }

  private TelemetryConfig telemetry() {
    TelemetryConfig shown =
        root.section("telemetry", TelemetrySection.KEYS)
            .map(TelemetrySection::read)
            .orElse(TelemetryConfig.defaults());
    return root.section("logging", TelemetrySection.LOGGING_KEYS)
        .map(TelemetrySection::logFormat)
        .map(shown::withLogFormat)
        .orElse(shown);
  }

  private Set<Role> roles() {
    if (!root.has("roles")) {
      return Role.all();
    }
    Set<Role> roles = EnumSet.noneOf(Role.class);
    root.texts("roles").forEach(word -> roles.add(Role.parse(word)));
    return roles;
  }

  private RetryPolicy retry() {
    RetryPolicy usual = RetryPolicy.defaults();
    return root.section("retry", RETRY_KEYS).map(section -> retry(section, usual)).orElse(usual);
  }

  private BreakerPolicy circuitBreaker() {
    BreakerPolicy usual = BreakerPolicy.defaults();
    return root.section("circuitBreaker", BREAKER_KEYS)
        .map(section ->
            new BreakerPolicy(
                section.number(
                    "failureThreshold",
                    usual.failureThreshold(),
                    1,
                    BreakerPolicy.HIGHEST_THRESHOLD),
                section.millis(
                    "resetTimeout",
                    usual.resetTimeout(),
                    BreakerPolicy.SHORTEST_RESET,
                    BreakerPolicy.LONGEST_RESET)))
        .orElse(usual);
  }

  private Set<String> unencryptedSmtp() {
    return root.section("email", EMAIL_KEYS).map(ConfigFile::unencryptedSmtp).orElse(Set.of());
  }

  private static Set<String> unencryptedSmtp(ConfigSection section) {
    List<String> hosts = section.texts("allowUnencrypted");
    // A pattern or a port would allow nothing, and nobody would know before the first mail.
    if (!hosts.stream().allMatch(host -> EmailRules.checkHost(host).isEmpty())) {
      throw section.wrong(
          "allowUnencrypted",
          "must hold host names like relay.internal.example, as destinations write them, without"
              + " ports and patterns");
    }
    return Set.copyOf(hosts);
  }

  private PlatformCredentials platformCredentials() {
    Optional<ConfigSection> storage = root.section("storage", STORAGE_KEYS);
    return new PlatformCredentials(
        storage.stream()
            .flatMap(section -> section.sections("platformCredentials", GRANT_KEYS).stream())
            .map(GrantSection::read)
            .toList(),
        storage.stream()
            .flatMap(section -> section.sections("localRoots", ROOT_KEYS).stream())
            .map(GrantSection::readRoot)
            .toList());
  }

  private static RetryPolicy retry(ConfigSection section, RetryPolicy usual) {
    Duration longest =
        section.millis(
            "maxDelay", usual.maxDelay(), DestinationRules.MIN_DELAY, DestinationRules.MAX_DELAY);
    // A base that was not asked for must not make a short maximum wrong.
    Duration base =
        usual.baseDelay().compareTo(longest) > 0 && !section.has("baseDelay")
            ? longest
            : section.millis(
                "baseDelay",
                usual.baseDelay(),
                DestinationRules.MIN_DELAY,
                DestinationRules.MAX_DELAY);
    if (base.compareTo(longest) > 0) {
      throw section.wrong("maxDelay", "must not be shorter than retry.baseDelay");
    }
    return new RetryPolicy(
        section.number("maxAttempts", usual.maxAttempts(), 1, DestinationRules.MAX_RETRIES + 1),
        base,
        usual.multiplier(),
        longest,
        section.share("jitterFactor", usual.jitterFactor()),
        usual.maxAge());
  }
}
