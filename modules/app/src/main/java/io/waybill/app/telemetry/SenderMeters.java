package io.waybill.app.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.sender.SenderMetrics;
import io.waybill.sender.TaskEnd;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Counts what the sender of one type does. */
final class SenderMeters implements SenderMetrics {

  /** How an attempt ended. */
  private enum OutcomeKind {
    DELIVERED,
    TRANSIENT,
    PERMANENT
  }

  private final CounterTable<OutcomeKind> attempts;
  private final Map<OutcomeKind, Timer> durations = new EnumMap<>(OutcomeKind.class);
  private final CounterTable<TaskEnd.Kind> ended;
  private final CounterTable<TaskEnd.Kind> retries;
  private final CounterTable<TaskEnd.Kind> parked;
  private final DeadLetterMeters deadLetters;
  private final Map<TransactionEnd, Timer> transactions = new EnumMap<>(TransactionEnd.class);
  private final KafkaMeters clients;

  SenderMeters(
      DestinationType type,
      MeterRegistry registry,
      Organizations organizations,
      DeadLetterMeters deadLetters,
      KafkaMeters clients) {
    List<String> fixed = List.of(type.word());
    TaskEnd.Kind[] ends = TaskEnd.Kind.values();
    this.attempts =
        new CounterTable<>(
            Metric.ATTEMPTS,
            registry,
            fixed,
            OutcomeKind.values(),
            CounterTable.Names.KIND_AND_REASON,
            Optional.of(organizations));
    this.ended =
        new CounterTable<>(
            Metric.TASKS_ENDED,
            registry,
            fixed,
            ends,
            CounterTable.Names.KIND_AND_REASON,
            Optional.of(organizations));
    this.retries =
        new CounterTable<>(
            Metric.RETRIES, registry, fixed, ends, CounterTable.Names.REASON, Optional.empty());
    this.parked =
        new CounterTable<>(
            Metric.PARKED, registry, fixed, ends, CounterTable.Names.REASON, Optional.empty());
    this.deadLetters = deadLetters;
    this.clients = clients;
    for (OutcomeKind kind : OutcomeKind.values()) {
      durations.put(
          kind,
          Metric.ATTEMPT_DURATION.timer(registry, List.of(type.word(), CounterTable.word(kind))));
    }
    for (TransactionEnd end : TransactionEnd.values()) {
      transactions.put(
          end, Metric.TRANSACTIONS.timer(registry, List.of(type.word(), CounterTable.word(end))));
    }
  }

  @Override
  public void attempted(OrganizationId organization, Outcome outcome) {
    switch (outcome) {
      case Outcome.Delivered delivered ->
          attempted(OutcomeKind.DELIVERED, Optional.empty(), organization, delivered.took());
      case Outcome.Transient failed ->
          attempted(
              OutcomeKind.TRANSIENT, Optional.of(failed.reason()), organization, failed.took());
      case Outcome.Permanent failed ->
          attempted(
              OutcomeKind.PERMANENT, Optional.of(failed.reason()), organization, failed.took());
    }
  }

  private void attempted(
      OutcomeKind kind, Optional<Reason> reason, OrganizationId organization, Duration took) {
    attempts.count(kind, reason, organization);
    Timer duration = durations.get(kind);
    if (duration != null) {
      duration.record(took);
    }
  }

  @Override
  public void settled(TaskEnd end) {
    switch (end.kind()) {
      case DELIVERED, CANCELLED -> ended.count(end.kind(), end.reason(), end.organization());
      case DEAD_LETTERED -> {
        ended.count(end.kind(), end.reason(), end.organization());
        deadLetters.count(end.reason().orElse(Reason.UNKNOWN));
      }
      case REFUSED -> deadLetters.count(end.reason().orElse(Reason.UNKNOWN));
      case RETRIED -> retries.count(end.kind(), end.reason());
      case PARKED -> parked.count(end.kind(), end.reason());
    }
  }

  @Override
  public void transactionEnded(TransactionEnd end, Duration took) {
    Timer timer = transactions.get(end);
    if (timer != null) {
      timer.record(took);
    }
  }

  @Override
  public void opened(Consumer<?, ?> consumer) {
    clients.opened(consumer);
  }

  @Override
  public void closing(Consumer<?, ?> consumer) {
    clients.closing(consumer);
  }

  @Override
  public void opened(Producer<?, ?> producer) {
    clients.opened(producer);
  }

  @Override
  public void closing(Producer<?, ?> producer) {
    clients.closing(producer);
  }
}
