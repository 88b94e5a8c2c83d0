package io.waybill.wire;

import io.waybill.avro.RequestOptions;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.RequestRules;
import io.waybill.domain.SealedPayload;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Values of the requests topic: Avro in the Confluent wire format, or, when the first byte is not
 * 0, JSON of the same shape. Both are held to the same rules.
 */
public final class RequestCodec {
  private final AvroCodec<io.waybill.avro.DeliveryRequest, io.waybill.avro.DeliveryRequest> avro;

  RequestCodec(SchemaRegistry registry) {
    avro =
        AvroCodec.reading(
            registry, io.waybill.avro.DeliveryRequest.getClassSchema(), RequestAvro::read);
  }

  /** The request as Avro. Throws as {@link Codec#encode} does. */
  public byte[] encode(String topic, DeliveryRequest request) {
    return avro.encode(topic, out -> RequestAvro.write(request, out));
  }

  /** The request as JSON, for publishers without a registry. */
  public byte[] encodeJson(DeliveryRequest request) {
    return RequestJson.encode(request);
  }

  /**
   * Reads and validates a record's value. Bad input is a value, never an exception.
   *
   * @throws RegistryException.Unavailable when the writer's schema cannot be asked for now
   */
  public DecodedRequest decode(byte[] bytes) {
    return decode(bytes, true);
  }

  /**
   * Reads the value of a record that {@link #decode} found valid before. Data and metadata are cut
   * out and not looked at once more, which may take ten times their size: the caller compares the
   * data with its SHA-256.
   *
   * @throws RegistryException.Unavailable when the writer's schema cannot be asked for now
   */
  public DecodedRequest decodeAgain(byte[] bytes) {
    return decode(bytes, false);
  }

  private DecodedRequest decode(byte[] bytes, boolean isFirst) {
    if (bytes.length == 0 || bytes[0] != AvroCodec.MAGIC) {
      return isFirst ? RequestJson.decode(bytes) : RequestJson.decodeAgain(bytes);
    }
    io.waybill.avro.DeliveryRequest request;
    try {
      request = avro.decode(bytes);
    } catch (UndecodableException e) {
      return new DecodedRequest.Invalid(
          Optional.empty(),
          Optional.empty(),
          "",
          Optional.empty(),
          List.of(),
          DeliveryOptions.DEFAULT_PRIORITY,
          e.reason(),
          List.of(new FieldError("", e.reason().code(), String.valueOf(e.getMessage()))));
    }
    return read(request, isFirst);
  }

  private static DecodedRequest read(io.waybill.avro.DeliveryRequest request, boolean isFirst) {
    RequestDraft draft = new RequestDraft();
    if (request.getDeliveryId() != null) {
      draft.deliveryId(request.getDeliveryId());
    }
    draft.organizationId(request.getOrganizationId());
    Object destinations = request.getDestinations();
    if (destinations instanceof List<?> ids) {
      draft.destinations(ids.stream().map(Object::toString).toList());
    } else if (destinations.toString().equals("default")) {
      draft.defaultDestinations();
    } else {
      draft.destinationWord();
    }
    draft.type(request.getPayload().getType());
    readSealed(request.getPayload().getSealed(), draft);
    // The field cannot be left out in Avro, so it is empty beside a sealed payload.
    if (request.getPayload().getSealed() == null || request.getPayload().getData().hasRemaining()) {
      readJson("payload.data", request.getPayload().getData(), false, isFirst, draft);
    }
    if (request.getPayload().getMetadata() != null) {
      readJson("payload.metadata", request.getPayload().getMetadata(), true, isFirst, draft);
    }
    if (request.getOptions() != null) {
      readOptions(request.getOptions(), draft);
    }
    return draft.finish();
  }

  private static void readJson(
      String field, ByteBuffer value, boolean isMetadata, boolean isFirst, RequestDraft draft) {
    byte[] bytes = AvroValues.bytes(value);
    if (isFirst && !RequestJson.isOneValue(bytes, isMetadata)) {
      draft.error(
          field,
          "invalid",
          "must be the UTF-8 bytes of one JSON " + (isMetadata ? "object" : "value"));
    } else if (isMetadata) {
      draft.metadata(new RawJson(bytes));
    } else {
      draft.data(new RawJson(bytes));
    }
  }

