package io.waybill.domain;

import java.time.Instant;
import java.util.List;
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

  /**
   * A dead-lettered task for another destination, which stands in for the one that it failed at as
   * a fallback does. Decided once: the same wish again finds that it was granted.
   *
   * @param task out of its dead letter
   * @param target who is to get it, as the destinations topic has it
   * @param owner whose the target is; somebody else's reads like one that does not exist
   */
  public record Reroute(Task task, FallbackTarget target, OrganizationId owner) implements Action {}

  /**
   * A task for the first destination that can stand in. Asked by senders, in the transaction that
   * says what became of {@code task}.
   *
   * @param task the one that failed or is overdue, with the attempts it has had and the payload as
   *     it travels: large data stays in the request record
   * @param targets who can stand in, the first choice first; empty when the sender knows nobody
   */
  public record Fallback(Task task, List<FallbackTarget> targets, FallbackCause cause)
      implements Action {
    public Fallback {
      targets = List.copyOf(targets);
    }
  }

  /** Why a fallback is asked for. */
  public sealed interface FallbackCause {}

  /**
   * The task is a dead letter.
   *
   * @param reason the dead letter's, as is its message
   */
  public record Failed(Reason reason, String message) implements FallbackCause {}

  /**
   * The task goes on, for longer than its destination wants to wait for it.
   *
   * @param since not to be sent before this time, and only if the task is still under way then
   */
  public record Overdue(Instant since) implements FallbackCause {}
}
