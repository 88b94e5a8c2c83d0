package io.waybill.status;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.Task;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What becomes of a wish for a fallback. */
sealed interface FallbackDecision {

  /** The delivery stands like this now. */
  record Granted(DeliveryStatus status, List<Task> tasks, Optional<AuditRecord> audit)
      implements FallbackDecision {
    public Granted {
      tasks = List.copyOf(tasks);
    }
  }

  /** Nothing needs to be done any more, or it was done before. */
  record Moot() implements FallbackDecision {}

  /** Not before that time. */
  record Later(Instant at) implements FallbackDecision {}

  /** Nothing is known of the delivery yet: the wish came before the event that says so. */
  record Unknown() implements FallbackDecision {}

  /** Nobody can have asked for this in good faith. */
  record Impossible(String message) implements FallbackDecision {}
}