  private static void readSealed(
      io.waybill.avro.@Nullable SealedPayload sealed, RequestDraft draft) {
    if (sealed != null) {
      draft.sealed(
          sealed.getAlgorithm(),
          sealed.getKeyId(),
          sealed.getHmac(),
          AvroValues.bytes(sealed.getCiphertext()));
    }
  }

  private static void readOptions(RequestOptions options, RequestDraft draft) {
    draft.priority(options.getPriority());
    if (options.getIdempotencyKey() != null) {
      draft.idempotencyKey(options.getIdempotencyKey());
    }
    if (options.getCorrelationId() != null) {
      draft.correlationId(options.getCorrelationId());
    }
    draft.tags(options.getTags());
    if (options.getDeliverAt() != null) {
      draft.deliverAt(options.getDeliverAt());
    }
    if (options.getExpiresAt() != null) {
      draft.expiresAt(options.getExpiresAt());
    }
  }

  /**
   * All that is wrong with a request, by the rules that {@link #decode} holds records to, before it
   * is published. That data and metadata are JSON is taken for granted: see {@link #isJson}.
   */
  public static List<FieldError> check(DeliveryRequest request) {
    if (isOrdinary(request)) {
      return List.of();
    }
    RequestDraft draft = new RequestDraft();
    request.deliveryId().ifPresent(id -> draft.deliveryId(id.toString()));
    draft.organizationId(request.organizationId().value());
    if (request.destinations() instanceof DestinationSelection.Named named) {
      draft.destinations(named.ids().stream().map(DestinationId::value).toList());
    } else {
      draft.defaultDestinations();
    }
    Payload payload = request.payload();
    draft.type(payload.type());
    if (payload.sealed()) {
      SealedPayload.parse(payload.data())
          .ifPresentOrElse(
              sealed ->
                  draft.sealed(
                      SealedPayload.ALGORITHM, sealed.keyId(), sealed.hmac(), sealed.ciphertext()),
              () -> draft.error("payload.sealed", "invalid", "must be a sealed payload as JSON"));
    } else {
      draft.data(payload.data());
      draft.metadata(payload.metadata());
    }
    DeliveryOptions options = request.options();
    draft.priority(options.priority());
    options.idempotencyKey().ifPresent(draft::idempotencyKey);
    options.correlationId().ifPresent(draft::correlationId);
    draft.tags(options.tags());
    options.deliverAt().ifPresent(draft::deliverAt);
    options.expiresAt().ifPresent(draft::expiresAt);
    return draft.finish() instanceof DecodedRequest.Invalid invalid ? invalid.errors() : List.of();
  }

  /**
   * Whether a request keeps all the rules at first sight, as nearly all do: publishers ask this a
   * hundred thousand times a second.
   */
  private static boolean isOrdinary(DeliveryRequest request) {
    Payload payload = request.payload();
    DeliveryOptions options = request.options();
    return !payload.sealed()
        && isOrdinary(payload.type(), RequestRules.MAX_TYPE_LENGTH)
        && payload.data().size() <= RequestRules.MAX_DATA_BYTES
        && payload.metadata().size() <= RequestRules.MAX_METADATA_BYTES
        && !request.organizationId().equals(OrganizationId.UNKNOWN)
        && (!(request.destinations() instanceof DestinationSelection.Named named)
            || (!named.ids().isEmpty() && named.ids().size() <= RequestRules.MAX_DESTINATIONS))
        && options.priority() >= DeliveryOptions.LOWEST_PRIORITY
        && options.priority() <= DeliveryOptions.HIGHEST_PRIORITY
        && isOrdinary(options.idempotencyKey().orElse("-"), RequestRules.MAX_KEY_LENGTH)
        && isOrdinary(options.correlationId().orElse("-"), RequestRules.MAX_KEY_LENGTH)
        && options.tags().size() <= RequestRules.MAX_TAGS
        && areOrdinary(options.tags())
        && (options.deliverAt().isEmpty() || options.expiresAt().isEmpty());
  }

  private static boolean areOrdinary(List<String> tags) {
    for (String tag : tags) {
      if (!isOrdinary(tag, RequestRules.MAX_TAG_LENGTH)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOrdinary(String text, int maxLength) {
    if (text.isEmpty() || text.length() > maxLength) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether bytes are one JSON value as requests may carry it. Of a sealed payload that can be seen
   * only when it is open.
   */
  public static boolean isJson(RawJson value, boolean mustBeObject) {
    return RequestJson.isOneValue(value.bytes(), mustBeObject);
  }
}
