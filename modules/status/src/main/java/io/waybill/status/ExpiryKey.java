package io.waybill.status;

import io.waybill.domain.DeliveryId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.common.utils.Bytes;

/**
 * When which delivery is to be purged: time (8 bytes, big-endian, so that byte order is time order)
 * and delivery id (16 bytes).
 */
final class ExpiryKey {
  private static final int LENGTH = Long.BYTES + 2 * Long.BYTES;

  private ExpiryKey() {}

  static Bytes of(Instant at, DeliveryId deliveryId) {
    UUID id = deliveryId.value();
    return Bytes.wrap(
        ByteBuffer.allocate(LENGTH)
            .putLong(at.toEpochMilli())
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array());
  }

  /** Sorts before every key of that time or later, and after every earlier one. */
  static Bytes startOf(long millis) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(millis).array());
  }

  static DeliveryId deliveryIdOf(Bytes key) {
    ByteBuffer in = ByteBuffer.wrap(key.get(), Long.BYTES, 2 * Long.BYTES);
    return new DeliveryId(new UUID(in.getLong(), in.getLong()));
  }

  /** The value beside a key: the {@code updatedAt} of the state that is to be purged. */
  static byte[] valueOf(Instant updatedAt) {
    return ByteBuffer.allocate(Long.BYTES).putLong(updatedAt.toEpochMilli()).array();
  }

  /**
   * Whether {@code value} speaks of a state with this {@code updatedAt}, and not of an older one.
   */
  static boolean speaksOf(byte[] value, Instant updatedAt) {
    return ByteBuffer.wrap(value).getLong() == updatedAt.toEpochMilli();
  }
}
