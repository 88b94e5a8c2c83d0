package io.waybill.sender;

import io.waybill.domain.DestinationId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
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
 */
final class Lanes {
  private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

  /** Idle lanes are forgotten when there are more. */
  private static final int MANY = 10_000;

  private final LaneLimits limits;
  private final long mostBytes;
  private final Supplier<Breaker> breakers;
  private final Ticker ticker;
  private final Map<DestinationId, Lane> lanes = new HashMap<>();
  private final SequencedSet<Lane> expressTurns = new LinkedHashSet<>();
  private final SequencedSet<Lane> turns = new LinkedHashSet<>();
  private final PriorityQueue<Sleeper> sleepers =
      new PriorityQueue<>(Comparator.comparingLong(Sleeper::until));
  private final Set<Lane> crowded = new HashSet<>();
  private final Set<Lane> asleep = new HashSet<>();

  /** Passed over in this dispatch: their next task brings more bytes than there is room for. */
  private final SequencedSet<Lane> passedOver = new LinkedHashSet<>();

  /** Whether one of them would send, and not only park. */
  private boolean waitsForBytes;

  private int waiting;
  private int sinceAnyLane;
  private int forgetAt = MANY;

  /** Starts a task's way; its end comes back to {@link #ended}. */
  interface Starter {
    /** Whether an attempt at the task fits into what may be under way. */
    boolean allows(Work work);

    /** Whether a task may be parked, which takes its payload into memory if it is too old. */
    boolean allowsParking(Work work);

    void start(Work work, Order order);
  }

  private record Sleeper(Lane lane, long until) {}

  /**
   * @param mostBytes of payloads under way of one lane, as of {@link Lane}
   */
  Lanes(LaneLimits limits, long mostBytes, Supplier<Breaker> breakers, Ticker ticker) {
    this.limits = limits;
    this.mostBytes = mostBytes;
    this.breakers = breakers;
    this.ticker = ticker;
  }

  /** Takes a task that was read; parks it when it would overtake what is parked of its lane. */
  void add(Work work, Starter starter) {
    Lane lane =
        lanes.computeIfAbsent(
            work.task().destinationId(),
            id -> new Lane(id, limits, mostBytes, breakers.get(), ticker.nanos()));
    lane.heardOf(work.task().destinationVersion());
    if (lane.isBehindParked(work, ticker.now())) {
      starter.start(work, lane.park(work, ticker));
      return;
    }
    lane.add(work);
    waiting++;
    takeTurns(lane);
    if (lane.waiting() > limits.waiting()) {
      crowded.add(lane);
    }
    if (lanes.size() > forgetAt) {
      lanes.values().removeIf(Lane::isIdle);
      forgetAt = Math.max(MANY, 2 * lanes.size());
    }
  }

  private void takeTurns(Lane lane) {
    if (asleep.contains(lane)) {
      return;
    }
    if (lane.waiting() > 0) {
      turns.add(lane);
    }
    if (lane.hasExpress()) {
      expressTurns.add(lane);
    }
  }

  private void leaveTurns(Lane lane) {
    turns.remove(lane);
    expressTurns.remove(lane);
  }

  /** Starts all that may start now. */
  void dispatch(Starter starter) {
    wake();
    while (startOne(starter)) {
      // Until no lane may, or no more fits.
    }
    endPassingOver();
    parkSurplus(starter);
  }

  /** Those that were passed over are the first again, in the order that they had. */
  private void endPassingOver() {
    for (Lane lane : passedOver.reversed()) {
      takeTurns(lane);
      if (turns.contains(lane)) {
        turns.addFirst(lane);
      }
    }
    passedOver.clear();
    waitsForBytes = false;
  }

  /**
   * Parks what lanes have too much of. Those that are in turn wait for the process, not for room.
   */
  private void parkSurplus(Starter starter) {
    long now = ticker.nanos();
    for (Lane lane : crowded) {
      while (lane.hasSurplus(now) && !turns.contains(lane) && starter.allowsParking(lane.last())) {
        Work work = lane.removeLast();
        waiting--;
        if (!work.from().isFenced()) {
          starter.start(work, lane.parkSurplus(work, ticker));
        }
      }
    }
    crowded.removeIf(lane -> lane.waiting() < limits.waiting());
  }

  private void wake() {
    long now = ticker.nanos();
    while (!sleepers.isEmpty() && sleepers.element().until() - now <= 0) {
      Lane lane = sleepers.remove().lane();
      asleep.remove(lane);
      takeTurns(lane);
    }
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
    SequencedSet<Lane> inTurn = isExpressTurn ? expressTurns : turns;
    while (!inTurn.isEmpty()) {
      Lane lane = inTurn.getFirst();
      // An ordinary task whose turn it is must not stop the express tasks behind it.
      boolean onlyExpress =
          isExpressTurn && lane.first(false).filter(next -> fits(next, starter)).isEmpty();
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
      if (lane.breaker().openFor().isPositive()) {
        if (!starter.allowsParking(work)) {
          inTurn.remove(lane);
          passedOver.add(lane);
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
        inTurn.remove(lane);
        passedOver.add(lane);
        waitsForBytes = true;
        continue;
      }
      Optional<Order.Send> send = lane.begin(work, ticker.nanos());
      if (send.isEmpty()) {
        // Its end brings the lane back.
        leaveTurns(lane);
        continue;
      }
      remove(lane, onlyExpress);
      inTurn.remove(lane);
      takeTurns(lane);
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

  /** Takes a lane out of the turns while its own limits let nothing begin. */
  private boolean isHeldBack(Lane lane, Work next) {
    if (lane.isFullFor(next)) {
      leaveTurns(lane);
      return true;
    }
    long now = ticker.nanos();
    long wait = lane.nanosUntilAllowed(now);
    if (wait > 0) {
      leaveTurns(lane);
      asleep.add(lane);
      sleepers.add(new Sleeper(lane, now + wait));
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
      lane.ended(work, send, verdict, ticker.nanos());
      if (verdict == Verdict.NONE) {
        // It has its token back.
        asleep.remove(lane);
      }
      if (!wasOpen && lane.breaker().openFor().isPositive()) {
        LOG.atWarn().addKeyValue("destinationId", lane.destination()).log("breaker opened");
      } else if (!wasClosed && lane.breaker().isClosed()) {
        LOG.atInfo().addKeyValue("destinationId", lane.destination()).log("breaker closed");
      }
      takeTurns(lane);
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
}
