package io.waybill.app.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.status.StatusMetrics;
import java.util.List;
import java.util.Optional;

/** Counts what becomes of deliveries. */
final class StatusMeters implements StatusMetrics {
  private final CounterTable<OverallState> transitions;
  private final DeadLetterMeters deadLetters;

  StatusMeters(MeterRegistry registry, DeadLetterMeters deadLetters) {
    this.transitions =
        new CounterTable<>(
            Metric.STATUS_TRANSITIONS,
            registry,
            List.of(),
            OverallState.values(),
            CounterTable.Names.KIND,
            Optional.empty());
    this.deadLetters = deadLetters;
  }

  @Override
  public void became(OverallState state) {
    transitions.count(state, Optional.empty());
  }

  @Override
  public void deadLettered(Reason reason) {
    deadLetters.count(reason);
  }
}
