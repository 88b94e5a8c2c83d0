package io.waybill.timer;

import io.waybill.domain.DestinationType;
import io.waybill.domain.Reason;
import java.time.Duration;

/**
 * Who counts what the timer does. Called by stream threads, so it must return at once and throw
 * nothing. What a thread had not committed when it died is done, and told, again.
 */
public interface TimerMetrics {
  /** Counts nothing. */
  TimerMetrics NONE = new TimerMetrics() {};

  /**
   * More or fewer tasks are parked here: by tasks that come and go, and by partitions that do.
   *
   * @param change positive or negative; of a partition that comes what its store estimates
   */
  default void parked(DestinationType type, long change) {}

  /**
   * A task went back to its tasks topic.
   *
   * @param late since its due time; never negative
   */
  default void released(DestinationType type, Duration late) {}

  /** A record became a dead letter. */
  default void deadLettered(Reason reason) {}
}
