package io.waybill.sender;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the process was held still: by a signal, a hypervisor, a long collection. It finds
 * records, answers and time-outs of a time in which the group may have given it up. So it sends
 * nothing before the group has had time to say so, or it would send what others have sent; and what
 * had begun before and has failed is held against no destination. Owned by the poll thread.
 */
final class Standstill {
  private static final Logger LOG = LoggerFactory.getLogger(Standstill.class);

  /** No turn takes so long, unless this process or Kafka stands still. */
  static final Duration TOO_LONG = Duration.ofSeconds(2);

  /** A heartbeat and its answer, on a machine that is busy. */
  static final Duration HEARD_WITHIN = Duration.ofSeconds(1);

  private final Ticker ticker;
  private long turnedAt;
  private long endedAt;
  private long sendsFrom;

  Standstill(Ticker ticker) {
    this.ticker = ticker;
    this.turnedAt = ticker.nanos();
    this.endedAt = turnedAt;
    this.sendsFrom = turnedAt;
  }

  /** To be called more often than once in {@link #TOO_LONG}, and before anything is sent. */
  void look() {
    long now = ticker.nanos();
    long turn = now - turnedAt;
    turnedAt = now;
    if (turn > TOO_LONG.toNanos()) {
      endedAt = now;
      sendsFrom = now + HEARD_WITHIN.toNanos();
      LOG.atWarn()
          .addKeyValue("seconds", Duration.ofNanos(turn).toSeconds())
          .log("poll thread stood still, sends wait until the group has been heard");
    }
  }

  /** The thread has waited on purpose. */
  void waited() {
    turnedAt = ticker.nanos();
  }

  /** Whether the group has had its time. */
  boolean allowsSends() {
    return ticker.nanos() - sendsFrom >= 0;
  }

  /** Whether what was ordered had begun before the process was held still last. */
  boolean cameDuring(Order order) {
    return order instanceof Order.Send send && send.begunAt() - endedAt < 0;
  }
}
