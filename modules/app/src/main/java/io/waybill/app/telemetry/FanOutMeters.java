package io.waybill.app.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Reason;
import io.waybill.fanout.FanOutMetrics;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts what fan-out decides. */
final class FanOutMeters implements FanOutMetrics {

  /** What became of a request. */
  private enum Result {
    ACCEPTED,
    REJECTED,
    DUPLICATE
  }

  private final CounterTable<Result> requests;
  private final Map<DestinationType, Counter> tasks = new EnumMap<>(DestinationType.class);
  private final DeadLetterMeters deadLetters;

  FanOutMeters(MeterRegistry registry, Organizations organizations, DeadLetterMeters deadLetters) {
    this.requests =
        new CounterTable<>(
            Metric.REQUESTS,
            registry,
            List.of(),
            Result.values(),
            CounterTable.Names.KIND_AND_REASON,
            Optional.of(organizations));
    this.deadLetters = deadLetters;
    for (DestinationType type : DestinationType.values()) {
      tasks.put(type, Metric.TASKS_MADE.counter(registry, List.of(type.word())));
    }
  }

  @Override
  public void decided(DeliveryEvent event) {
    switch (event) {
      case DeliveryEvent.Accepted accepted -> {
        requests.count(Result.ACCEPTED, Optional.empty(), accepted.organizationId());
        for (DeliveryEvent.AcceptedTask task : accepted.tasks()) {
          Counter made = tasks.get(task.destinationType());
          if (made != null) {
            made.increment();
          }
        }
      }
      case DeliveryEvent.Rejected rejected ->
          requests.countClaimed(
              Result.REJECTED, Optional.of(rejected.reason()), rejected.organizationId());
      case DeliveryEvent.Duplicate duplicate ->
          requests.count(Result.DUPLICATE, Optional.empty(), duplicate.organizationId());
      case DeliveryEvent.TaskEvent _ -> {
        // Of tasks that have been made others tell.
      }
    }
  }

  @Override
  public void deadLettered(Reason reason) {
    deadLetters.count(reason);
  }
}
