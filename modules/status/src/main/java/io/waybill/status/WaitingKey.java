package io.waybill.status;

import io.waybill.domain.RecordOrigin;
import io.waybill.wire.Topics;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.utils.Bytes;

/**
 * When which command is to be looked at again: time (8 bytes, big-endian, so that byte order is
 * time order), partition (4 bytes) and offset (8 bytes) of its record. Beside it stands when the
 * command was first seen (8 bytes) and the record's value.
 */
final class WaitingKey {
  private static final int LENGTH = 2 * Long.BYTES + Integer.BYTES;

  private WaitingKey() {}

  static Bytes of(long millis, RecordOrigin origin) {
    return Bytes.wrap(
        ByteBuffer.allocate(LENGTH)
            .putLong(millis)
            .putInt(origin.partition())
            .putLong(origin.offset())
            .array());
  }

  /** Sorts before every key of that time or later, and after every earlier one. */
  static Bytes startOf(long millis) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(millis).array());
  }

  static RecordOrigin originOf(Bytes key) {
    ByteBuffer in = ByteBuffer.wrap(key.get(), Long.BYTES, Integer.BYTES + Long.BYTES);
    return new RecordOrigin(Topics.COMMANDS, in.getInt(), in.getLong());
  }

  static byte[] entry(long firstSeenMillis, byte[] value) {
    return ByteBuffer.allocate(Long.BYTES + value.length)
        .putLong(firstSeenMillis)
        .put(value)
        .array();
  }

  static long firstSeenOf(byte[] entry) {
    return ByteBuffer.wrap(entry).getLong();
  }

  static byte[] valueOf(byte[] entry) {
    return Arrays.copyOfRange(entry, Long.BYTES, entry.length);
  }
}
