package io.waybill.app.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Reason;
import io.waybill.timer.TimerMetrics;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the timer holds and lets go. */
final class TimerMeters implements TimerMetrics {
  private final Map<DestinationType, LongAdder> parked = new EnumMap<>(DestinationType.class);
  private final Map<DestinationType, Timer> lateness = new EnumMap<>(DestinationType.class);
  private final DeadLetterMeters deadLetters;

  TimerMeters(MeterRegistry registry, DeadLetterMeters deadLetters) {
    this.deadLetters = deadLetters;
    for (DestinationType type : DestinationType.values()) {
      LongAdder held = new LongAdder();
      parked.put(type, held);
      Metric.TIMER_PARKED.gauge(registry, List.of(type.word()), held::sum);
      lateness.put(type, Metric.TIMER_LATENESS.timer(registry, List.of(type.word())));
    }
  }

  @Override
  public void parked(DestinationType type, long change) {
    LongAdder held = parked.get(type);
    if (held != null) {
      held.add(change);
    }
  }

  @Override
  public void released(DestinationType type, Duration late) {
    Timer timer = lateness.get(type);
    if (timer != null) {
      timer.record(late);
    }
  }

  @Override
  public void deadLettered(Reason reason) {
    deadLetters.count(reason);
  }

  /** Tasks of a type that are parked in this process. */
  long parked(DestinationType type) {
    LongAdder held = parked.get(type);
    return held == null ? 0 : held.sum();
  }
}
