package io.waybill.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * A configured endpoint of one organization, without its credentials.
 *
 * @param label unique within the organization
 * @param fallback who gets its deliveries when it does not
 * @param version 1 when created, raised by every change
 * @param deleted a deleted destination is kept for a while so that its tasks end with that reason
 */
public record Destination(
    DestinationId id,
    OrganizationId organizationId,
    String label,
    Optional<String> description,
    DestinationConfig config,
    Fallback fallback,
    boolean isDefault,
    boolean enabled,
    boolean deleted,
    long version,
    Instant createdAt,
    Instant updatedAt) {

  public DestinationType type() {
    return config.type();
  }
}
