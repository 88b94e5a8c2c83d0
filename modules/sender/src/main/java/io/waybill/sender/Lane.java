package io.waybill.sender;

import io.waybill.domain.DestinationId;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One destination: its waiting tasks, and whether it may be sent to. Owned by the poll thread.
 * Times are nanoseconds, as of {@link TokenBucket}.
 */
final class Lane {
  /** A lane that was only busy for a moment has not outgrown its share. */
  private static final long PATIENCE = Duration.ofMillis(500).toNanos();

  /** What does not fit now does not fit in a moment either. */
  private static final Duration LEAST_PARKING = Duration.ofSeconds(1);

  /**
   * Tasks wait as long as the destination has been silent, so that over a long silence each is
   * parked a few times only; but not for ever, for nothing calls them back when it answers again.
   */
  private static final Duration LONGEST_PARKING = Duration.ofMinutes(3);

  /** One that is silent has that part of what is free, at most. */
  private static final int SILENT_SHARE = 8;

  /** Enough to notice its recovery at once, and few enough to be forgone by others. */
  private static final int MOST_WHILE_SILENT = 10;

  private final DestinationId destination;
  private final LaneLimits limits;
  private final long mostBytes;
  private final Breaker breaker;
  private final Learning learning;
  private final TokenBucket tokens;
  private final LaneQueue queue = new LaneQueue();
  private final ParkSchedule schedule = new ParkSchedule();
  private final Pace pace;
  private long version;
  private int underWay;
  private int expressUnderWay;
  private long busySince;
  private long bytesUnderWay;
  private boolean outgrown;
  private long outgrownSince;

  /** Of what it was read from last. */
  private int partition;

  /**
   * @param mostBytes of payloads under way at a time, unless there is one only
   * @param learning of the destination
   */
  Lane(
      DestinationId destination,
      LaneLimits limits,
      long mostBytes,
      Breaker breaker,
      Learning learning,
      CommonPace common,
      long now) {
    this.destination = destination;
    this.limits = limits;
    this.mostBytes = mostBytes;
    this.breaker = breaker;
    this.learning = learning;
    this.pace = new Pace(limits, common);
    this.tokens = new TokenBucket(limits.perSecond(), now);
  }

  DestinationId destination() {
    return destination;
  }

  Breaker breaker() {
    return breaker;
  }

  void add(Work work) {
    partition = work.origin().partition();
    queue.add(work);
  }

  /** The number of the partition that its tasks come from. */
  int partition() {
    return partition;
  }

  Learning learning() {
    return learning;
  }

  /** Takes up what others know of the destination. */
  void learn(Ticker ticker) {
    Optional<BreakerMemory.Recalled> news = learning.news(version, ticker);
    if (news.isPresent()) {
      // A task of that version must not pass for the news that the owner has changed it.
      version = news.get().version();
      breaker.restore(news.get().trace(), ticker.now());
    }
  }

