package io.waybill.domain;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A wish of an operator to pause or to resume, decided by the status topology because that alone
 * writes the control topic. Key: the scope's.
 *
 * @param organizationId for whom it is asked, for the audit trail: a destination's or
 *     organization's own; {@link OrganizationId#UNKNOWN} for a type, which is nobody's
 * @param actor who asks
 */
public record ControlCommand(
    UUID commandId,
    OrganizationId organizationId,
    PauseScope scope,
    String actor,
    Instant issuedAt,
    Action action) {
  /** Longest reason of a pause, in characters. */
  public static final int MAX_REASON_LENGTH = 500;

  /** What is asked for. */
  public sealed interface Action {}

  /**
   * Begin no attempt until it is resumed. What is paused already stays as it is.
   *
   * @param reason for whoever looks at it later
   */
  public record Pause(Optional<String> reason) implements Action {}

  /** Go on. */
  public record Resume() implements Action {}
}
