package io.waybill.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where a value is written before its size is known, used again and again: a new array for each
 * value, grown and then copied, was half of the garbage of a publisher. For one thread at a time.
 */
final class Scratch extends OutputStream {
  static final int UUID_LENGTH = 36;

  private static final int LONGEST_NUMBER = 10;

  private static final int USUAL_BYTES = 2_048;

  private static final int MOST_KEPT_BYTES = 64 * 1024;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[USUAL_BYTES];
  private int size;
  private final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(this, null);

  private Scratch() {}

  /** Keeps one for whoever comes next; threads that come together make their own. */
  static final class Spare {
    private final AtomicReference<@Nullable Scratch> kept = new AtomicReference<>();

    /** Writes a value and returns its bytes. */
    byte[] write(Content content) {
      Scratch mine = kept.getAndSet(null);
      Scratch scratch = mine == null ? new Scratch() : mine;
      scratch.size = 0;
      try {
        content.writeTo(scratch);
      } catch (IOException e) {
        throw new UncheckedIOException("writing to memory failed", e);
      }
      byte[] written = Arrays.copyOf(scratch.bytes, scratch.size);
      // Not after a failure, and not what a large payload has grown.
      if (scratch.bytes.length <= MOST_KEPT_BYTES) {
        kept.lazySet(scratch);
      }
      return written;
    }
  }

  /** Something that can be written. */
  @FunctionalInterface
  interface Content {
    void writeTo(Scratch out) throws IOException;
  }

  /** An encoder that writes here, with nothing in between. */
  BinaryEncoder avro() {
    return encoder;
  }

  /** What is written again and again, made ready once. */
  static byte[] bytesOf(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void write(byte[] from) {
    write(from, 0, from.length);
  }

  /** Writes a text of ASCII characters, as ids and what we spell out ourselves are. */
  void ascii(String text) {
    int length = text.length();
    ensure(length);
    byte[] to = bytes;
    int at = size;
    int all = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      to[at + i] = (byte) c;
      all |= c;
    }
    if (all > 0x7F) {
      throw new IllegalArgumentException("not ASCII");
    }
    size += length;
  }

  /** Writes the canonical form, {@value #UUID_LENGTH} characters in lower case. */
  void uuid(UUID id) {
    ensure(UUID_LENGTH);
    uuid(id, bytes, size);
    size += UUID_LENGTH;
  }

  /** The same into an array, from a place on. */
  static void uuid(UUID id, byte[] to, int at) {
    long high = id.getMostSignificantBits();
    long low = id.getLeastSignificantBits();
    hex(high >>> 32, 8, to, at);
    to[at + 8] = '-';
    hex(high >>> 16, 4, to, at + 9);
    to[at + 13] = '-';
    hex(high, 4, to, at + 14);
    to[at + 18] = '-';
    hex(low >>> 48, 4, to, at + 19);
    to[at + 23] = '-';
    hex(low, 12, to, at + 24);
  }

  private static void hex(long value, int digits, byte[] to, int at) {
    for (int i = 0; i < digits; i++) {
      to[at + i] = HEX[(int) (value >>> (4 * (digits - 1 - i))) & 0xF];
    }
  }

  /** Writes a whole number as Avro does: the sign last, seven bits a byte, the lowest first. */
  void number(long value) {
    ensure(LONGEST_NUMBER);
    byte[] to = bytes;
    int at = size;
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      to[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    size = at;
  }

  void flag(boolean value) {
    write(value ? 1 : 0);
  }

  /** Writes Avro's double. */
  void fraction(double value) {
    long bits = Double.doubleToRawLongBits(value);
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      write((int) (bits >>> shift));
    }
  }

  /** Writes Avro's string. */
  void text(String text) {
    if (isAscii(text)) {
      number(text.length());
      ascii(text);
    } else {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      number(utf8.length);
      write(utf8);
    }
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7F) {
        return false;
      }
    }
    return true;
  }

  /** Writes Avro's string of the canonical form. */
  void id(UUID id) {
    number(UUID_LENGTH);
    uuid(id);
  }

  /** Writes Avro's bytes. */
  void sized(byte[] value) {
    number(value.length);
    write(value);
  }

  void time(Instant time) {
    number(time.toEpochMilli());
  }

  /** Writes which of null and something follows. */
  void present(boolean isPresent) {
    number(isPresent ? 1 : 0);
  }

  void optionalText(Optional<String> text) {
    present(text.isPresent());
    if (text.isPresent()) {
      text(text.get());
    }
  }

  void optionalTime(Optional<Instant> time) {
    present(time.isPresent());
    if (time.isPresent()) {
      time(time.get());
    }
  }

  /** Writes an array, in one block as Avro's own writers do. */
  <T> void list(List<T> items, Item<T> writer) throws IOException {
    if (!items.isEmpty()) {
      number(items.size());
      for (T item : items) {
        writer.write(item, this);
      }
    }
    number(0);
  }

  /** Writes one item of an array. */
  @FunctionalInterface
  interface Item<T> {
    void write(T item, Scratch out) throws IOException;
  }

  @Override
  public void write(int b) {
    ensure(1);
    bytes[size++] = (byte) b;
  }

  @Override
  public void write(byte[] from, int offset, int length) {
    ensure(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  private void ensure(int more) {
    if (more > bytes.length - size) {
      // Payloads are 10 MiB at most, so that a sum cannot overflow.
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
