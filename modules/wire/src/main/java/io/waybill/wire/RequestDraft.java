package io.waybill.wire;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RequestRules;
import io.waybill.domain.SealedPayload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request while it is being read, from JSON or from Avro: takes what is good, notes what is not,
 * and goes on, so that a publisher hears of every wrong field at once. Used by one thread.
 */
final class RequestDraft {
  private final List<FieldError> errors = new ArrayList<>();
  private Reason reason = Reason.INVALID_FIELD;

  private @Nullable DeliveryId deliveryId;
  private @Nullable OrganizationId organizationId;
  private @Nullable DestinationSelection destinations;
  private @Nullable String type;
  private @Nullable RawJson data;
  private @Nullable RawJson metadata;
  private @Nullable SealedPayload sealed;
  private int priority = DeliveryOptions.DEFAULT_PRIORITY;
  private Optional<String> idempotencyKey = Optional.empty();
  private Optional<String> correlationId = Optional.empty();
  private List<String> tags = List.of();
  private Optional<Instant> deliverAt = Optional.empty();
  private Optional<Instant> expiresAt = Optional.empty();

  void error(String field, String code, String message) {
    errors.add(new FieldError(field, code, message));
  }

  void deliveryId(String text) {
    DeliveryId.parse(text)
        .ifPresentOrElse(
            id -> deliveryId = id,
            () ->
                error(
                    "deliveryId",
                    "invalid",
                    "must be a UUID of 36 characters; leave it out to get one"));
  }

  void organizationId(String text) {
    OrganizationId.parse(text)
        .ifPresentOrElse(
            id -> organizationId = id,
            () -> error("organizationId", "invalid", "must be " + OrganizationId.FORM_IN_WORDS));
  }

  void defaultDestinations() {
    destinations = new DestinationSelection.Defaults();
  }

  void destinationWord() {
    error("destinations", "invalid", "must be a list of destination ids or the word \"default\"");
  }

