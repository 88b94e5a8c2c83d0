package io.waybill.domain;

import java.util.Arrays;

/** Bytes of a foreign record, kept as they came. Not copied: do not change them. */
public final class RawBytes {
  private final byte[] bytes;

  public RawBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The bytes themselves, shared. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawBytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The size only: the bytes may be protected health information. */
  @Override
  public String toString() {
    return "RawBytes[" + bytes.length + " bytes]";
  }
}
