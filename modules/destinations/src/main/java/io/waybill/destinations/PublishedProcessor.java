package io.waybill.destinations;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Keeps what is published, as it came; it is read when someone asks for it. */
final class PublishedProcessor implements Processor<String, byte[], Void, Void> {
  // Kafka Streams calls init before anything else.
  @SuppressWarnings("NullAway.Init")
  private KeyValueStore<String, byte[]> published;

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    published = context.getStateStore(DestinationState.PUBLISHED);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    if (record.key() != null) {
      published.put(record.key(), record.value());
    }
  }
}
