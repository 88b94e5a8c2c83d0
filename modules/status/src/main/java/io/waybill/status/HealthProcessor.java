package io.waybill.status;

import io.waybill.domain.Blame;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.HealthSignal;
import io.waybill.domain.Reason;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Adds attempts up to the health of their destinations, and lets {@link Alerting} say what follows
 * from it. Beside attempts it reads what the rest of the topology says of a destination: its
 * backlog, and each version of its configuration.
 */
final class HealthProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  static final Duration TELL_COUNTS_EVERY = Duration.ofSeconds(1);

  /** How often alerts are looked at of which time alone decides. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(10);

  private final Codecs codecs;
  private final InstantSource clock;
  private final StatusConfig config;
  private final StatusMetrics metrics;

  private @Nullable Output output;
  private @Nullable HealthBook book;
  private @Nullable Alerting alerting;

  HealthProcessor(Codecs codecs, InstantSource clock, StatusConfig config, StatusMetrics metrics) {
    this.metrics = metrics;
    this.codecs = codecs;
    this.clock = clock;
    this.config = config;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    Output out = new Output(context, codecs, clock, metrics);
    HealthBook healths = new HealthBook(context, codecs, out);
    Alerting alerts = new Alerting(context, codecs, config, out, healths);
    output = out;
    book = healths;
    alerting = alerts;
    context.schedule(TELL_COUNTS_EVERY, PunctuationType.WALL_CLOCK_TIME, _ -> healths.tellCounts());
    context.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, _ -> alerts.lookAtWatched());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    byte @Nullable [] value = record.value();
    if (value == null) {
      bury(record, Reason.MALFORMED, "an attempt or a signal must have a value");
      return;
    }
    boolean isSignal =
        Objects.requireNonNull(output).origin().topic().equals(Topics.STATUS_SIGNALS);
    try {
      if (isSignal) {
        switch (UntilAvailable.call(() -> codecs.healthSignals().decode(value))) {
          case HealthSignal.Backlog backlog -> take(backlog);
          case HealthSignal.Configured configured ->
              Objects.requireNonNull(alerting).configured(configured);
        }
        return;
      }
      DeliveryEvent event = UntilAvailable.call(() -> codecs.events().decode(value));
      if (event instanceof DeliveryEvent.TaskEvent task) {
        weigh(task);
      } else {
        bury(record, Reason.MALFORMED, "only events of tasks belong here");
      }
    } catch (UndecodableException e) {
      bury(record, e.reason(), e.getMessage());
    }
  }

  private void weigh(DeliveryEvent.TaskEvent event) {
    HealthBook healths = Objects.requireNonNull(book);
    if (Objects.requireNonNull(alerting).isDeleted(event.destinationId())) {
      return;
    }
    Optional<DestinationHealth> before = healths.find(event.destinationId());
    Optional<DestinationHealth> after = HealthReducer.reduce(event, before);
    if (after.isEmpty()) {
      return;
    }
    healths.save(before, after.get());
    Alerting alerts = Objects.requireNonNull(alerting);
    switch (event.transition()) {
      case TaskTransition.Delivered delivered ->
          alerts.attempted(event, after.get(), false, delivered.took());
      case TaskTransition.AttemptFailed failed -> {
        if (!Blame.saysNothing(failed.reason())) {
          alerts.attempted(event, after.get(), true, failed.took());
        }
      }
      case TaskTransition.Parked _, TaskTransition.DeadLettered _, TaskTransition.Cancelled _ -> {}
    }
  }

  private void take(HealthSignal.Backlog signal) {
    Objects.requireNonNull(alerting)
        .backlog(signal, Objects.requireNonNull(book).find(signal.destinationId()));
  }

  private void bury(Record<byte[], byte[]> record, Reason reason, @Nullable String message) {
    Objects.requireNonNull(output)
        .bury(
            StatusNodes.HEALTH_DEAD_LETTERS_SINK,
            record,
            Optional.empty(),
            Optional.empty(),
            reason,
            message);
  }
}
