package io.waybill.status;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.Control;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.Task;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of a command.
 *
 * @param audit always exactly one
 * @param status how the delivery stands now, when the command was granted
 * @param tasks to send
 * @param cancellation what senders and timer must know
 */
record Decision(
    AuditRecord audit,
    Optional<DeliveryStatus> status,
    List<Task> tasks,
    Optional<Cancellation> cancellation) {

  /**
   * A word to senders and timer.
   *
   * @param lastDueAt when the last of the tasks that it covers comes out of the timer: the word
   *     must still stand then
   */
  record Cancellation(Control.DeliveryCancelled control, Instant lastDueAt) {}

  Decision {
    tasks = List.copyOf(tasks);
  }

  static Decision refused(AuditRecord audit) {
    return new Decision(audit, Optional.empty(), List.of(), Optional.empty());
  }
}
