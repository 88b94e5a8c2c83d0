package io.waybill.sender;

import io.waybill.domain.BreakerTrace;
import io.waybill.domain.DestinationId;
import java.util.Optional;

/** What other senders, or this one before it was restarted, have learnt of destinations. */
interface BreakerMemory {

  /**
   * What is known of one destination.
   *
   * @param trace what its attempts have left behind
   * @param version of the destination that they were made at
   */
  record Recalled(BreakerTrace trace, long version) {}

  /** What is known; empty also when it was learnt of a configuration that has changed since. */
  Optional<Recalled> recall(DestinationId destination);
}
