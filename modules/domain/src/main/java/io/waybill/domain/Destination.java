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
 * @param switchedOff what is known of why it is not enabled; absent while it is
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
    Instant updatedAt,
    Optional<SwitchedOff> switchedOff) {

  /**
   * Why a destination takes no new requests.
   *
   * @param by the actor of the command
   * @param reason in words, when the actor gave one
   */
  public record SwitchedOff(Instant at, String by, Optional<String> reason) {}

  /** One of which it is not known why it is not enabled, if it is not. */
  public Destination(
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
    this(
        id,
        organizationId,
        label,
        description,
        config,
        fallback,
        isDefault,
        enabled,
        deleted,
        version,
        createdAt,
        updatedAt,
        Optional.empty());
  }

  public DestinationType type() {
    return config.type();
  }
}
