package io.waybill.sender;

import io.waybill.domain.Reason;
import java.time.Instant;

/** What its lane says is to be done with a task now. What the {@link TaskGate} says comes first. */
sealed interface Order {

  /**
   * Try it, by leave of the destination's breaker.
   *
   * @param begunAt as of {@link Ticker#nanos}
   */
  record Send(Breaker.Permit permit, long begunAt) implements Order {}

  /** Let it wait, at no attempt. */
  record Park(Reason reason, Instant dueAt) implements Order {}

  /** It is no task and has no lane. */
  record Refuse() implements Order {}
}
