package io.waybill.wire;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import java.time.Instant;
import java.util.Optional;

/**
 * Writes a request as JSON, data and metadata spliced in byte for byte. The frame around them is
 * written out here: a generator for each request took most of what publishing one costs. What a
 * publisher chose freely is escaped by Jackson; ids need no escaping, by their forms.
 */
final class RequestJsonWriter {
  private static final JsonStringEncoder ESCAPES = JsonStringEncoder.getInstance();

  private static final byte[] DELIVERY_ID = Scratch.bytesOf("\"deliveryId\":\"");
  private static final byte[] NEXT_FIELD = Scratch.bytesOf("\",");
  private static final byte[] ORGANIZATION_ID = Scratch.bytesOf("\"organizationId\":\"");
  private static final byte[] DESTINATIONS = Scratch.bytesOf("\",\"destinations\":");
  private static final byte[] PAYLOAD_TYPE = Scratch.bytesOf(",\"payload\":{\"type\":");
  private static final byte[] SEALED = Scratch.bytesOf(",\"sealed\":");
  private static final byte[] DATA = Scratch.bytesOf(",\"data\":");
  private static final byte[] METADATA = Scratch.bytesOf(",\"metadata\":");
  private static final byte[] OPTIONS = Scratch.bytesOf("},\"options\":{\"priority\":");
  private static final byte[] TAGS = Scratch.bytesOf(",\"tags\":[");

  private RequestJsonWriter() {}

  static void write(DeliveryRequest request, Scratch out) {
    out.write('{');
    if (request.deliveryId().isPresent()) {
      out.write(DELIVERY_ID);
      out.uuid(request.deliveryId().get().value());
      out.write(NEXT_FIELD);
    }
    out.write(ORGANIZATION_ID);
    out.ascii(request.organizationId().value());
    out.write(DESTINATIONS);
    destinations(request.destinations(), out);
    Payload payload = request.payload();
    out.write(PAYLOAD_TYPE);
    text(payload.type(), out);
    if (payload.sealed()) {
      out.write(SEALED);
      raw(payload.data(), out);
    } else {
      out.write(DATA);
      raw(payload.data(), out);
      out.write(METADATA);
      raw(payload.metadata(), out);
    }
    out.write(OPTIONS);
    options(request.options(), out);
    out.write('}');
  }

  private static void destinations(DestinationSelection selection, Scratch out) {
    if (selection instanceof DestinationSelection.Named named) {
      String before = "[\"";
      for (DestinationId id : named.ids()) {
        out.ascii(before);
        out.ascii(id.value());
        before = "\",\"";
      }
      out.ascii(named.ids().isEmpty() ? "[]" : "\"]");
    } else {
      out.ascii("\"default\"");
    }
  }

  private static void options(DeliveryOptions options, Scratch out) {
    out.ascii(Integer.toString(options.priority()));
    optional(",\"idempotencyKey\":", options.idempotencyKey(), out);
    optional(",\"correlationId\":", options.correlationId(), out);
    out.write(TAGS);
    String before = "";
    for (String tag : options.tags()) {
      out.ascii(before);
      text(tag, out);
      before = ",";
    }
    out.write(']');
    time(",\"deliverAt\":\"", options.deliverAt(), out);
    time(",\"expiresAt\":\"", options.expiresAt(), out);
    out.write('}');
  }

  private static void optional(String before, Optional<String> text, Scratch out) {
    if (text.isPresent()) {
      out.ascii(before);
      text(text.get(), out);
    }
  }

  private static void time(String before, Optional<Instant> time, Scratch out) {
    if (time.isPresent()) {
      out.ascii(before);
      out.ascii(time.get().toString());
      out.ascii("\"");
    }
  }

  private static void text(String text, Scratch out) {
    out.write('"');
    if (isPlain(text)) {
      out.ascii(text);
    } else {
      byte[] escaped = ESCAPES.quoteAsUTF8(text);
      out.write(escaped, 0, escaped.length);
    }
    out.write('"');
  }

  /** Whether it stands in JSON as it is, in one byte for each character: nearly every text does. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private static void raw(RawJson json, Scratch out) {
    out.write(json.bytes(), 0, json.size());
  }
}