  /**
   * Takes note of the destination's version that a task was made for. With a newer one its owner
   * has changed it, most often because it failed: what was learnt of the old one says nothing.
   */
  void heardOf(long destinationVersion) {
    if (destinationVersion > version) {
      if (version > 0) {
        if (!breaker.isClosed()) {
          // Or what is published to the changed one would wait as long as what is parked.
          schedule.letPass();
        }
        breaker.renew();
      }
      version = destinationVersion;
    }
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

  /** Attempts that have begun and not ended. */
  int underWay() {
    return underWay;
  }

  /** Whether as much is under way as may be beside this; the end of an attempt changes that. */
  boolean isFullFor(Work next) {
    long bytes = next.payloadBytes();
    boolean isTooMuch = bytes > 0 && bytesUnderWay > 0 && bytesUnderWay + bytes > mostBytes;
    return isTooMuch || underWay >= limits.inFlight();
  }

  /**
   * Whether it must leave what is free to others: one has no more under way than are free, and one
   * that is silent no more than an eighth of that. So however many hang, and whatever is sent to
   * them, some stay free: of so many places a share of 1 / (1 + hanging) at least. Express tasks
   * and others count apart, for they have places of their own.
   *
   * @param free attempts that may begin before some limit is reached that lanes share
   */
  boolean hasItsShare(Work next, int free, long now) {
    int beside = next.isExpress() ? expressUnderWay : underWay - expressUnderWay;
    int most =
        isSilent(now) ? Math.clamp(free / SILENT_SHARE, 1, MOST_WHILE_SILENT) : Math.max(1, free);
    return beside >= most;
  }

  /** Whether as much is under way as may be while it is only probed. */
  boolean isProbedEnough() {
    return underWay >= BreakerPolicy.PROBES;
  }

  /** How long the rate limit allows no attempt; zero when it does. */
  long nanosUntilAllowed(long now) {
    return tokens.nanosUntilNext(now);
  }

  /**
   * Leave for an attempt, which counts from then on; empty when others that probe must end first.
   */
  Optional<Order.Send> begin(Work work, long now) {
    Optional<Breaker.Permit> permit = breaker.tryAcquire();
    if (permit.isPresent()) {
      busySince = underWay == 0 ? now : busySince;
      underWay++;
      expressUnderWay += work.isExpress() ? 1 : 0;
      bytesUnderWay += work.payloadBytes();
      tokens.take();
      pace.begun(now);
    }
    return permit.map(given -> new Order.Send(given, now));
  }

  /** Takes the end of an attempt that had begun. */
  void ended(Work work, Order.Send order, Verdict verdict, long now) {
    underWay--;
    expressUnderWay -= work.isExpress() ? 1 : 0;
    bytesUnderWay -= work.payloadBytes();
    breaker.ended(order.permit(), verdict);
    if (verdict != Verdict.NONE) {
      learning.end(now);
    }
    switch (verdict) {
      case GOOD -> pace.answered(now, now - order.begunAt());
      case BAD, REFUSED -> {
        // Its silence goes on.
      }
      case NONE -> tokens.giveBack();
    }
    if (underWay == 0 && breaker.isClosed()) {
      pace.idle();
    }
  }

  /** As of {@link ParkSchedule#parkedAtMost}. */
  long parkedAtMost(Instant now) {
    return schedule.parkedAtMost(now);
  }

  /** How its breaker stands. */
  SenderLoad.BreakerState breakerState() {
    if (breaker.openFor().isPositive()) {
      return SenderLoad.BreakerState.OPEN;
    }
    return breaker.isClosed() ? SenderLoad.BreakerState.CLOSED : SenderLoad.BreakerState.HALF_OPEN;
  }

  /** Whether a task must park because it would overtake what is parked. */
  boolean isBehindParked(Work work, Instant now) {
    return schedule.isBehind(work.task(), now);
  }

  /**
   * Whether more wait than ever should: have for a while, or do while the destination is only
   * probed. Asked whenever that may have changed.
   */
  boolean hasOutgrown(long now) {
    if (queue.size() < limits.waiting()) {
      outgrown = false;
    } else if (!outgrown && queue.size() > limits.waiting()) {
      outgrown = true;
      outgrownSince = now;
    }
    return queue.size() > limits.waiting()
        && (now - outgrownSince >= PATIENCE || !breaker.isClosed());
  }

  /** Whether the destination may take nothing for a while, because it is silent or only probed. */
  boolean isDoubtful(long now) {
    return !breaker.isClosed() || isSilent(now);
  }

  /**
   * Whether more wait than should for a destination that is doubtful.
   *
   * @param free places of the partition that keeps them
   */
  boolean hasSurplus(int free, long now) {
    int most = isSilent(now) ? MOST_WHILE_SILENT : Integer.MAX_VALUE;
    return queue.size() > Math.clamp(free / SILENT_SHARE, 1, Math.min(most, limits.waiting()));
  }

  /** Whether more wait than would be left to it if it were doubtful. */
  boolean mayHaveSurplus() {
    return queue.size() > 1;
  }

  /** Whether it has been asked for a while, and has not answered for longer than it should. */
  boolean isSilent(long now) {
    return underWay > 0 && pace.isSilent(now) && now - busySince >= Pace.SILENCE;
  }

  /** As of {@link LaneQueue#last}. */
  Work last() {
    return queue.last();
  }

  /** As of {@link LaneQueue#removeLast}. */
  Work removeLast() {
    return queue.removeLast();
  }

  /** Parks a task that does not fit. */
  Order.Park parkSurplus(Work work, Ticker ticker) {
    return park(work, LEAST_PARKING, ticker);
  }

  /** Parks a task while the breaker is open, or behind those that are parked. */
  Order.Park park(Work work, Ticker ticker) {
    return park(work, Duration.ZERO, ticker);
  }

  private Order.Park park(Work work, Duration leastWait, Ticker ticker) {
    Duration openFor = breaker.openFor();
    Duration silent = pace.silentFor(ticker.nanos());
    Duration capped = silent.compareTo(LONGEST_PARKING) > 0 ? LONGEST_PARKING : silent;
    Duration wait = Collections.max(List.of(leastWait, openFor, capped));
    return new Order.Park(
        openFor.isPositive() ? Reason.BREAKER_OPEN : Reason.OVERFLOW,
        schedule.nextSlot(work.task(), ticker.now(), wait, pace.drainPerSecond()));
  }

  /**
   * Whether it can be forgotten. Worst case: the rate limit begins with a full second, and a new
   * task overtakes parked ones. Failures are remembered by the health topic.
   */
  boolean isIdle() {
    return underWay == 0 && queue.size() == 0 && breaker.isClosed();
  }
}
