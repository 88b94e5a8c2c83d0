package io.waybill.timer;

import io.waybill.domain.DestinationType;
import io.waybill.wire.Codecs;
import java.util.Objects;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Binds a {@link Parking} to the life of a stream task. Owned by the stream thread that has the
 * task.
 */
final class TimerProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private final DestinationType type;
  private final Codecs codecs;
  private final TimerConfig config;
  private final ThreadLocal<LookBudget> budgets;
  private final ControlDigest digest;
  private final TimerMetrics metrics;
  private @Nullable Parking parking;

  TimerProcessor(
      DestinationType type,
      Codecs codecs,
      TimerConfig config,
      ThreadLocal<LookBudget> budgets,
      ControlDigest digest,
      TimerMetrics metrics) {
    this.metrics = metrics;
    this.digest = digest;
    this.type = type;
    this.codecs = codecs;
    this.config = config;
    this.budgets = budgets;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    Parking made = new Parking(type, codecs, config, context, digest, metrics);
    parking = made;
    context.schedule(
        config.tick(), PunctuationType.WALL_CLOCK_TIME, _ -> made.release(budgets.get()));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    Objects.requireNonNull(parking).take(record);
  }

  @Override
  public void close() {
    if (parking != null) {
      parking.leave();
      parking = null;
    }
  }
}
