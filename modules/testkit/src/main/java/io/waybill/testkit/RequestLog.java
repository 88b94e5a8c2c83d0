package io.waybill.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/** What a sink received, in order, for many writers and waiters. */
final class RequestLog {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final List<ReceivedRequest> requests = new ArrayList<>();
  private final Map<String, Integer> countByPath = new HashMap<>();
  private final boolean remembers;
  private int count;

  /**
   * @param remembers false keeps numbers only
   */
  RequestLog(boolean remembers) {
    this.remembers = remembers;
  }

  boolean remembers() {
    return remembers;
  }

  ReceivedRequest add(IntFunction<ReceivedRequest> numbered) {
    lock.lock();
    try {
      ReceivedRequest request = numbered.apply(++count);
      if (remembers) {
        requests.add(request);
        countByPath.merge(request.path(), 1, Integer::sum);
      }
      added.signalAll();
      return request;
    } finally {
      lock.unlock();
    }
  }

  List<ReceivedRequest> all() {
    lock.lock();
    try {
      return List.copyOf(requests);
    } finally {
      lock.unlock();
    }
  }

  List<ReceivedRequest> of(String path) {
    return all().stream().filter(request -> request.path().equals(path)).toList();
  }

  int count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  int count(String path) {
    lock.lock();
    try {
      return countByPath.getOrDefault(path, 0);
    } finally {
      lock.unlock();
    }
  }

  /** The condition is checked under the lock, at each arrival. */
  void await(BooleanSupplier condition, String awaited, Duration within) {
    Deadline deadline = Deadline.in(within);
    lock.lock();
    try {
      while (!condition.getAsBoolean()) {
        long left = deadline.leftNanos();
        if (left <= 0) {
          throw new AssertionError(
              "no "
                  + awaited
                  + " within "
                  + within
                  + "; received "
                  + count
                  + ", by path "
                  + countByPath);
        }
        added.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for requests", e);
    } finally {
      lock.unlock();
    }
  }
}
