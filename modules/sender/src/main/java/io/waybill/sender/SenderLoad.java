package io.waybill.sender;

import io.waybill.domain.DestinationId;
import java.util.List;

/**
 * What a sender holds at a moment. Taken by its poll thread once a second, so it may be so old.
 *
 * @param inFlight attempts under way
 * @param waiting tasks that were read and wait for their turn
 * @param bufferedBytes records, payloads and outcomes that are held
 * @param lanes destinations that it knows breakers of, by the state of these
 * @param deepest the destinations with the most tasks in memory, the deepest first, at most {@link
 *     #MOST_DESTINATIONS}
 */
public record SenderLoad(
    int inFlight, int waiting, long bufferedBytes, LaneStates lanes, List<Depth> deepest) {
  /** Most destinations that are named. */
  public static final int MOST_DESTINATIONS = 100;

  /** Of a sender that does not run. */
  public static final SenderLoad NOTHING =
      new SenderLoad(0, 0, 0, new LaneStates(0, 0, 0), List.of());

  public SenderLoad {
    deepest = List.copyOf(deepest);
  }

  /**
   * How many lanes have a breaker in each state.
   *
   * @param halfOpen may be probed
   */
  public record LaneStates(int closed, int open, int halfOpen) {
    /** How many are in that state. */
    public int in(BreakerState state) {
      return switch (state) {
        case CLOSED -> closed;
        case OPEN -> open;
        case HALF_OPEN -> halfOpen;
      };
    }
  }

  /** State of one destination's breaker. */
  public enum BreakerState {
    CLOSED,
    OPEN,
    /** May be probed. */
    HALF_OPEN
  }

  /**
   * One destination.
   *
   * @param waiting tasks that were read and wait for their turn
   * @param inFlight attempts under way
   * @param parkedAtMost tasks that this sender has parked and that may not be back yet: the slots
   *     ahead of the lane's schedule, so too many when tasks were cancelled or ended meanwhile, and
   *     none after a restart
   */
  public record Depth(
      DestinationId destination,
      BreakerState breaker,
      int waiting,
      int inFlight,
      long parkedAtMost) {
    /** All of it. */
    long total() {
      return waiting + inFlight + parkedAtMost;
    }
  }
}
