package io.waybill.bench;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** What has arrived on one connection and was not read yet. */
final class Inbox {
  private byte[] bytes = new byte[4096];
  private int filled;

  /** Valid up to {@link #filled}, until the next change. */
  byte[] bytes() {
    return bytes;
  }

  int filled() {
    return filled;
  }

  /** Room for more, to be followed by {@link #added}. */
  ByteBuffer free() {
    if (filled == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }
    return ByteBuffer.wrap(bytes, filled, bytes.length - filled);
  }

  /** So much was put into {@link #free}. */
  void added(int count) {
    filled += count;
  }

  /** Takes all of it. */
  void add(ByteBuffer more) {
    int count = more.remaining();
    if (filled + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(filled + count, 2 * bytes.length));
    }
    more.get(bytes, filled, count);
    filled += count;
  }

  /** Forgets the first so many. */
  void remove(int count) {
    System.arraycopy(bytes, count, bytes, 0, filled - count);
    filled -= count;
  }
}
