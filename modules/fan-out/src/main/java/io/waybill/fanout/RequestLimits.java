package io.waybill.fanout;

import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.FieldError;
import io.waybill.domain.Reason;
import io.waybill.wire.TopicCatalog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rules for a well-formed request that depend on the time and on what Kafka can carry. */
final class RequestLimits {
  /**
   * Largest record, key and value: what a hop to another partition can still carry. Compression
   * lets a publisher exceed the topic's limit with spaces around a small payload, and a record that
   * cannot be passed on would stop its partition for ever.
   */
  static final int MAX_REQUEST_BYTES = TopicCatalog.MAX_RECORD_BYTES - 64 * 1024;

  private final Duration longestDeliverAhead;

  RequestLimits(Duration longestDeliverAhead) {
    this.longestDeliverAhead = longestDeliverAhead;
  }

  /** What a request breaks, and the reason of its rejection. */
  record Broken(Reason reason, List<FieldError> errors) {}

  /**
   * Checks a request at its arrival.
   *
   * @param bytes key and value of its record
   */
  Optional<Broken> check(DeliveryRequest request, int bytes, Instant now) {
    List<FieldError> errors = new ArrayList<>();
    Reason reason = Reason.INVALID_FIELD;
    if (bytes > MAX_REQUEST_BYTES) {
      reason = Reason.PAYLOAD_TOO_LARGE;
      errors.add(
          new FieldError(
              "",
              "too-large",
              "the record has "
                  + bytes
                  + " bytes, at most "
                  + MAX_REQUEST_BYTES
                  + " are allowed; leave out spaces, or shorten its key"));
    }
    Instant latest = now.plus(longestDeliverAhead);
    if (request.options().deliverAt().filter(latest::isBefore).isPresent()) {
      errors.add(
          new FieldError(
              "options.deliverAt",
              "out-of-range",
              "must be at most "
                  + inWords(longestDeliverAhead)
                  + " ahead, because requests are kept for a limited time"));
    }
    if (request.options().expiresAt().filter(at -> !at.isAfter(now)).isPresent()) {
      if (errors.isEmpty()) {
        reason = Reason.EXPIRED;
      }
      errors.add(
          new FieldError(
              "options.expiresAt",
              Reason.EXPIRED.code(),
              "had passed when the request was taken; leave it out, or give a later time"));
    }
    return errors.isEmpty() ? Optional.empty() : Optional.of(new Broken(reason, errors));
  }

  private static String inWords(Duration duration) {
    long hours = duration.toHours();
    return hours >= 48 && hours % 24 == 0
        ? hours / 24 + " days"
        : duration.toMinutes() + " minutes";
  }
}
