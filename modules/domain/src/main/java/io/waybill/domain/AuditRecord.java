package io.waybill.domain;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Who did what: every change of a destination, every command, every security event.
 *
 * @param action a stable kebab-case word: {@code destination-created}, {@code
 *     foreign-destination-requested}
 * @param subject the id of what it was done to
 * @param configHash SHA-256 of the configuration after the change
 * @param details further names and values; never a credential or a payload
 */
public record AuditRecord(
    OrganizationId organizationId,
    String actor,
    String action,
    String subject,
    Instant occurredAt,
    Optional<String> configHash,
    Map<String, String> details) {
  public AuditRecord {
    details = Map.copyOf(details);
  }
}
