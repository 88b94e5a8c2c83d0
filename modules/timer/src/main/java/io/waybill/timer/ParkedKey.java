package io.waybill.timer;

import io.waybill.domain.TaskId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.utils.Bytes;

/**
 * The key of a parked task in its store: due time (8 bytes, big-endian, so that byte order is time
 * order), task id (32 ASCII digits), generation (4 bytes).
 */
final class ParkedKey {
  private static final int TASK_ID_LENGTH = 32;
  private static final int LENGTH = Long.BYTES + TASK_ID_LENGTH + Integer.BYTES;

  private ParkedKey() {}

  static Bytes of(long dueMillis, TaskId taskId, int generation) {
    return Bytes.wrap(
        ByteBuffer.allocate(LENGTH)
            .putLong(dueMillis)
            .put(taskId.value().getBytes(StandardCharsets.US_ASCII))
            .putInt(generation)
            .array());
  }

  /** Sorts before every key that is due then or later, and after every earlier one. */
  static Bytes startOf(long dueMillis) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(dueMillis).array());
  }

  /** The due time of a whole key or of a start. */
  static long dueMillisOf(Bytes key) {
    return ByteBuffer.wrap(key.get()).getLong();
  }

  static TaskId taskIdOf(Bytes key) {
    return new TaskId(new String(key.get(), Long.BYTES, TASK_ID_LENGTH, StandardCharsets.US_ASCII));
  }

  /** The due time as the store has it: negative numbers would sort last, so 1970 is the first. */
  static long millisOf(Instant dueAt) {
    return Math.max(0, dueAt.toEpochMilli());
  }
}
