package io.waybill.fanout;

import io.waybill.domain.DeliveryEvent.RefusedDestination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.FieldError;
import io.waybill.domain.Reason;
import java.util.List;

/**
 * What the destinations of one request came to.
 *
 * @param good one route per task, each destination once
 * @param refused the others
 * @param mayAppear whether waiting could change it: something was not found, which may be because
 *     it was created a moment ago
 */
record Resolution(List<Route> good, List<Refusal> refused, boolean mayAppear) {
  Resolution {
    good = List.copyOf(good);
    refused = List.copyOf(refused);
  }

  /**
   * One destination that gets nothing.
   *
   * @param field its place in the request
   * @param id empty when no single destination is meant
   * @param foreign whether it belongs to another organization, which its publisher is not told
   */
  record Refusal(String field, String id, Reason reason, String message, boolean foreign) {
    static Refusal notFound(String field, DestinationId id, boolean foreign) {
      // The same words whether it never was, is deleted, or belongs to somebody else.
      return new Refusal(
          field,
          id.value(),
          Reason.DESTINATION_NOT_FOUND,
          "this organization has no destination " + id + "; check the id, or create it first",
          foreign);
    }

    static Refusal disabled(String field, DestinationId id) {
      return new Refusal(
          field,
          id.value(),
          Reason.DESTINATION_DISABLED,
          "destination " + id + " is disabled; enable it, then publish again",
          false);
    }

    static Refusal noDefaults() {
      return new Refusal(
          "destinations",
          "",
          Reason.NO_DESTINATION,
          "this organization has no enabled default destination; mark one as default, or name"
              + " destinations",
          false);
    }

    static Refusal tooManyDefaults(int count, int most) {
      return new Refusal(
          "destinations",
          "",
          Reason.INVALID_FIELD,
          "this organization has "
              + count
              + " enabled default destinations, at most "
              + most
              + " are allowed in one request; name destinations",
          false);
    }
  }

  /** Why a request without a good destination is rejected: the reason they share, if they do. */
  Reason reason() {
    List<Reason> reasons = refused.stream().map(Refusal::reason).distinct().toList();
    return reasons.size() == 1 ? reasons.getFirst() : Reason.NO_DESTINATION;
  }

  /** The refusals as a rejected request tells them. */
  List<FieldError> errors() {
    return refused.stream()
        .map(r -> new FieldError(r.field(), r.reason().code(), r.message()))
        .toList();
  }

  /** The refusals as an accepted request tells them. */
  List<RefusedDestination> refusedDestinations() {
    return refused.stream()
        .map(r -> new RefusedDestination(r.id(), r.reason(), r.message()))
        .toList();
  }
}
