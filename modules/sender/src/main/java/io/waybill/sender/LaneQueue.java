package io.waybill.sender;

import io.waybill.domain.Task;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The waiting tasks of one lane: the highest priority first, of equal ones the oldest. Owned by the
 * poll thread.
 *
 * <p>So that a low priority moves under whatever load of higher ones: of {@value #OLDEST_EVERY}
 * tasks in a row that leave by their turn, one is the oldest of all; and what leaves because there
 * is no room never is the oldest. So the oldest leaves with the tenth turn at the latest.
 */
final class LaneQueue {
  static final int OLDEST_EVERY = 10;

  private static final Comparator<Waiting> AGE =
      (one, other) -> {
        int byTime = Long.compare(one.createdAt, other.createdAt);
        return byTime != 0 ? byTime : Long.compare(one.number, other.number);
      };
  private static final Comparator<Waiting> TURN =
      (one, other) -> {
        int byPriority = Integer.compare(other.priority, one.priority);
        return byPriority != 0 ? byPriority : AGE.compare(one, other);
      };

  /**
   * @param createdAt of the task, epoch milliseconds
   * @param number in the order of coming
   */
  private record Waiting(Work work, int priority, boolean isExpress, long createdAt, long number) {}

  private final TreeSet<Waiting> byTurn = new TreeSet<>(TURN);
  private final TreeSet<Waiting> byAge = new TreeSet<>(AGE);
  private long numbers;
  private int sinceOldest;

  void add(Work work) {
    Task task = work.task();
    Waiting waiting =
        new Waiting(
            work, task.priority(), task.isExpress(), task.createdAt().toEpochMilli(), numbers++);
    byTurn.add(waiting);
    byAge.add(waiting);
  }

  /**
   * The next in turn, left where it is.
   *
   * @param onlyExpress when nothing else may leave now
   */
  Optional<Work> first(boolean onlyExpress) {
    return find(onlyExpress).map(Waiting::work);
  }

  private Optional<Waiting> find(boolean onlyExpress) {
    if (byTurn.isEmpty() || (onlyExpress && !hasExpress())) {
      return Optional.empty();
    }
    return Optional.of(isOldestsTurn(onlyExpress) ? byAge.first() : byTurn.first());
  }

  private boolean isOldestsTurn(boolean onlyExpress) {
    return !onlyExpress && sinceOldest >= OLDEST_EVERY - 1;
  }

  /** Takes away what {@link #first} gave. */
  void removeFirst(boolean onlyExpress) {
    Waiting first = find(onlyExpress).orElseThrow();
    sinceOldest = isOldestsTurn(onlyExpress) ? 0 : sinceOldest + 1;
    byTurn.remove(first);
    byAge.remove(first);
  }

  /**
   * What has to make room: of the lowest priority the newest, but never the oldest of all, as long
   * as anything else waits. A lone low priority would make room each time otherwise.
   */
  Work last() {
    return findLast().work();
  }

  private Waiting findLast() {
    Waiting last = byTurn.last();
    boolean isOldest = last.number == byAge.first().number;
    return isOldest && byTurn.size() > 1 ? byTurn.lower(last) : last;
  }

  /** Takes {@link #last} away. */
  Work removeLast() {
    Waiting last = findLast();
    byTurn.remove(last);
    byAge.remove(last);
    return last.work();
  }

  /** Takes all away that the predicate names. */
  void removeIf(Predicate<Work> gone) {
    for (TreeSet<Waiting> all : List.of(byTurn, byAge)) {
      all.removeIf(waiting -> gone.test(waiting.work()));
    }
  }

  /** Whether an express task waits; it is then the first but for the turn of the oldest. */
  boolean hasExpress() {
    return !byTurn.isEmpty() && byTurn.first().isExpress();
  }

  int size() {
    return byTurn.size();
  }
}
