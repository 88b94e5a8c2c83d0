package io.waybill.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.RawJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The JSON form of a request. {@code payload.data} and {@code payload.metadata} are cut out of the
 * bytes by the parser's offsets and never re-written; only the small fields around them become
 * values.
 */
final class RequestJson {
  private static final Set<String> SEALED_FIELDS = RequestFormat.SEALED.fields().keySet();

  private static final Scratch.Spare SPARE = new Scratch.Spare();

  private RequestJson() {}

  static DecodedRequest decode(byte[] bytes) {
    RequestDraft draft = new RequestDraft();
    if (!StrictJson.isUtf8(bytes)) {
      return draft.malformed("must be JSON in UTF-8 without a byte-order mark");
    }
    return decode(bytes, StrictJson.FACTORY, draft);
  }

  /** The same of what passed {@link #decode} before. */
  static DecodedRequest decodeAgain(byte[] bytes) {
    return decode(bytes, StrictJson.READ_BEFORE, new RequestDraft());
  }

  private static DecodedRequest decode(byte[] bytes, JsonFactory factory, RequestDraft draft) {
    try (JsonParser parser = factory.createParser(bytes)) {
      try {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          return draft.malformed(
              "must be one JSON object with organizationId, destinations, payload");
        }
        readRequest(parser, bytes, draft);
        if (parser.nextToken() != null) {
          return draft.malformed("something follows the JSON object " + StrictJson.place(parser));
        }
      } catch (JsonProcessingException e) {
        return draft.malformed(
            "is not well-formed JSON "
                + StrictJson.place(parser)
                + " (cut off, nested deeper than 64, a name twice, or a syntax error)");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
    return draft.finish();
  }

  /** The request as JSON, data and metadata spliced in byte for byte. */
  static byte[] encode(DeliveryRequest request) {
    return SPARE.write(out -> RequestJsonWriter.write(request, out));
  }

  /** Checks that bytes out of an Avro request are one JSON value and keeps them as they are. */
  static boolean isOneValue(byte[] bytes, boolean mustBeObject) {
    if (!StrictJson.isUtf8(bytes)) {
      return false;
    }
    try (JsonParser parser = StrictJson.FACTORY.createParser(bytes)) {
      JsonToken first = parser.nextToken();
      if (first == null || (mustBeObject && first != JsonToken.START_OBJECT)) {
        return false;
      }
      parser.skipChildren();
      parser.finishToken();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  private static void readRequest(JsonParser parser, byte[] bytes, RequestDraft draft)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "deliveryId" -> text(field, node(parser), draft, draft::deliveryId);
        case "organizationId" -> text(field, node(parser), draft, draft::organizationId);
        case "destinations" -> destinations(node(parser), draft);
        case "payload" -> readPayload(parser, bytes, draft);
        case "options" -> readOptions(node(parser), draft);
        default -> {
          unknown(field, draft);
          parser.skipChildren();
        }
      }
    }
  }

