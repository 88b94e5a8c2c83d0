package io.waybill.sender;

import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.wire.Codecs;
import io.waybill.wire.DeadLetters;
import io.waybill.wire.UndecodableException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Reads the records of the tasks topics. Used by the poll thread; has no state. */
final class TaskReader {
  private final Codecs codecs;
  private final InstantSource clock;

  TaskReader(Codecs codecs, InstantSource clock) {
    this.codecs = codecs;
    this.clock = clock;
  }

  /**
   * What the record is; one that is no task comes as its dead letter.
   *
   * @throws io.waybill.wire.RegistryException when that cannot be told now
   */
  Work.Content read(RecordOrigin origin, byte @Nullable [] key, byte @Nullable [] value) {
    if (value == null) {
      return unreadable(origin, key, null, Reason.MALFORMED, "a task record without a value");
    }
    try {
      return new Work.TaskRecord(codecs.tasks().decode(value));
    } catch (UndecodableException e) {
      // It is kept whole in a dead letter, and holds up nobody: a later reading would say the same.
      return unreadable(origin, key, value, e.reason(), String.valueOf(e.getMessage()));
    }
  }

  private Work.Content unreadable(
      RecordOrigin origin,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Reason reason,
      String message) {
    return new Work.PoisonRecord(
        DeadLetters.ofUnreadable(origin, key, value, reason, message, clock.instant()));
  }
}
