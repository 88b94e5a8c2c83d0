package io.waybill.sender;

import io.waybill.domain.DestinationId;
import io.waybill.domain.Task;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One destination: its waiting tasks, and whether it may be sent to. Owned by the poll thread.
 * Times are nanoseconds, as of {@link TokenBucket}.
 */
final class Lane {
  private final DestinationId destination;
  private final LaneLimits limits;
  private final Breaker breaker;
  private final TokenBucket tokens;
  private final LaneQueue queue = new LaneQueue();
  private int underWay;

  Lane(DestinationId destination, LaneLimits limits, Breaker breaker, long now) {
    this.destination = destination;
    this.limits = limits;
    this.breaker = breaker;
    this.tokens = new TokenBucket(limits.perSecond(), now);
  }

  DestinationId destination() {
    return destination;
  }

  Breaker breaker() {
    return breaker;
  }

  void add(Work work, Task task) {
    queue.add(work, task);
  }

  /** As of {@link LaneQueue#first}. */
  Optional<Work> first(boolean onlyExpress) {
    return queue.first(onlyExpress);
  }

  /** As of {@link LaneQueue#removeFirst}. */
  void removeFirst(boolean onlyExpress) {
    queue.removeFirst(onlyExpress);
  }

  void removeIf(Predicate<Work> gone) {
    queue.removeIf(gone);
  }

  boolean hasExpress() {
    return queue.hasExpress();
  }

  int waiting() {
    return queue.size();
  }

  /** Whether as many attempts are under way as may be; the end of one changes that. */
  boolean isFull() {
    return underWay >= limits.inFlight();
  }

  /** How long the rate limit allows no attempt; zero when it does. */
  long nanosUntilAllowed(long now) {
    return tokens.nanosUntilNext(now);
  }

  /**
   * Leave for an attempt, which counts from then on; empty when others that probe must end first.
   */
  Optional<Breaker.Permit> begin() {
    Optional<Breaker.Permit> permit = breaker.tryAcquire();
    if (permit.isPresent()) {
      underWay++;
      tokens.take();
    }
    return permit;
  }

  /** Takes the end of an attempt that had begun. */
  void ended(Breaker.Permit permit, Verdict verdict) {
    underWay--;
    breaker.ended(permit, verdict);
    if (verdict == Verdict.NONE) {
      tokens.giveBack();
    }
  }

  /**
   * Whether it can be forgotten. Worst case: failures are counted anew, and the rate limit begins
   * with a full second.
   */
  boolean isIdle() {
    return underWay == 0 && queue.size() == 0 && breaker.isClosed();
  }
}
