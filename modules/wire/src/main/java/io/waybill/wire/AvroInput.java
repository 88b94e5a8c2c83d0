package io.waybill.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Avro's binary form of single values, read from an array. What it is not sure of it refuses by an
 * exception; what it takes means what Avro's own decoder takes it for. For one thread.
 */
final class AvroInput {
  private static final int LONGEST_INT = 5;
  private static final int LONGEST_LONG = 10;

  private final byte[] bytes;
  private int at;

  AvroInput(byte[] bytes, int from) {
    this.bytes = bytes;
    this.at = from;
  }

  /** Refuses. Never seen: the record is read again by its schema, which says what is wrong. */
  static IllegalArgumentException refused() {
    return new IllegalArgumentException("not in the fixed form");
  }

  boolean isAtEnd() {
    return at == bytes.length;
  }

  /** A long. */
  long number() {
    return unzigzag(varint(LONGEST_LONG));
  }

  /** An int. */
  int count() {
    long value = varint(LONGEST_INT);
    if (value >>> Integer.SIZE != 0) {
      throw refused();
    }
    return (int) unzigzag(value);
  }

  private long varint(int longest) {
    long value = 0;
    for (int i = 0; i < longest; i++) {
      byte next = bytes[at++];
      value |= (next & 0x7FL) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw refused();
  }

  private static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }

  double fraction() {
    long bits = 0;
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      bits |= (bytes[at++] & 0xFFL) << shift;
    }
    return Double.longBitsToDouble(bits);
  }

  boolean flag() {
    return switch (bytes[at++]) {
      case 0 -> false;
      case 1 -> true;
      default -> throw refused();
    };
  }

  /** Whether the second branch of a union of null and something follows. */
  boolean isPresent() {
    return switch (bytes[at++]) {
      case 0 -> false;
      case 2 -> true;
      default -> throw refused();
    };
  }

  String text() {
    int length = length();
    String text = new String(bytes, at, length, UTF_8);
    at += length;
    return text;
  }

  byte[] bytes() {
    int length = length();
    byte[] copy = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return copy;
  }

  private int length() {
    long length = number();
    if (length < 0 || length > bytes.length - at) {
      throw refused();
    }
    return (int) length;
  }

  Instant time() {
    return Instant.ofEpochMilli(number());
  }

  <T> Optional<T> optional(Function<AvroInput, T> read) {
    return isPresent() ? Optional.of(read.apply(this)) : Optional.empty();
  }

  /** An array. Each item must take at least one byte. */
  <T> List<T> list(Function<AvroInput, T> item) {
    long items = block();
    if (items == 0) {
      return List.of();
    }
    List<T> all = new ArrayList<>();
    for (; items != 0; items = block()) {
      for (long i = 0; i < items; i++) {
        all.add(item.apply(this));
      }
    }
    return all;
  }

  private long block() {
    long items = number();
    // Below zero its size in bytes would follow; nobody writes so here.
    if (items < 0 || items > bytes.length - at) {
      throw refused();
    }
    return items;
  }
}
