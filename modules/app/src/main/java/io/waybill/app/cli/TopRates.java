package io.waybill.app.cli;

import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DestinationType;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counts what happened since the last look. Its size does not depend on how much that is. Used by
 * one thread.
 */
final class TopRates {
  private final Map<DestinationType, long[]> tasks = new EnumMap<>(DestinationType.class);
  private long accepted;
  private long rejected;
  private long duplicates;

  /**
   * What happened to requests, a second.
   *
   * @param accepted made deliveries
   * @param rejected by what they said
   * @param duplicates of earlier ones
   */
  record Requests(double accepted, double rejected, double duplicates) {}

  /**
   * What happened to the tasks of one type, a second.
   *
   * @param deliveries attempts that succeeded
   * @param failures attempts that did not
   * @param deadLetters tasks that ended undelivered
   */
  record Tasks(double deliveries, double failures, double deadLetters) {}

  void count(DeliveryEvent event) {
    switch (event) {
      case DeliveryEvent.Accepted _ -> accepted++;
      case DeliveryEvent.Rejected _ -> rejected++;
      case DeliveryEvent.Duplicate _ -> duplicates++;
      case DeliveryEvent.TaskEvent task -> count(task);
    }
  }

  private void count(DeliveryEvent.TaskEvent task) {
    long[] counts = tasks.computeIfAbsent(task.destinationType(), _ -> new long[3]);
    switch (task.transition()) {
      case TaskTransition.Delivered _ -> counts[0]++;
      case TaskTransition.AttemptFailed _ -> counts[1]++;
      case TaskTransition.DeadLettered _ -> counts[2]++;
      case TaskTransition.Parked _, TaskTransition.Cancelled _ -> {}
    }
  }

  Requests requests(Duration over) {
    return new Requests(
        perSecond(accepted, over), perSecond(rejected, over), perSecond(duplicates, over));
  }

  Tasks tasks(DestinationType type, Duration over) {
    long[] counts = tasks.getOrDefault(type, new long[3]);
    return new Tasks(
        perSecond(counts[0], over), perSecond(counts[1], over), perSecond(counts[2], over));
  }

  /** Begins anew. */
  void reset() {
    tasks.clear();
    accepted = 0;
    rejected = 0;
    duplicates = 0;
  }

  private static double perSecond(long count, Duration over) {
    return count * 1e9 / Math.max(1, over.toNanos());
  }
}
