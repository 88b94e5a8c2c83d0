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

  private RequestJsonWriter() {}

  static void write(DeliveryRequest request, Scratch out) {
    out.ascii("{");
    if (request.deliveryId().isPresent()) {
      out.ascii("\"deliveryId\":\"");
      out.uuid(request.deliveryId().get().value());
      out.ascii("\",");
    }
    out.ascii("\"organizationId\":\"");
    out.ascii(request.organizationId().value());
    out.ascii("\",\"destinations\":");
    destinations(request.destinations(), out);
    Payload payload = request.payload();
    out.ascii(",\"payload\":{\"type\":");
    text(payload.type(), out);
    if (payload.sealed()) {
      out.ascii(",\"sealed\":");
      raw(payload.data(), out);
    } else {
      out.ascii(",\"data\":");
      raw(payload.data(), out);
      out.ascii(",\"metadata\":");
      raw(payload.metadata(), out);
    }
    out.ascii("},\"options\":");
    options(request.options(), out);
    out.ascii("}");
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
    out.ascii("{\"priority\":");
    out.ascii(Integer.toString(options.priority()));
    optional(",\"idempotencyKey\":", options.idempotencyKey(), out);
    optional(",\"correlationId\":", options.correlationId(), out);
    out.ascii(",\"tags\":[");
    String before = "";
    for (String tag : options.tags()) {
      out.ascii(before);
      text(tag, out);
      before = ",";
    }
    out.ascii("]");
    time(",\"deliverAt\":\"", options.deliverAt(), out);
    time(",\"expiresAt\":\"", options.expiresAt(), out);
    out.ascii("}");
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
    out.ascii("\"");
    if (isPlain(text)) {
      out.ascii(text);
    } else {
      byte[] escaped = ESCAPES.quoteAsUTF8(text);
      out.write(escaped, 0, escaped.length);
    }
    out.ascii("\"");
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