  void destinations(List<String> ids) {
    if (ids.isEmpty()) {
      error("destinations", "required", "must name at least one destination, or be \"default\"");
      return;
    }
    if (ids.size() > RequestRules.MAX_DESTINATIONS) {
      error(
          "destinations",
          "too-many",
          "names "
              + ids.size()
              + " destinations, at most "
              + RequestRules.MAX_DESTINATIONS
              + " are allowed in one request");
      return;
    }
    List<DestinationId> good = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      int index = i;
      DestinationId.parse(ids.get(i))
          .ifPresentOrElse(
              good::add,
              () ->
                  error(
                      "destinations[" + index + "]",
                      "invalid",
                      "is not a destination id: 1 to 64 characters of A-Z a-z 0-9 . _ -"));
    }
    destinations = new DestinationSelection.Named(good);
  }

  void type(String text) {
    if (isPlain("payload.type", text, RequestRules.MAX_TYPE_LENGTH)) {
      type = text;
    }
  }

  void data(RawJson value) {
    if (value.size() > RequestRules.MAX_DATA_BYTES) {
      reason = Reason.PAYLOAD_TOO_LARGE;
      error(
          "payload.data",
          "too-large",
          "has "
              + value.size()
              + " bytes, at most "
              + RequestRules.MAX_DATA_BYTES
              + " (10 MiB) are allowed");
      return;
    }
    data = value;
  }

  void metadata(RawJson value) {
    if (value.size() > RequestRules.MAX_METADATA_BYTES) {
      error(
          "payload.metadata",
          "too-large",
          "has "
              + value.size()
              + " bytes, at most "
              + RequestRules.MAX_METADATA_BYTES
              + " are allowed");
      return;
    }
    metadata = value;
  }

  /** Notes what is wrong with the parts of a sealed payload, or takes it. */
  void sealed(String algorithm, String keyId, String hmac, byte[] ciphertext) {
    List<FieldError> wrong =
        SealedPayload.check("payload.sealed", algorithm, keyId, hmac, ciphertext);
    if (!wrong.isEmpty()) {
      errors.addAll(wrong);
      return;
    }
    SealedPayload good = new SealedPayload(keyId, hmac, ciphertext);
    if (good.toJson().size() > RequestRules.MAX_DATA_BYTES) {
      reason = Reason.PAYLOAD_TOO_LARGE;
      error(
          "payload.sealed",
          "too-large",
          "has "
              + good.toJson().size()
              + " bytes as JSON, at most "
              + RequestRules.MAX_DATA_BYTES
              + " (10 MiB) are allowed");
      return;
    }
    sealed = good;
  }

  void priority(long value) {
    if (value < DeliveryOptions.LOWEST_PRIORITY || value > DeliveryOptions.HIGHEST_PRIORITY) {
      error(
          "options.priority", "out-of-range", "must be a whole number from 0 to 10, not " + value);
      return;
    }
    priority = (int) value;
  }

  void idempotencyKey(String text) {
    if (isPlain("options.idempotencyKey", text, RequestRules.MAX_KEY_LENGTH)) {
      idempotencyKey = Optional.of(text);
    }
  }

  void correlationId(String text) {
    if (isPlain("options.correlationId", text, RequestRules.MAX_KEY_LENGTH)) {
      correlationId = Optional.of(text);
    }
  }

  void tags(List<String> values) {
    if (values.size() > RequestRules.MAX_TAGS) {
      error(
          "options.tags",
          "too-many",
          "has " + values.size() + " tags, at most " + RequestRules.MAX_TAGS + " are allowed");
      return;
    }
    List<String> good = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      if (isPlain("options.tags[" + i + "]", values.get(i), RequestRules.MAX_TAG_LENGTH)) {
        good.add(values.get(i));
      }
    }
    tags = good;
  }

  void deliverAt(Instant at) {
    deliverAt = Optional.of(at);
  }

  void expiresAt(Instant at) {
    expiresAt = Optional.of(at);
  }

  /** Everything has been read: a valid request, or all that is wrong with it. */
  DecodedRequest finish() {
    requireField(organizationId, "organizationId");
    requireField(destinations, "destinations");
    requireField(type, "payload.type");
    Payload payload = payload();
    if (deliverAt.isPresent()
        && expiresAt.isPresent()
        && !expiresAt.get().isAfter(deliverAt.get())) {
      error("options.expiresAt", "out-of-range", "must be later than options.deliverAt");
    }
    if (!errors.isEmpty() || organizationId == null || destinations == null || payload == null) {
      return invalid(reason);
    }
    return new DecodedRequest.Valid(
        new DeliveryRequest(
            Optional.ofNullable(deliveryId),
            organizationId,
            destinations,
            payload,
            new DeliveryOptions(
                priority, idempotencyKey, correlationId, tags, deliverAt, expiresAt)));
  }

  /** In clear or sealed, or nothing with errors noted. */
  private @Nullable Payload payload() {
    if (sealed == null) {
      boolean isWrong = errors.stream().anyMatch(e -> e.field().startsWith("payload.sealed"));
      if (!isWrong) {
        requireField(data, "payload.data");
      }
      return data == null || type == null
          ? null
          : new Payload(type, data, metadata == null ? RawJson.EMPTY_OBJECT : metadata);
    }
    for (String field : List.of("data", "metadata")) {
      if ((field.equals("data") ? data : metadata) != null) {
        error(
            "payload." + field,
            "invalid",
            "must be left out beside payload.sealed, which holds it: in clear it could be read");
      }
    }
    if (deliveryId == null && errors.stream().noneMatch(e -> e.field().equals("deliveryId"))) {
      error("deliveryId", "required", "is missing: a sealed payload is bound to its delivery");
    }
    return type == null ? null : Payload.sealed(type, sealed);
  }

  /** Nothing more can be read. */
  DecodedRequest malformed(String message) {
    errors.add(0, new FieldError("", "malformed", message));
    return invalid(Reason.MALFORMED);
  }

  private DecodedRequest invalid(Reason why) {
    return new DecodedRequest.Invalid(
        Optional.ofNullable(organizationId),
        Optional.ofNullable(deliveryId),
        type == null ? "" : type,
        correlationId,
        tags,
        priority,
        why,
        errors);
  }

  private void requireField(@Nullable Object value, String field) {
    boolean noted =
        errors.stream().anyMatch(e -> e.field().equals(field) || e.field().startsWith(field + "["));
    if (value == null && !noted) {
      error(field, "required", "is missing");
    }
  }

  private boolean isPlain(String field, String text, int maxLength) {
    if (text.isEmpty() || text.length() > maxLength) {
      error(field, "invalid", "must have 1 to " + maxLength + " characters");
      return false;
    }
    if (RequestRules.hasControlCharacters(text)) {
      error(field, "invalid", "must not contain control characters or broken surrogates");
      return false;
    }
    return true;
  }
}
