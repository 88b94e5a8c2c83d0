package io.waybill.timer;

import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Copies the control topic into its global store as it is; a tombstone deletes. Owned by the global
 * stream thread, which hands it every record also when it reads the topic again at its start.
 */
final class ControlStoreWriter implements Processor<String, byte[], Void, Void> {
  private final ControlDigest digest;
  private @Nullable KeyValueStore<String, byte[]> store;

  ControlStoreWriter(ControlDigest digest) {
    this.digest = digest;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    store = context.getStateStore(TimerTopology.CONTROL_STORE);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    if (record.key() != null) {
      Objects.requireNonNull(store).put(record.key(), record.value());
      digest.take(record.key(), record.value());
    }
  }
}
