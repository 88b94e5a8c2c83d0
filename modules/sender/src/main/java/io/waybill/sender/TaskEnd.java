package io.waybill.sender;

import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import java.util.Optional;

/**
 * What became of one task record.
 *
 * @param organization {@link OrganizationId#UNKNOWN} of a record that is no task
 * @param reason why, but for what was delivered
 */
public record TaskEnd(OrganizationId organization, Kind kind, Optional<Reason> reason) {

  /** Where the task went. */
  public enum Kind {
    /** It is over: the destination has it. */
    DELIVERED,
    /** It is over, and can be replayed. */
    DEAD_LETTERED,
    /** It is over, unsent. */
    CANCELLED,
    /** It waits for its next attempt, after one has failed. */
    RETRIED,
    /** It waits, and no attempt was made. */
    PARKED,
    /** The record was no task, and is a dead letter. */
    REFUSED
  }

  static TaskEnd of(Settlement settlement) {
    if (settlement.events().isEmpty()) {
      return new TaskEnd(
          OrganizationId.UNKNOWN,
          Kind.REFUSED,
          settlement.deadLetter().map(letter -> letter.reason()));
    }
    // An attempt that was the last comes first, then what that means for the task.
    var last = settlement.events().getLast();
    return switch (last.transition()) {
      case TaskTransition.Delivered _ ->
          new TaskEnd(last.organizationId(), Kind.DELIVERED, Optional.empty());
      case TaskTransition.AttemptFailed failed ->
          new TaskEnd(last.organizationId(), Kind.RETRIED, Optional.of(failed.reason()));
      case TaskTransition.Parked parked ->
          new TaskEnd(last.organizationId(), Kind.PARKED, Optional.of(parked.reason()));
      case TaskTransition.DeadLettered dead ->
          new TaskEnd(last.organizationId(), Kind.DEAD_LETTERED, Optional.of(dead.reason()));
      case TaskTransition.Cancelled cancelled ->
          new TaskEnd(last.organizationId(), Kind.CANCELLED, Optional.of(cancelled.reason()));
    };
  }
}
