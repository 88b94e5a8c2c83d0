package io.waybill.timer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.TaskId;
import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.Bytes;

/**
 * The key of a held task in the store of parked ones: a byte that sorts behind every due time, the
 * key of the pause on the control topic and a zero, the task's age (8 bytes, when it was created),
 * task id (32 ASCII digits), generation (4 bytes). So what one pause holds lies together, the
 * oldest first.
 */
final class HeldKey {
  private static final byte BEHIND_ALL_TIMES = (byte) 0xff;
  private static final int TASK_ID_LENGTH = 32;
  private static final int TAIL = Long.BYTES + TASK_ID_LENGTH + Integer.BYTES;

  private HeldKey() {}

  static Bytes of(String pause, long createdMillis, TaskId taskId, int generation) {
    byte[] start = startOf(pause).get();
    return Bytes.wrap(
        ByteBuffer.allocate(start.length + TAIL)
            .put(start)
            .putLong(createdMillis)
            .put(taskId.value().getBytes(US_ASCII))
            .putInt(generation)
            .array());
  }

  /** Sorts before all that any pause holds. */
  static Bytes startOfAll() {
    return Bytes.wrap(new byte[] {BEHIND_ALL_TIMES});
  }

  /** Sorts behind all that any pause holds, for a control key begins with a letter. */
  static Bytes endOfAll() {
    return Bytes.wrap(new byte[] {BEHIND_ALL_TIMES, BEHIND_ALL_TIMES});
  }

  /** Sorts before all that this pause holds. */
  static Bytes startOf(String pause) {
    return edge(pause, 0);
  }

  /** Sorts behind all that this pause holds, and before all that the next one does. */
  static Bytes endOf(String pause) {
    return edge(pause, 1);
  }

  private static Bytes edge(String pause, int last) {
    byte[] name = pause.getBytes(UTF_8);
    return Bytes.wrap(
        ByteBuffer.allocate(name.length + 2)
            .put(BEHIND_ALL_TIMES)
            .put(name)
            .put((byte) last)
            .array());
  }

  static String pauseOf(Bytes key) {
    return new String(key.get(), 1, key.get().length - TAIL - 2, UTF_8);
  }

  static TaskId taskIdOf(Bytes key) {
    int at = key.get().length - Integer.BYTES - TASK_ID_LENGTH;
    return new TaskId(new String(key.get(), at, TASK_ID_LENGTH, US_ASCII));
  }
}
