package io.waybill.app.telemetry;

import java.net.URI;
import java.util.Optional;

/**
 * What the operator wants to see.
 *
 * @param organizations how many organizations have a tag of their own in the metrics that have one;
 *     those that come later share {@code other}. 0: no such tag at all
 * @param kafkaClients whether the metrics of Kafka's own clients are shown too
 * @param otlp where traces go; without it there are none
 * @param logFormat how the log is written
 */
public record TelemetryConfig(
    int organizations, boolean kafkaClients, Optional<Otlp> otlp, LogFormat logFormat) {
  /** Each is a time series of its own in several metrics. */
  public static final int MOST_ORGANIZATIONS = 10_000;

  /**
   * An OpenTelemetry collector.
   *
   * @param endpoint of OTLP over HTTP, without the path of traces
   * @param sampleRatio which share of the traces is kept that begin here; of those that a publisher
   *     began it has decided itself. 0 to 1
   */
  public record Otlp(URI endpoint, double sampleRatio) {
    public static final double EVERY_TRACE = 1;
  }

  public TelemetryConfig {
    if (organizations < 0 || organizations > MOST_ORGANIZATIONS) {
      throw new IllegalArgumentException(
          "organizations must be 0 to " + MOST_ORGANIZATIONS + ", not " + organizations);
    }
  }

  /** The same with another log. */
  public TelemetryConfig withLogFormat(LogFormat other) {
    return new TelemetryConfig(organizations, kafkaClients, otlp, other);
  }

  /** No organizations, Kafka's clients, no traces, a log for people. */
  public static TelemetryConfig defaults() {
    return new TelemetryConfig(0, true, Optional.empty(), LogFormat.TEXT);
  }
}
