package io.waybill.app.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.waybill.domain.Reason;
import java.util.List;
import java.util.Optional;

/** Counts the dead letters that one role writes. */
final class DeadLetterMeters {

  private enum Kind {
    WRITTEN
  }

  private final CounterTable<Kind> letters;

  DeadLetterMeters(String role, MeterRegistry registry) {
    this.letters =
        new CounterTable<>(
            Metric.DEAD_LETTERS,
            registry,
            List.of(role),
            Kind.values(),
            CounterTable.Names.REASON,
            Optional.empty());
  }

  void count(Reason reason) {
    letters.count(Kind.WRITTEN, Optional.of(reason));
  }
}
