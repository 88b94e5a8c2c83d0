package io.waybill.app;

import io.waybill.app.telemetry.LogFormat;
import io.waybill.app.telemetry.TelemetryConfig;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** {@code telemetry} and {@code logging}. */
final class TelemetrySection {
  static final Set<String> KEYS = Set.of("organizations", "kafkaClients", "otlp");
  static final Set<String> LOGGING_KEYS = Set.of("format");
  private static final Set<String> OTLP_KEYS = Set.of("endpoint", "sampleRatio");

  private static final String ENDPOINT =
      "must be where an OpenTelemetry collector takes OTLP over HTTP, such as"
          + " http://collector:4318, without a user, a path or a query in it";

  private TelemetrySection() {}

  static TelemetryConfig read(ConfigSection section) {
    TelemetryConfig usual = TelemetryConfig.defaults();
    return new TelemetryConfig(
        section.number(
            "organizations", usual.organizations(), 0, TelemetryConfig.MOST_ORGANIZATIONS),
        section.flag("kafkaClients", usual.kafkaClients()),
        otlpIfGiven(section),
        usual.logFormat());
  }

  /** {@code logging}. */
  static LogFormat logFormat(ConfigSection section) {
    return LogFormat.parse(section.text("format", "text"))
        .orElseThrow(() -> section.wrong("format", "must be text or json"));
  }

  private static Optional<TelemetryConfig.Otlp> otlpIfGiven(ConfigSection section) {
    if (!section.has("otlp")) {
      section.note("otlp", "none");
    }
    return section.section("otlp", OTLP_KEYS).map(TelemetrySection::otlp);
  }

  private static TelemetryConfig.Otlp otlp(ConfigSection section) {
    URI endpoint;
    try {
      endpoint = URI.create(section.text("endpoint"));
    } catch (IllegalArgumentException e) {
      throw section.wrong("endpoint", ENDPOINT);
    }
    boolean isHttp = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
    boolean isBare =
        endpoint.getUserInfo() == null
            && ("".equals(endpoint.getRawPath()) || "/".equals(endpoint.getRawPath()))
            && endpoint.getRawQuery() == null
            && endpoint.getRawFragment() == null;
    if (!isHttp || endpoint.getHost() == null || !isBare) {
      throw section.wrong("endpoint", ENDPOINT);
    }
    return new TelemetryConfig.Otlp(
        endpoint, section.share("sampleRatio", TelemetryConfig.Otlp.EVERY_TRACE));
  }
}
