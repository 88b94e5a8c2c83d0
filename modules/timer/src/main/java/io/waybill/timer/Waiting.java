package io.waybill.timer;

import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the index knows of a parked task: under which key it stands in the store, and where it came
 * from.
 *
 * @param dueMillis the time in the store's key, which for a task of a paused destination is later
 *     than the task's own
 */
record Waiting(long dueMillis, int generation, int attempts, int partition, long offset) {
  private static final int LENGTH = 2 * Long.BYTES + 3 * Integer.BYTES;

  static Waiting of(Task task, RecordOrigin origin, long dueMillis) {
    return new Waiting(
        dueMillis, task.generation(), task.attempts(), origin.partition(), origin.offset());
  }

  /** Whether {@code task} comes from before the one that waits: a late copy, which adds nothing. */
  boolean isNewerThan(Task task) {
    return generation != task.generation()
        ? generation > task.generation()
        : attempts > task.attempts();
  }

  Waiting until(long newDueMillis) {
    return new Waiting(newDueMillis, generation, attempts, partition, offset);
  }

  byte[] encode() {
    return ByteBuffer.allocate(LENGTH)
        .putLong(dueMillis)
        .putInt(generation)
        .putInt(attempts)
        .putInt(partition)
        .putLong(offset)
        .array();
  }

  static Optional<Waiting> decode(byte @Nullable [] bytes) {
    if (bytes == null) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return Optional.of(
        new Waiting(in.getLong(), in.getInt(), in.getInt(), in.getInt(), in.getLong()));
  }
}
