package io.waybill.sender;

import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.PriorityQueue;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Which lanes may start their next task, in the order of their turns. Owned by the poll thread.
 * Times are nanoseconds, as of {@link Ticker#nanos}.
 */
final class Turns {
  private final SequencedSet<Lane> express = new LinkedHashSet<>();
  private final SequencedSet<Lane> all = new LinkedHashSet<>();
  private final PriorityQueue<Sleeper> sleepers =
      new PriorityQueue<>(Comparator.comparingLong(Sleeper::until));
  private final Set<Lane> asleep = new HashSet<>();
  private final SequencedSet<Lane> passedOver = new LinkedHashSet<>();

  private record Sleeper(Lane lane, long until) {}

  /**
   * Lanes in turn, the next one first; a lane leaves by being removed.
   *
   * @param onlyExpress those with express tasks
   */
  SequencedSet<Lane> inTurn(boolean onlyExpress) {
    return onlyExpress ? express : all;
  }

  boolean isInTurn(Lane lane) {
    return all.contains(lane);
  }

  /** Comes last, if something waits in it and it is not asleep. */
  void take(Lane lane) {
    if (asleep.contains(lane)) {
      return;
    }
    if (lane.waiting() > 0) {
      all.add(lane);
    }
    if (lane.hasExpress()) {
      express.add(lane);
    }
  }

  /** Is out of the turns until it takes them again. */
  void leave(Lane lane) {
    all.remove(lane);
    express.remove(lane);
  }

  /** Is out of the turns until that time. */
  void sleep(Lane lane, long until) {
    leave(lane);
    asleep.add(lane);
    sleepers.add(new Sleeper(lane, until));
  }

  /** May take its turns before its time. */
  void rouse(Lane lane) {
    asleep.remove(lane);
  }

  /** Brings back those whose time has come. */
  void wake(long now) {
    while (!sleepers.isEmpty() && sleepers.element().until() - now <= 0) {
      Lane lane = sleepers.remove().lane();
      asleep.remove(lane);
      take(lane);
    }
  }

  /** Is out of these turns until {@link #endPassingOver}: others may go on. */
  void passOver(Lane lane, boolean onlyExpress) {
    inTurn(onlyExpress).remove(lane);
    passedOver.add(lane);
  }

  /** Those that were passed over are the first again, in the order that they had. */
  void endPassingOver() {
    for (Lane lane : passedOver.reversed()) {
      take(lane);
      if (all.contains(lane)) {
        all.addFirst(lane);
      }
    }
    passedOver.clear();
  }
}
