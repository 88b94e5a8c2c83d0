package io.waybill.sender;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Tasks that were read and wait for their turn: express first, then as they came. Of one partition
 * the first always leaves first, which {@link Budget} relies on. Owned by the poll thread.
 */
final class WaitingTasks {
  private final ArrayDeque<Work> express = new ArrayDeque<>();
  private final ArrayDeque<Work> ordinary = new ArrayDeque<>();

  /**
   * Takes a task by the topic that it was read from.
   *
   * @param isExpress whether that was the express topic
   */
  void add(Work work, boolean isExpress) {
    (isExpress ? express : ordinary).addLast(work);
  }

  /** The next in turn, left where it is. */
  Optional<Work> first() {
    return Optional.ofNullable(express.isEmpty() ? ordinary.peekFirst() : express.peekFirst());
  }

  /** Takes the next in turn away. */
  void removeFirst() {
    (express.isEmpty() ? ordinary : express).removeFirst();
  }

  /** Takes all away that the predicate names. */
  void removeIf(Predicate<Work> gone) {
    for (ArrayDeque<Work> queue : List.of(express, ordinary)) {
      for (Iterator<Work> all = queue.iterator(); all.hasNext(); ) {
        if (gone.test(all.next())) {
          all.remove();
        }
      }
    }
  }

  int size() {
    return express.size() + ordinary.size();
  }
}
