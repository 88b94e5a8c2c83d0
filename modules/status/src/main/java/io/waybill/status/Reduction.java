package io.waybill.status;

import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.OrganizationId;

/** What an event does to a delivery's status. */
sealed interface Reduction {

  /** The delivery stands like this now. */
  record Changed(DeliveryStatus status) implements Reduction {}

  /** The event is good and says nothing new. */
  record Unchanged(Why why) implements Reduction {}

  /** The event claims another organization than the delivery's: somebody forges, or errs badly. */
  record ForeignOrganization(OrganizationId owner) implements Reduction {}

  /** Nothing is known of the delivery, so nobody can say what the event means. */
  record UnknownDelivery() implements Reduction {}

  /** The delivery has no such task. */
  record UnknownTask() implements Reduction {}

  /** Why nothing changes. */
  enum Why {
    /** The same was said before. */
    REPEATED,
    /** The delivery was accepted; what became of a later request with its id is not its state. */
    ALREADY_ACCEPTED,
    /** The task has been given another life since. */
    OLDER_GENERATION,
    /** A later attempt has been heard of. */
    OLDER_ATTEMPT,
    /** The task is over. */
    TERMINAL
  }
}
