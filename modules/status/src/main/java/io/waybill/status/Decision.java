package io.waybill.status;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.Control;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.Task;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of a command.
 *
 * @param audit always exactly one
 * @param status how the delivery stands now, when the command was granted
 * @param tasks to send
 * @param control what senders and timer must know
 */
record Decision(
    AuditRecord audit,
    Optional<DeliveryStatus> status,
    List<Task> tasks,
    Optional<Control.DeliveryCancelled> control) {
  Decision {
    tasks = List.copyOf(tasks);
  }

  static Decision refused(AuditRecord audit) {
    return new Decision(audit, Optional.empty(), List.of(), Optional.empty());
  }
}
