package io.waybill.sender;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;

/**
 * One record that was read and is to be dealt with.
 *
 * @param from the assignment under which it was read
 * @param place of its record there
 * @param recordBytes size of its record
 * @param payloadBytes what comes into memory when it is sent, beside its record: a payload that is
 *     fetched, and what its channel makes of it; 0 of any other
 */
record Work(
    AssignedPartition from,
    PartitionProgress.Place<AssignedPartition.Finished> place,
    RecordOrigin origin,
    Content content,
    long recordBytes,
    long payloadBytes) {

  /** One whose channel keeps nothing but the payload. */
  Work(
      AssignedPartition from,
      PartitionProgress.Place<AssignedPartition.Finished> place,
      RecordOrigin origin,
      Content content,
      long recordBytes) {
    this(from, place, origin, content, recordBytes, fetchedBytes(content));
  }

  /** What the record was. */
  sealed interface Content {}

  /** A task. */
  record TaskRecord(Task task) implements Content {}

  /** No task, and reading it again would not make it one. */
  record PoisonRecord(DeadLetter letter) implements Content {}

  /** Its task, which must be there. */
  Task task() {
    if (content instanceof TaskRecord(Task task)) {
      return task;
    }
    throw new IllegalStateException("the record at " + origin + " is no task");
  }

  /** Whether nothing ordinary may hold it up. */
  boolean isExpress() {
    return content instanceof TaskRecord(Task task) && task.isExpress();
  }

  /** Size of the payload that has to be fetched for it; 0 when there is none. */
  static long fetchedBytes(Content content) {
    return content instanceof TaskRecord(Task task)
            && task.payload() instanceof TaskPayload.Reference reference
        ? reference.size()
        : 0;
  }
}
