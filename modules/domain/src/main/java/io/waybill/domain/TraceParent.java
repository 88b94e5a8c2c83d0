package io.waybill.domain;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The place of a span in a trace, in the form of the W3C Trace Context's {@code traceparent}: who
 * gets it hangs its own spans below. Carried along and not interpreted here.
 *
 * @param value version 00, whose trace and span ids are not all zeros
 */
public record TraceParent(String value) {
  private static final Pattern FORM =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
  private static final int LENGTH = 55;

  public TraceParent {
    if (!isOne(value)) {
      throw new IllegalArgumentException("a traceparent looks like 00-<32 hex>-<16 hex>-<2 hex>");
    }
  }

  /** Reads one; anything else is none, for a broken header must not cost a delivery. */
  public static Optional<TraceParent> parse(String text) {
    return isOne(text) ? Optional.of(new TraceParent(text)) : Optional.empty();
  }

  private static boolean isOne(String text) {
    return text.length() == LENGTH && FORM.matcher(text).matches();
  }

  /** 32 lower-case hexadecimal digits. */
  public String traceId() {
    return value.substring(3, 35);
  }

  /** 16 lower-case hexadecimal digits. */
  public String spanId() {
    return value.substring(36, 52);
  }

  /** 2 lower-case hexadecimal digits. */
  public String flags() {
    return value.substring(53);
  }

  @Override
  public String toString() {
    return value;
  }
}
