package io.waybill.domain;

import java.util.Optional;

/**
 * The place of a span in a trace, in the form of the W3C Trace Context's {@code traceparent}: who
 * gets it hangs its own spans below. Carried along and not interpreted here.
 *
 * @param value version 00, whose trace and span ids are not all zeros
 */
public record TraceParent(String value) {
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

  /** Without an expression: this is asked of every record. */
  private static boolean isOne(String text) {
    return text.length() == LENGTH
        && text.startsWith("00-")
        && isHex(text, 3, 35, true)
        && text.charAt(35) == '-'
        && isHex(text, 36, 52, true)
        && text.charAt(52) == '-'
        && isHex(text, 53, 55, false);
  }

  private static boolean isHex(String text, int from, int to, boolean notOnlyZeros) {
    boolean onlyZeros = true;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
      onlyZeros &= c == '0';
    }
    return !(notOnlyZeros && onlyZeros);
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

  /** Whether its publisher keeps the trace: the last bit of the flags. */
  public boolean isSampled() {
    return (Character.digit(value.charAt(LENGTH - 1), 16) & 1) == 1;
  }

  @Override
  public String toString() {
    return value;
  }
}
