package io.waybill.status;

import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.Reason;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds attempts up to the health of their destinations. What changes for the worse or the better is
 * told at once; what only counts one more success, once a second, for senders read this topic whole
 * and would otherwise read every success of every other one.
 */
final class HealthProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private static final Logger LOG = LoggerFactory.getLogger(HealthProcessor.class);

  static final Duration TELL_COUNTS_EVERY = Duration.ofSeconds(1);

  private final Codecs codecs;
  private final InstantSource clock;
  private final StatusMetrics metrics;

  /** Not told yet. Lost in a crash: the counts are then behind until the next attempt. */
  private final Map<String, byte[]> untold = new HashMap<>();

  private @Nullable Output output;
  private @Nullable KeyValueStore<String, byte[]> store;

  HealthProcessor(Codecs codecs, InstantSource clock, StatusMetrics metrics) {
    this.metrics = metrics;
    this.codecs = codecs;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    output = new Output(context, codecs, clock, metrics);
    store = context.getStateStore(StatusNodes.HEALTH_STORE);
    context.schedule(TELL_COUNTS_EVERY, PunctuationType.WALL_CLOCK_TIME, _ -> tellCounts());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    byte @Nullable [] value = record.value();
    if (value == null) {
      bury(record, Reason.MALFORMED, "an attempt must have a value");
      return;
    }
    try {
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
    KeyValueStore<String, byte[]> healths = Objects.requireNonNull(store);
    String key = event.destinationId().value();
    Optional<DestinationHealth> before = read(key, healths.get(key));
    Optional<DestinationHealth> after = HealthReducer.reduce(event, before);
    if (after.isEmpty()) {
      return;
    }
    byte[] encoded = Output.encode(Topics.DESTINATION_HEALTH, codecs.health(), after.get());
    healths.put(key, encoded);
    if (before.isPresent() && !HealthReducer.isNews(before.get(), after.get())) {
      untold.put(key, encoded);
      return;
    }
    untold.remove(key);
    Objects.requireNonNull(output).sendBytes(StatusNodes.HEALTH_SINK, key, encoded);
  }

  private void tellCounts() {
    Output out = Objects.requireNonNull(output);
    untold.forEach((key, encoded) -> out.sendBytes(StatusNodes.HEALTH_SINK, key, encoded));
    untold.clear();
  }

  private Optional<DestinationHealth> read(String key, byte @Nullable [] value) {
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(UntilAvailable.call(() -> codecs.health().decode(value)));
    } catch (UndecodableException e) {
      // Health is a statistic: counting anew is better than to stop.
      LOG.atWarn()
          .addKeyValue("destinationId", key)
          .addKeyValue("problem", e.getMessage())
          .log("stored health cannot be read and begins anew");
      return Optional.empty();
    }
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
