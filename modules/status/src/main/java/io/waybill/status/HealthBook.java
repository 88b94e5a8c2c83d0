package io.waybill.status;

import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationId;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The health of the destinations of one partition: stored, and published. What changes for the
 * worse or the better is told at once; what only counts one more success, once a second, for
 * senders read this topic whole and would otherwise read every success of every other one.
 */
final class HealthBook {
  private static final Logger LOG = LoggerFactory.getLogger(HealthBook.class);

  private final Codecs codecs;
  private final Output output;
  private final KeyValueStore<String, byte[]> store;

  /** Not told yet. Lost in a crash: the counts are then behind until the next attempt. */
  private final Map<String, byte[]> untold = new HashMap<>();

  HealthBook(ProcessorContext<byte[], byte[]> context, Codecs codecs, Output output) {
    this.codecs = codecs;
    this.output = output;
    this.store = context.getStateStore(StatusNodes.HEALTH_STORE);
  }

  Optional<DestinationHealth> find(DestinationId destination) {
    byte[] value = store.get(destination.value());
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(UntilAvailable.call(() -> codecs.health().decode(value)));
    } catch (UndecodableException e) {
      // Health is a statistic: counting anew is better than to stop.
      LOG.atWarn()
          .addKeyValue("destinationId", destination)
          .addKeyValue("problem", e.getMessage())
          .log("stored health cannot be read and begins anew");
      return Optional.empty();
    }
  }

  /**
   * Keeps how a destination is now.
   *
   * @param before how it was; what is no news is told later
   */
  void save(Optional<DestinationHealth> before, DestinationHealth after) {
    String key = after.destinationId().value();
    byte[] encoded = Output.encode(Topics.DESTINATION_HEALTH, codecs.health(), after);
    store.put(key, encoded);
    if (before.isPresent() && !HealthReducer.isNews(before.get(), after)) {
      untold.put(key, encoded);
      return;
    }
    untold.remove(key);
    output.sendBytes(StatusNodes.HEALTH_SINK, key, encoded);
  }

  /** Forgets a destination that is gone. */
  void remove(DestinationId destination) {
    String key = destination.value();
    untold.remove(key);
    if (store.delete(key) != null) {
      output.sendBytes(StatusNodes.HEALTH_SINK, key, null);
    }
  }

  /** Tells what has only been counted since it was told last. */
  void tellCounts() {
    untold.forEach((key, encoded) -> output.sendBytes(StatusNodes.HEALTH_SINK, key, encoded));
    untold.clear();
  }
}
