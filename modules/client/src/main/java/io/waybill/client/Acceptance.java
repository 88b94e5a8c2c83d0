package io.waybill.client;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.FieldError;
import io.waybill.domain.Reason;
import java.util.List;

/** What fan-out made of a request. Every request that was published gets one of these answers. */
public sealed interface Acceptance {
  /** The id that the request was published with. */
  DeliveryId deliveryId();

  /**
   * There is a task for every good destination. A destination that is unknown or switched off has
   * its place in the status, as failed.
   *
   * @param status the first that was seen
   */
  record Accepted(DeliveryId deliveryId, DeliveryStatus status) implements Acceptance {}

  /**
   * Nothing will be sent; a dead letter holds the request.
   *
   * @param errors every wrong field
   */
  record Rejected(DeliveryId deliveryId, Reason reason, List<FieldError> errors)
      implements Acceptance {
    public Rejected {
      errors = List.copyOf(errors);
    }
  }

  /**
   * The same was asked for before, and nothing new is sent.
   *
   * @param duplicateOf the delivery to look at
   */
  record Duplicate(DeliveryId deliveryId, DeliveryId duplicateOf) implements Acceptance {}

  /** What a status says about it. */
  static Acceptance of(DeliveryStatus status) {
    return switch (status.state()) {
      case REJECTED ->
          new Rejected(
              status.deliveryId(), status.reason().orElse(Reason.UNKNOWN), status.errors());
      case DUPLICATE ->
          new Duplicate(status.deliveryId(), status.duplicateOf().orElse(status.deliveryId()));
      case QUEUED, PROCESSING, COMPLETED, FAILED, PARTIAL, CANCELLED, EXPIRED ->
          new Accepted(status.deliveryId(), status);
    };
  }
}
