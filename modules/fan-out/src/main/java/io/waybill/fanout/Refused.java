package io.waybill.fanout;

import io.waybill.domain.DeliveryEvent.RequestSummary;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import io.waybill.wire.DecodedRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A request that gets nothing: what its rejected event and its dead letter have in common. Bounded,
 * whatever the request was: a record with a hundred thousand unknown fields must not make an event
 * that no broker takes.
 *
 * @param organizationId whose it is, when that is known
 */
record Refused(
    Optional<OrganizationId> organizationId,
    DeliveryId deliveryId,
    RequestSummary summary,
    Reason reason,
    List<FieldError> errors) {
  static final int MOST_ERRORS = 100;
  private static final int LONGEST_FIELD = 256;
  private static final int LONGEST_MESSAGE = 1_000;

  Refused {
    errors = bounded(errors);
  }

  static Refused unreadable(
      DecodedRequest.Invalid invalid, DeliveryId derivedId, Instant createdAt) {
    return new Refused(
        invalid.organizationId(),
        invalid.deliveryId().orElse(derivedId),
        new RequestSummary(
            invalid.type(), invalid.correlationId(), invalid.tags(), invalid.priority(), createdAt),
        invalid.reason(),
        invalid.errors());
  }

  /** A record without a value: no request at all. */
  static Refused empty(DeliveryId derivedId, Instant createdAt) {
    return new Refused(
        Optional.empty(),
        derivedId,
        new RequestSummary(
            "", Optional.empty(), List.of(), DeliveryOptions.DEFAULT_PRIORITY, createdAt),
        Reason.MALFORMED,
        List.of(
            new FieldError(
                "",
                Reason.MALFORMED.code(),
                "the record has no value; a request is one JSON object or one Avro record")));
  }

  static Refused valid(
      DeliveryRequest request,
      DeliveryId deliveryId,
      Instant createdAt,
      Reason reason,
      List<FieldError> errors) {
    return new Refused(
        Optional.of(request.organizationId()),
        deliveryId,
        TaskMaker.summary(request, createdAt),
        reason,
        errors);
  }

  /**
   * The same of a request whose organization cannot be read: its topic tells whose it is. A
   * delivery id that was only claimed is not taken there: an owner's status under it would keep out
   * whose it is, while nobody's gives way.
   */
  Refused ofPublisher(Optional<OrganizationId> owner, DeliveryId derivedId) {
    return new Refused(owner, owner.isPresent() ? derivedId : deliveryId, summary, reason, errors);
  }

  /**
   * The same of a request whose organization its topic may not speak for, whatever else it is. Not
   * under the delivery id that it claims: that may be of a delivery of the organization, before it
   * or after it.
   */
  Refused asForeign(RequestTopic topic, DeliveryId derivedId) {
    return new Refused(
        topic.owner(),
        derivedId,
        summary,
        Reason.ORGANIZATION_NOT_ALLOWED,
        List.of(
            new FieldError(
                "organizationId",
                Reason.ORGANIZATION_NOT_ALLOWED.code(),
                "is none that topic "
                    + topic.name()
                    + " may speak for; publish to a topic that may, or ask the operator to allow it"
                    + " with requestTopics")));
  }

  /** All errors in one line. */
  String message() {
    return cut(
        errors.stream().map(FieldError::toString).collect(Collectors.joining("; ")),
        LONGEST_MESSAGE);
  }

  private static List<FieldError> bounded(List<FieldError> all) {
    List<FieldError> kept = new ArrayList<>();
    for (FieldError error : all.subList(0, Math.min(all.size(), MOST_ERRORS))) {
      kept.add(
          new FieldError(
              cut(error.field(), LONGEST_FIELD),
              error.code(),
              cut(error.message(), LONGEST_MESSAGE)));
    }
    if (all.size() > MOST_ERRORS) {
      kept.add(
          new FieldError(
              "", "more", "and " + (all.size() - MOST_ERRORS) + " more errors like these"));
    }
    return List.copyOf(kept);
  }

  /** Field names are the publisher's: no control characters into status pages and terminals. */
  private static String cut(String text, int longest) {
    String shorter = text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
    return shorter.chars().anyMatch(Character::isISOControl)
        ? shorter.replaceAll("\\p{Cntrl}", "?")
        : shorter;
  }
}
