package io.waybill.domain;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * A wish about one delivery, decided by the status topology because that owns the delivery's state.
 *
 * @param actor who asks, for the audit trail
 */
public record DeliveryCommand(
    UUID commandId,
    DeliveryId deliveryId,
    OrganizationId organizationId,
    String actor,
    Instant issuedAt,
    Action action) {

  /** What is asked for. */
  public sealed interface Action {}

  /** No further attempt of anything that has not ended. */
  public record Cancel() implements Action {}

  /**
   * Another life for failed tasks, with the payload taken from the request record.
   *
   * @param destinations which of them; empty means all that failed
   */
  public record Retry(Set<DestinationId> destinations) implements Action {
    public Retry {
      destinations = Set.copyOf(destinations);
    }
  }

  /**
   * Another life for one dead-lettered task, which the command brings along. Decided once: a second
   * replay of the same generation finds that it is over.
   */
  public record Replay(Task task) implements Action {}
}
