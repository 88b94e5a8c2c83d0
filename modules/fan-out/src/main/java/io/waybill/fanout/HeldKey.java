package io.waybill.fanout;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.waybill.domain.RawBytes;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.TraceParent;
import io.waybill.wire.Topics;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * The key of a held request, and the form of both key and value in the store. Ordered by the end of
 * the grace period, in memory and in the store.
 *
 * @param graceEnd epoch milliseconds
 * @param topic of the original record
 * @param partition of the original record
 * @param offset of the original record
 * @param stage 0 at the origin, else 1 + the claim's ordinal; one record is held once per stage
 */
record HeldKey(long graceEnd, String topic, int partition, long offset, byte stage)
    implements Comparable<HeldKey> {
  /** Without the place in a trace; still read. */
  private static final byte FIRST_FORMAT = 1;

  private static final byte FORMAT = 2;
  private static final Comparator<HeldKey> ORDER =
      Comparator.comparingLong(HeldKey::graceEnd)
          .thenComparingInt(HeldKey::partition)
          .thenComparingLong(HeldKey::offset)
          .thenComparingInt(HeldKey::stage)
          .thenComparing(HeldKey::topic);
  private static final int SIZE_WITHOUT_TOPIC = Long.BYTES + Integer.BYTES + Long.BYTES + 1;

  static HeldKey of(Arrival arrival) {
    return new HeldKey(
        arrival.graceEnd().orElseThrow().toEpochMilli(),
        arrival.origin().topic(),
        arrival.origin().partition(),
        arrival.origin().offset(),
        arrival.sentFor().map(ClaimKind::code).orElse((byte) 0));
  }

  static HeldKey read(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    long graceEnd = buffer.getLong();
    int partition = buffer.getInt();
    long offset = buffer.getLong();
    byte stage = buffer.get();
    String topic =
        buffer.hasRemaining()
            ? new String(take(buffer, buffer.remaining()), US_ASCII)
            : Topics.REQUESTS;
    return new HeldKey(graceEnd, topic, partition, offset, stage);
  }

  byte[] bytes() {
    // The usual topic is left out, as it was when there was no other.
    byte[] name = topic.equals(Topics.REQUESTS) ? new byte[0] : topic.getBytes(US_ASCII);
    return ByteBuffer.allocate(SIZE_WITHOUT_TOPIC + name.length)
        .putLong(graceEnd)
        .putInt(partition)
        .putLong(offset)
        .put(stage)
        .put(name)
        .array();
  }

  /** Everything that the key does not say. */
  static byte[] writeValue(Arrival arrival) {
    byte[] value = arrival.value().bytes();
    int keyLength = arrival.key().map(key -> key.bytes().length).orElse(-1);
    byte[] trace =
        arrival.trace().map(parent -> parent.value().getBytes(US_ASCII)).orElse(new byte[0]);
    int size =
        (trace.length == 0 ? 1 : 2 + trace.length)
            + Long.BYTES
            + Integer.BYTES
            + Math.max(0, keyLength)
            + value.length;
    ByteBuffer buffer = ByteBuffer.allocate(size);
    if (trace.length == 0) {
      // So that a version that knows no traces can take over while processes are replaced.
      buffer.put(FIRST_FORMAT);
    } else {
      buffer.put(FORMAT).put((byte) trace.length).put(trace);
    }
    buffer.putLong(arrival.createdAt().toEpochMilli()).putInt(keyLength);
    arrival.key().ifPresent(key -> buffer.put(key.bytes()));
    return buffer.put(value).array();
  }

  Arrival readValue(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    byte format = buffer.get();
    if (format != FORMAT && format != FIRST_FORMAT) {
      throw new IllegalStateException(
          "the store of held requests has format "
              + format
              + ", which this version does not know; run the version that wrote it");
    }
    Optional<TraceParent> trace =
        format == FIRST_FORMAT
            ? Optional.empty()
            : TraceParent.parse(new String(take(buffer, buffer.get()), US_ASCII));
    Instant createdAt = Instant.ofEpochMilli(buffer.getLong());
    int keyLength = buffer.getInt();
    Optional<RawBytes> key =
        keyLength < 0 ? Optional.empty() : Optional.of(new RawBytes(take(buffer, keyLength)));
    return new Arrival(
        new RecordOrigin(topic, partition, offset),
        key,
        new RawBytes(take(buffer, buffer.remaining())),
        createdAt,
        ClaimKind.ofCode(stage),
        Optional.of(Instant.ofEpochMilli(graceEnd)),
        trace);
  }

  private static byte[] take(ByteBuffer buffer, int length) {
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return bytes;
  }

  @Override
  public int compareTo(HeldKey other) {
    return ORDER.compare(this, other);
  }
}
