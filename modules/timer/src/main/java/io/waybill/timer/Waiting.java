package io.waybill.timer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What the index knows of a parked task: under which key it stands in the store, and where it came
 * from.
 *
 * @param millis the time in the store's key: when it is due, of a held task when it was created
 * @param heldBy the pause that holds it
 */
record Waiting(
    long millis,
    int generation,
    int attempts,
    int partition,
    long offset,
    Optional<String> heldBy) {
  private static final int LENGTH = 2 * Long.BYTES + 3 * Integer.BYTES;
  private static final byte[] NOT_HELD = {};

  static Waiting of(Task task, RecordOrigin origin, long dueMillis) {
    return new Waiting(
        dueMillis,
        task.generation(),
        task.attempts(),
        origin.partition(),
        origin.offset(),
        Optional.empty());
  }

  /** Under which key the task stands in the store. */
  Bytes key(TaskId taskId) {
    return heldBy
        .map(pause -> HeldKey.of(pause, millis, taskId, generation))
        .orElseGet(() -> ParkedKey.of(millis, taskId, generation));
  }

  /** Whether {@code task} comes from before the one that waits: a late copy, which adds nothing. */
  boolean isNewerThan(Task task) {
    return generation != task.generation()
        ? generation > task.generation()
        : attempts > task.attempts();
  }

  /** The same task under a pause. */
  Waiting heldBy(String pause, Task task) {
    return new Waiting(
        ParkedKey.millisOf(task.createdAt()),
        generation,
        attempts,
        partition,
        offset,
        Optional.of(pause));
  }

  /** The same task under no pause. */
  Waiting until(long dueMillis) {
    return new Waiting(dueMillis, generation, attempts, partition, offset, Optional.empty());
  }

  byte[] encode() {
    byte[] pause = heldBy.map(key -> key.getBytes(UTF_8)).orElse(NOT_HELD);
    return ByteBuffer.allocate(LENGTH + pause.length)
        .putLong(millis)
        .putInt(generation)
        .putInt(attempts)
        .putInt(partition)
        .putLong(offset)
        .put(pause)
        .array();
  }

  static Optional<Waiting> decode(byte @Nullable [] bytes) {
    if (bytes == null) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Optional<String> heldBy =
        bytes.length > LENGTH
            ? Optional.of(new String(bytes, LENGTH, bytes.length - LENGTH, UTF_8))
            : Optional.empty();
    return Optional.of(
        new Waiting(in.getLong(), in.getInt(), in.getInt(), in.getInt(), in.getLong(), heldBy));
  }
}
