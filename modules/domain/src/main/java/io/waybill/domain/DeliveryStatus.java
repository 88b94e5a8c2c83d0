package io.waybill.domain;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The whole state of one delivery: the value of the compacted status topic.
 *
 * @param destinations in the order of the request, then those that stand in for others
 * @param duplicateOf the delivery that this request repeated
 * @param errors what was wrong with a rejected request
 * @param payload where data and metadata stand, absent when there is nothing to send
 * @param metadataSha256 of the metadata's bytes, 64 lower-case hexadecimal digits; that of {@code
 *     {}} when there is nothing to send
 * @param updatedAt when the newest event in it occurred
 * @param trace where its tasks hang in a trace
 */
public record DeliveryStatus(
    DeliveryId deliveryId,
    OrganizationId organizationId,
    OverallState state,
    DeliveryEvent.RequestSummary summary,
    List<DestinationStatus> destinations,
    Optional<DeliveryId> duplicateOf,
    Optional<Reason> reason,
    List<FieldError> errors,
    Optional<TaskPayload.Reference> payload,
    String metadataSha256,
    Optional<Instant> expiresAt,
    Instant updatedAt,
    Optional<TraceParent> trace) {
  public DeliveryStatus {
    destinations = List.copyOf(destinations);
    errors = List.copyOf(errors);
  }

  /** Of a delivery that hangs in no trace. */
  public DeliveryStatus(
      DeliveryId deliveryId,
      OrganizationId organizationId,
      OverallState state,
      DeliveryEvent.RequestSummary summary,
      List<DestinationStatus> destinations,
      Optional<DeliveryId> duplicateOf,
      Optional<Reason> reason,
      List<FieldError> errors,
      Optional<TaskPayload.Reference> payload,
      String metadataSha256,
      Optional<Instant> expiresAt,
      Instant updatedAt) {
    this(
        deliveryId,
        organizationId,
        state,
        summary,
        destinations,
        duplicateOf,
        reason,
        errors,
        payload,
        metadataSha256,
        expiresAt,
        updatedAt,
        Optional.empty());
  }

  /** The same at that place in a trace. */
  public DeliveryStatus withTrace(Optional<TraceParent> newTrace) {
    return new DeliveryStatus(
        deliveryId,
        organizationId,
        state,
        summary,
        destinations,
        duplicateOf,
        reason,
        errors,
        payload,
        metadataSha256,
        expiresAt,
        updatedAt,
        newTrace);
  }
}
