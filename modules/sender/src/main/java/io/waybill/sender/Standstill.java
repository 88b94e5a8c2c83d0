package io.waybill.sender;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the process was held still: by a signal, a hypervisor, a long collection. It finds
 * records, answers and time-outs of a time in which the group may have given it up. So it sends
 * nothing before the group has said that it has not, or it would send what others have sent; and
 * what had begun before and has failed is held against no destination. Owned by the poll thread.
 */
final class Standstill {
  private static final Logger LOG = LoggerFactory.getLogger(Standstill.class);

  /** No turn takes so long, unless this process or Kafka stands still. */
  static final Duration TOO_LONG = Duration.ofSeconds(2);

  /** The first answer may be to what was asked before: only the second one is news. */
  static final int ANSWERS = 2;

  private final Ticker ticker;
  private final LongSupplier answers;
  private long turnedAt;
  private long endedAt;
  private long answersBeforePoll;
  private long answersBeforePollBefore;
  private long sendsFromAnswer;

  /**
   * @param answers to heartbeats that the member has had so far
   */
  Standstill(Ticker ticker, LongSupplier answers) {
    this.ticker = ticker;
    this.answers = answers;
    this.turnedAt = ticker.nanos();
    this.endedAt = turnedAt;
  }

  /** To be called more often than once in {@link #TOO_LONG}, and before anything is sent. */
  void look() {
    long now = ticker.nanos();
    long turn = now - turnedAt;
    turnedAt = now;
    if (turn > TOO_LONG.toNanos()) {
      endedAt = now;
      sendsFromAnswer = answers.getAsLong() + ANSWERS;
      LOG.atWarn()
          .addKeyValue("seconds", Duration.ofNanos(turn).toSeconds())
          .log("poll thread stood still, sends wait until the group has been heard");
    }
  }

  /** The thread has waited on purpose. */
  void waited() {
    turnedAt = ticker.nanos();
  }

  /** To be called before each poll, which brings what the answers said so far. */
  void polls() {
    answersBeforePollBefore = answersBeforePoll;
    answersBeforePoll = answers.getAsLong();
  }

  /**
   * Whether the group has been heard, and what it said has come out of a poll: the last but one,
   * for Kafka's client counts an answer a moment before it acts on it.
   */
  boolean allowsSends() {
    return answersBeforePollBefore >= sendsFromAnswer;
  }

  /** Whether what was ordered had begun before the process was held still last. */
  boolean cameDuring(Order order) {
    return order instanceof Order.Send send && send.begunAt() - endedAt < 0;
  }
}