  private static void readPayload(JsonParser parser, byte[] bytes, RequestDraft draft)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      draft.error("payload", "invalid", "must be an object with type, data and metadata");
      return;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken first = parser.nextToken();
      switch (field) {
        case "type" -> text("payload.type", node(parser), draft, draft::type);
        case "data" -> draft.data(slice(parser, bytes));
        case "metadata" -> {
          RawJson metadata = slice(parser, bytes);
          if (first == JsonToken.START_OBJECT) {
            draft.metadata(metadata);
          } else if (first != JsonToken.VALUE_NULL) {
            draft.error("payload.metadata", "invalid", "must be an object");
          }
        }
        case "sealed" -> readSealed(node(parser), draft);
        default -> {
          unknown("payload." + field, draft);
          parser.skipChildren();
        }
      }
    }
  }

  private static void readSealed(JsonNode sealed, RequestDraft draft) {
    if (sealed.isNull()) {
      return;
    }
    String place = "payload.sealed";
    if (!sealed.isObject()) {
      draft.error(place, "invalid", "must be an object with algorithm, keyId, hmac and ciphertext");
      return;
    }
    boolean complete = true;
    for (String field : SEALED_FIELDS) {
      if (!sealed.path(field).isTextual()) {
        draft.error(place + "." + field, "required", "is missing, or is not a string");
        complete = false;
      }
    }
    for (var field : sealed.properties()) {
      if (!SEALED_FIELDS.contains(field.getKey())) {
        unknown(place + "." + field.getKey(), draft);
        complete = false;
      }
    }
    if (!complete) {
      return;
    }
    try {
      draft.sealed(
          sealed.path("algorithm").textValue(),
          sealed.path("keyId").textValue(),
          sealed.path("hmac").textValue(),
          Base64.getDecoder().decode(sealed.path("ciphertext").textValue()));
    } catch (IllegalArgumentException e) {
      draft.error(place + ".ciphertext", "invalid", "must be base64, padded, in one line");
    }
  }

  /** The bytes of the value that the parser stands on, which it leaves behind. */
  private static RawJson slice(JsonParser parser, byte[] bytes) throws IOException {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    // Strings are read lazily: without this the offset would still be at their first quote.
    parser.finishToken();
    int end = (int) parser.currentLocation().getByteOffset();
    return new RawJson(Arrays.copyOfRange(bytes, start, end));
  }

  private static void readOptions(JsonNode options, RequestDraft draft) {
    if (options.isNull()) {
      return;
    }
    if (!options.isObject()) {
      draft.error("options", "invalid", "must be an object");
      return;
    }
    for (var option : options.properties()) {
      String field = "options." + option.getKey();
      JsonNode value = option.getValue();
      switch (option.getKey()) {
        case "priority" -> {
          if (value.isIntegralNumber() && value.canConvertToLong()) {
            draft.priority(value.longValue());
          } else if (!value.isNull()) {
            draft.error(field, "invalid", "must be a whole number from 0 to 10, without quotes");
          }
        }
        case "idempotencyKey" -> text(field, value, draft, draft::idempotencyKey);
        case "correlationId" -> text(field, value, draft, draft::correlationId);
        case "tags" -> texts(field, value, draft, draft::tags);
        case "deliverAt" -> time(field, value, draft, draft::deliverAt);
        case "expiresAt" -> time(field, value, draft, draft::expiresAt);
        default -> unknown(field, draft);
      }
    }
  }

  private static void destinations(JsonNode value, RequestDraft draft) {
    if (value.isTextual() && value.textValue().equals("default")) {
      draft.defaultDestinations();
    } else if (value.isArray()) {
      texts("destinations", value, draft, draft::destinations);
    } else if (!value.isNull()) {
      draft.destinationWord();
    }
  }

  private static void text(
      String field, JsonNode value, RequestDraft draft, Consumer<String> good) {
    if (value.isTextual()) {
      good.accept(value.textValue());
    } else if (!value.isNull()) {
      draft.error(field, "invalid", "must be a string");
    }
  }

  private static void texts(
      String field, JsonNode value, RequestDraft draft, Consumer<List<String>> good) {
    if (value.isNull()) {
      return;
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : value) {
      if (element.isTextual()) {
        texts.add(element.textValue());
      }
    }
    if (!value.isArray() || texts.size() != value.size()) {
      draft.error(field, "invalid", "must be a list of strings");
      return;
    }
    good.accept(texts);
  }

  private static void time(
      String field, JsonNode value, RequestDraft draft, Consumer<Instant> good) {
    if (value.isNull()) {
      return;
    }
    try {
      if (value.isIntegralNumber() && value.canConvertToLong()) {
        good.accept(Instant.ofEpochMilli(value.longValue()));
        return;
      }
      if (value.isTextual()) {
        // Avro carries milliseconds; both forms of a request mean the same time.
        good.accept(
            Instant.ofEpochMilli(
                OffsetDateTime.parse(value.textValue()).toInstant().toEpochMilli()));
        return;
      }
    } catch (DateTimeException | ArithmeticException e) {
      // Falls through to the one message for every other form.
    }
    draft.error(
        field,
        "invalid",
        "must be a time such as \"2026-01-31T08:00:00Z\" or milliseconds since 1970 (UTC)");
  }

  private static JsonNode node(JsonParser parser) throws IOException {
    return StrictJson.MAPPER.readTree(parser);
  }

  private static void unknown(String field, RequestDraft draft) {
    draft.error(
        field,
        "unknown-field",
        "is not a field of a request; check the spelling, or put it in payload");
  }
}
