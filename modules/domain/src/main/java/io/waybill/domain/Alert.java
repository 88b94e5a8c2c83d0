package io.waybill.domain;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;

/**
 * Something about one destination that a person should look at.
 *
 * @param alertId made of the destination and the alert's number there: the same alert has the same
 *     id wherever it is read
 * @param label of the destination, when it is known
 * @param message what is the matter and what to do; no payload, no address, no secret
 * @param value what was measured, in the unit of the threshold: a share, a count, milliseconds
 * @param threshold what it was measured against
 */
public record Alert(
    UUID alertId,
    OrganizationId organizationId,
    DestinationId destinationId,
    Optional<String> label,
    AlertKind kind,
    Severity severity,
    String message,
    OptionalDouble value,
    OptionalDouble threshold,
    Instant raisedAt) {

  /** How bad it is, by how far the value is beyond its threshold. */
  public enum Severity {
    LOW,
    MEDIUM,
    HIGH,
    CRITICAL;

    /** 1.5 times the threshold is medium, twice is high, three times critical. */
    public static Severity of(double value, double threshold) {
      double times = value / threshold;
      if (times >= 3) {
        return CRITICAL;
      }
      if (times >= 2) {
        return HIGH;
      }
      return times >= 1.5 ? MEDIUM : LOW;
    }

    /** The word in topics and JSON: lower case. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Reads {@link #word()}. */
    public static Severity parse(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }
}
