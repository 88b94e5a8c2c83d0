package io.waybill.sender;

import io.waybill.domain.DestinationId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All lanes, and whose turn it is. Lanes take turns, one task each; those with express tasks go
 * first, but of {@value LaneQueue#OLDEST_EVERY} tasks one is any lane's. A lane that may not send
 * is out of the turns until it may. Owned by the poll thread.
 *
 * <p>So the lowest priority has a bound under whatever load of the highest: a lane in turn has one
 * start in ten times the number of lanes in turn, and of ten tasks that leave it by its turn one is
 * its oldest. The oldest task that waits in a lane leaves within a hundred starts for each lane in
 * turn, and is never parked for want of room. One that comes into a lane that has outgrown its
 * share may be parked first, as long as older ones wait there; it comes back when its slot has
 * come, and is soon the oldest itself. What is parked, or waits in Kafka, has no such bound.
 */
final class Lanes {
  private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

  /** Idle lanes are forgotten when there are more. */
  private static final int MANY = 10_000;

  /**
   * What the former owner of a partition has learnt reaches this sender within that time, if the
   * status topology runs.
   */
  static final Duration CAUTION = Duration.ofSeconds(2);

  private final LaneLimits limits;
  private final long mostBytes;
  private final Supplier<Breaker> breakers;
  private final BreakerMemory memory;
  private final Ticker ticker;
  private final Map<DestinationId, Lane> lanes = new HashMap<>();
  private final Turns turns = new Turns();
  private final CommonPace common = new CommonPace();
  private final Set<Lane> crowded = new HashSet<>();
  private final Map<Integer, Long> cautiousUntil = new HashMap<>();

  /** Whether a lane that was passed over in this dispatch would send, and not only park. */
  private boolean waitsForBytes;

  private int waiting;

  /** Lanes with attempts under way. */
  private int busy;

  private int sinceAnyLane;
  private int forgetAt = MANY;

  /** Starts a task's way; its end comes back to {@link #ended}. */
  interface Starter {
    /** Whether an attempt at the task fits into what may be under way. */
    boolean allows(Work work);

    /**
     * How many more attempts could begin, next to those under way, before the process or the task's
     * partition has as many as it may.
     */
    int freeForAttempts(Work work);

    /** How many more tasks the task's partition could hold. */
    int freePlaces(Work work);

    /** Whether a task may be parked, which takes its payload into memory if it is too old. */
    boolean allowsParking(Work work);

    void start(Work work, Order order);
  }

  /**
   * @param mostBytes of payloads under way of one lane, as of {@link Lane}
   */
  Lanes(
      LaneLimits limits,
      long mostBytes,
      Supplier<Breaker> breakers,
      BreakerMemory memory,
      Ticker ticker) {
    this.limits = limits;
    this.mostBytes = mostBytes;
    this.breakers = breakers;
    this.memory = memory;
    this.ticker = ticker;
  }

  /** Takes a task that was read; parks it when it would overtake what is parked of its lane. */
  void add(Work work, Starter starter) {
    Lane lane = lanes.computeIfAbsent(work.task().destinationId(), id -> newLane(id, work));
    lane.heardOf(work.task().destinationVersion());
    if (lane.isBehindParked(work, ticker.now())) {
      starter.start(work, lane.park(work, ticker));
      return;
    }
    lane.add(work);
    waiting++;
    turns.take(lane);
    if (lane.mayHaveSurplus()) {
      crowded.add(lane);
    }
    if (lanes.size() > forgetAt) {
      lanes.values().removeIf(Lane::isIdle);
      forgetAt = Math.max(MANY, 2 * lanes.size());
    }
  }

  private Lane newLane(DestinationId id, Work first) {
    long now = ticker.nanos();
    Lane lane =
        new Lane(
            id,
            limits,
            mostBytes,
            breakers.get(),
            new Learning(id, memory, cautiousUntil.getOrDefault(first.origin().partition(), now)),
            common,
            now);
    lane.learn(ticker);
    return lane;
  }

  /** Takes note that a partition of that number has come from somebody else. */
  void gained(int partition) {
    long until = ticker.nanos() + CAUTION.toNanos();
    cautiousUntil.put(partition, until);
    for (Lane lane : lanes.values()) {
      if (lane.partition() == partition) {
        lane.learning().beginAnew(until);
      }
    }
  }

  /** Starts all that may start now. */
  void dispatch(Starter starter) {
    turns.wake(ticker.nanos());
    while (startOne(starter)) {
      // Until no lane may, or no more fits.
    }
    turns.endPassingOver();
    waitsForBytes = false;
    parkSurplus(starter);
  }

  /**
   * Parks what lanes have too much of, never their oldest. Those that are in turn wait for the
   * process, not for room, unless they are silent.
   */
  private void parkSurplus(Starter starter) {
    long now = ticker.nanos();
    for (Lane lane : crowded) {
      while (hasSurplus(lane, starter, now) && starter.allowsParking(lane.last())) {
        Work work = lane.removeLast();
        waiting--;
        if (!work.from().isFenced()) {
          starter.start(work, lane.parkSurplus(work, ticker));
        }
      }
    }
    crowded.removeIf(lane -> !lane.mayHaveSurplus());
  }

  private boolean hasSurplus(Lane lane, Starter starter, long now) {
    if (lane.hasOutgrown(now)) {
      return !turns.isInTurn(lane);
    }
    return areSeveralBusy()
        && lane.waiting() > 1
        && lane.isDoubtful(now)
        && lane.hasSurplus(starter.freePlaces(lane.last()), now)
        && (lane.isSilent(now) || !turns.isInTurn(lane));
  }

  /** A single one has limits of its own; there is nobody to whom it must leave anything. */
  private boolean areSeveralBusy() {
    return busy > 1;
  }

  private boolean startOne(Starter starter) {
    boolean isAnyLanesTurn = sinceAnyLane >= LaneQueue.OLDEST_EVERY - 1;
    if (!isAnyLanesTurn || !startNext(false, starter)) {
      if (startNext(true, starter)) {
        sinceAnyLane++;
        return true;
      }
      if (!startNext(false, starter)) {
        return false;
      }
    }
    sinceAnyLane = 0;
    return true;
  }

  /** Starts the first task of the first lane in turn that may send. */
  private boolean startNext(boolean isExpressTurn, Starter starter) {
    SequencedSet<Lane> inTurn = turns.inTurn(isExpressTurn);
    while (!inTurn.isEmpty()) {
      Lane lane = inTurn.getFirst();
      // An ordinary task whose turn it is must not stop the express tasks behind it.
      boolean onlyExpress =
          isExpressTurn
              && lane.first(false)
                  .filter(next -> fits(next, starter) && !hasItsShare(lane, next, starter))
                  .isEmpty();
      Optional<Work> first = lane.first(onlyExpress);
      if (first.isEmpty() || (isExpressTurn && !lane.hasExpress())) {
        inTurn.remove(lane);
        continue;
      }
      Work work = first.get();
      if (work.from().isFenced()) {
        // Of an epoch that has ended: it is read again, here or elsewhere.
        remove(lane, onlyExpress);
        continue;
      }
      lane.learn(ticker);
      if (lane.breaker().openFor().isPositive()) {
        if (!starter.allowsParking(work)) {
          turns.passOver(lane, isExpressTurn);
          continue;
        }
        remove(lane, onlyExpress);
        starter.start(work, lane.park(work, ticker));
        return true;
      }
      if (isHeldBack(lane, work)) {
        continue;
      }
      if (!fits(work, starter)) {
        if (work.payloadBytes() == 0) {
          return false;
        }
        // A destination that hangs may hold all the bytes: what needs none goes on.
        turns.passOver(lane, isExpressTurn);
        waitsForBytes = true;
        continue;
      }
      if (hasItsShare(lane, work, starter)) {
        turns.passOver(lane, isExpressTurn);
        continue;
      }
      Optional<Order.Send> send = lane.begin(work, ticker.nanos());
      if (send.isEmpty()) {
        // Its end brings the lane back.
        turns.leave(lane);
        continue;
      }
      busy += lane.underWay() == 1 ? 1 : 0;
      remove(lane, onlyExpress);
      inTurn.remove(lane);
      turns.take(lane);
      starter.start(work, send.get());
      return true;
    }
    return false;
  }

  /**
   * Whether there is room for it. Past a task that waits for bytes go only those that need none, or
   * the largest would never have its turn; express tasks have bytes of their own.
   */
  private boolean fits(Work work, Starter starter) {
    boolean passes = !waitsForBytes || work.payloadBytes() == 0 || work.isExpress();
    return passes && starter.allows(work);
  }

  /** Whether the lane must leave what is free to others. */
  private boolean hasItsShare(Lane lane, Work next, Starter starter) {
    return areSeveralBusy()
        && lane.hasItsShare(next, starter.freeForAttempts(next), ticker.nanos());
  }

  /** Takes a lane out of the turns while its own limits let nothing begin. */
  private boolean isHeldBack(Lane lane, Work next) {
    if (lane.isFullFor(next)) {
      turns.leave(lane);
      return true;
    }
    long now = ticker.nanos();
    long caution = lane.isProbedEnough() ? lane.learning().nanosOfCaution(now) : 0;
    long wait = Math.max(caution, lane.nanosUntilAllowed(now));
    if (wait > 0) {
      turns.sleep(lane, now + wait);
      return true;
    }
    return false;
  }

  private void remove(Lane lane, boolean onlyExpress) {
    lane.removeFirst(onlyExpress);
    waiting--;
  }

  /** Takes the end of what was started. */
  void ended(Work work, Order order, Verdict verdict) {
    if (order instanceof Order.Send send) {
      Lane lane = lanes.get(work.task().destinationId());
      if (lane == null) {
        throw new IllegalStateException("a lane with an attempt under way was forgotten");
      }
      boolean wasOpen = lane.breaker().openFor().isPositive();
      boolean wasClosed = lane.breaker().isClosed();
      long now = ticker.nanos();
      boolean wasCautious = lane.learning().nanosOfCaution(now) > 0;
      lane.ended(work, send, verdict, now);
      busy -= lane.underWay() == 0 ? 1 : 0;
      if (verdict == Verdict.NONE || wasCautious) {
        // It has its token back, or need not be probed any more.
        turns.rouse(lane);
      }
      if (!wasOpen && lane.breaker().openFor().isPositive()) {
        LOG.atWarn().addKeyValue("destinationId", lane.destination()).log("breaker opened");
      } else if (!wasClosed && lane.breaker().isClosed()) {
        LOG.atInfo().addKeyValue("destinationId", lane.destination()).log("breaker closed");
      }
      turns.take(lane);
    }
  }

  /** Takes back what has not been started. */
  void withdraw(Predicate<Work> gone) {
    waiting = 0;
    for (Lane lane : lanes.values()) {
      lane.removeIf(gone);
      waiting += lane.waiting();
    }
  }

  /** Tasks that wait for their turn. */
  int waiting() {
    return waiting;
  }

  /** What lanes hold, beside what the whole sender does. Looks at all of them. */
  SenderLoad load(int inFlight, long bufferedBytes) {
    Map<SenderLoad.BreakerState, Integer> states = new EnumMap<>(SenderLoad.BreakerState.class);
    List<SenderLoad.Depth> depths = new ArrayList<>();
    Instant now = ticker.now();
    for (Lane lane : lanes.values()) {
      SenderLoad.BreakerState state = lane.breakerState();
      states.merge(state, 1, Integer::sum);
      long parked = lane.parkedAtMost(now);
      if (lane.waiting() + lane.underWay() + parked > 0) {
        depths.add(
            new SenderLoad.Depth(
                lane.destination(), state, lane.waiting(), lane.underWay(), parked));
      }
    }
    depths.sort(Comparator.comparingLong(SenderLoad.Depth::total).reversed());
    return new SenderLoad(
        inFlight,
        waiting,
        bufferedBytes,
        new SenderLoad.LaneStates(
            states.getOrDefault(SenderLoad.BreakerState.CLOSED, 0),
            states.getOrDefault(SenderLoad.BreakerState.OPEN, 0),
            states.getOrDefault(SenderLoad.BreakerState.HALF_OPEN, 0)),
        depths.subList(0, Math.min(depths.size(), SenderLoad.MOST_DESTINATIONS)));
  }
}
