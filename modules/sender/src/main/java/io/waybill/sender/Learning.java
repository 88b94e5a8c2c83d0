package io.waybill.sender;

import io.waybill.domain.BreakerTrace;
import io.waybill.domain.DestinationId;
import java.time.Instant;
import java.util.Optional;

/**
 * What one lane may still learn of its destination from others: until it has an outcome of its own,
 * they may know more. Owned by the poll thread.
 */
final class Learning {
  private final DestinationId destination;
  private final BreakerMemory memory;
  private boolean goesOn = true;
  private long cautiousUntil;
  private Optional<BreakerTrace> learnt = Optional.empty();
  private boolean hasOutcome;
  private long newestOutcomeAt;

  /**
   * @param cautiousUntil as of {@link #beginAnew}
   */
  Learning(DestinationId destination, BreakerMemory memory, long cautiousUntil) {
    this.destination = destination;
    this.memory = memory;
    this.cautiousUntil = cautiousUntil;
  }

  /**
   * Somebody else may have sent to the destination.
   *
   * @param until so long it should only be probed, unless it has had an outcome by then: what the
   *     other has learnt may be under way
   */
  void beginAnew(long until) {
    goesOn = true;
    cautiousUntil = until;
  }

  /**
   * What others know that is newer than what this lane has seen itself, told once.
   *
   * @param version of the destination that the lane knows of
   */
  Optional<BreakerMemory.Recalled> news(long version, Ticker ticker) {
    return goesOn
        ? memory.recall(destination).filter(recalled -> isNews(recalled, version, ticker))
        : Optional.empty();
  }

  private boolean isNews(BreakerMemory.Recalled recalled, long version, Ticker ticker) {
    BreakerTrace trace = recalled.trace();
    if (learnt.isPresent() && learnt.get().equals(trace)) {
      return false;
    }
    boolean hasNothingToTell = learnt.isEmpty() && !hasOutcome && trace.isClear();
    learnt = Optional.of(trace);
    return !hasNothingToTell && recalled.version() >= version && !isOlder(trace, ticker);
  }

  private boolean isOlder(BreakerTrace trace, Ticker ticker) {
    if (!hasOutcome) {
      return false;
    }
    Instant own = ticker.now().minusNanos(ticker.nanos() - newestOutcomeAt);
    return trace.newestAt().filter(own::isBefore).isEmpty();
  }

  /** How long it should only be probed because others may know that it fails; zero when not. */
  long nanosOfCaution(long now) {
    return goesOn ? Math.max(0, cautiousUntil - now) : 0;
  }

  /** An attempt of this lane has said something of the destination. */
  void end(long now) {
    goesOn = false;
    hasOutcome = true;
    newestOutcomeAt = now;
  }
}
