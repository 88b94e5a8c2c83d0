package io.waybill.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.waybill.domain.TraceParent;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The record header that says where a record stands in a trace, as OpenTelemetry writes it. */
public final class TraceHeaders {
  /** The header's name: public API. */
  public static final String TRACEPARENT = "traceparent";

  private TraceHeaders() {}

  /** What the headers say; nothing when that is not of the W3C's form. */
  public static Optional<TraceParent> read(Headers headers) {
    Header header = headers.lastHeader(TRACEPARENT);
    return header == null || header.value() == null
        ? Optional.empty()
        : TraceParent.parse(new String(header.value(), ISO_8859_1));
  }

  /** Adds the header, if there is something to say. */
  public static void write(Headers headers, Optional<TraceParent> trace) {
    trace.ifPresent(parent -> headers.add(TRACEPARENT, parent.value().getBytes(ISO_8859_1)));
  }
}
