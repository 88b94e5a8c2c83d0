package io.waybill.domain;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A wish of an organization about one of its destinations, decided by the destinations topology.
 *
 * @param commandId names the answer; the same id twice is one command
 * @param actor who asks, for the audit trail
 */
public record DestinationCommand(
    UUID commandId,
    OrganizationId organizationId,
    DestinationId destinationId,
    String actor,
    Instant issuedAt,
    Action action) {

  /** What is asked for. */
  public sealed interface Action {}

  /** A new destination. */
  public record Create(
      String label,
      Optional<String> description,
      DestinationConfig config,
      Fallback fallback,
      boolean isDefault,
      List<SealedField> secrets)
      implements Action {
    public Create {
      secrets = List.copyOf(secrets);
    }
  }

  /**
   * The whole configuration anew. Type and organization cannot change.
   *
   * @param expectedVersion refused as a conflict when the destination has another by now
   */
  public record Update(
      String label,
      Optional<String> description,
      DestinationConfig config,
      Fallback fallback,
      boolean isDefault,
      List<SealedField> secrets,
      OptionalLong expectedVersion)
      implements Action {
    public Update {
      secrets = List.copyOf(secrets);
    }
  }

  /** Requests are taken again, counters start anew. */
  public record Enable(OptionalLong expectedVersion) implements Action {}

  /**
   * No new requests are taken.
   *
   * @param reason in words, for whoever looks at the destination later
   */
  public record Disable(OptionalLong expectedVersion, Optional<String> reason) implements Action {
    /** Without saying why. */
    public Disable(OptionalLong expectedVersion) {
      this(expectedVersion, Optional.empty());
    }
  }

  /** Joins or leaves the organization's defaults. */
  public record SetDefault(boolean isDefault, OptionalLong expectedVersion) implements Action {}

  /** Gone; its tasks end as cancelled. */
  public record Delete(OptionalLong expectedVersion) implements Action {}
}
