package io.waybill.sender;

import io.waybill.domain.Task;
import java.time.Duration;
import java.time.Instant;

/**
 * When the parked tasks of one lane come back: at slots, one after the other, no closer than the
 * lane can drain them. So they do not come back all at once, and what is parked later comes later.
 *
 * <p>Parked tasks are not in memory, so a task that comes back is told from a new one by its age: a
 * new one was created after the newest that was parked. Owned by the poll thread.
 */
final class ParkSchedule {
  private Instant lastSlot = Instant.EPOCH;
  private Instant newestParked = Instant.EPOCH;
  private long parked;
  private boolean mayPass;

  /** Whether a task must park because it would overtake what is parked. Express tasks may. */
  boolean isBehind(Task task, Instant now) {
    return !mayPass
        && lastSlot.isAfter(now)
        && task.createdAt().isAfter(newestParked)
        && !task.isExpress();
  }

  /** What they are parked for is over: new tasks need not wait for them, until one is parked. */
  void letPass() {
    mayPass = true;
  }

  /** Gives the task the next slot, not before a least wait from now. */
  Instant nextSlot(Task task, Instant now, Duration leastWait, double perSecond) {
    parked = parkedAtMost(now) + 1;
    mayPass = false;
    Instant afterLast = lastSlot.plusNanos(Math.round(1e9 / perSecond));
    Instant soonest = now.plus(leastWait);
    lastSlot = afterLast.isAfter(soonest) ? afterLast : soonest;
    if (task.createdAt().isAfter(newestParked)) {
      newestParked = task.createdAt();
    }
    return lastSlot;
  }

  /** Tasks that were parked since there were none last, none of which may be back yet. */
  long parkedAtMost(Instant now) {
    return lastSlot.isAfter(now) ? parked : 0;
  }
}
