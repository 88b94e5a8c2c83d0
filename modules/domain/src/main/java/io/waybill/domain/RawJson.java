package io.waybill.domain;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One JSON value as the very bytes its publisher wrote (UTF-8). Waybill never re-writes payloads:
 * {@code 9007199254740993}, {@code 1.10}, key order and escapes arrive as they were sent.
 *
 * <p>Whoever makes one has checked that the bytes are one well-formed JSON value. The array is not
 * copied, for payloads reach 10 MiB: neither the giver nor a reader may change it.
 */
public final class RawJson {
  /** The empty object. */
  public static final RawJson EMPTY_OBJECT = of("{}");

  /** Of the metadata of most requests. */
  private static final String EMPTY_OBJECT_SHA256 = Hashing.sha256Hex(EMPTY_OBJECT.bytes);

  private final byte[] bytes;

  public RawJson(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A value written in source code. */
  public static RawJson of(String json) {
    return new RawJson(json.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes themselves, shared: do not change them. */
  public byte[] bytes() {
    return bytes;
  }

  /** Length in bytes. */
  public int size() {
    return bytes.length;
  }

  /** SHA-256 of the bytes, 64 lower-case hexadecimal digits. */
  public String sha256() {
    return equals(EMPTY_OBJECT) ? EMPTY_OBJECT_SHA256 : Hashing.sha256Hex(bytes);
  }

  /** The JSON text. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawJson that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The size only: payloads may be protected health information and must not reach a log. */
  @Override
  public String toString() {
    return "RawJson[" + bytes.length + " bytes]";
  }
}
