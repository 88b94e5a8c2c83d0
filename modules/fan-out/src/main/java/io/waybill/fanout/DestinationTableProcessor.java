package io.waybill.fanout;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.wire.Codec;
import io.waybill.wire.RegistryException;
import io.waybill.wire.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the global store and the {@link DestinationTable} in step with the destinations topic.
 *
 * <p>The store holds, under a destination's id, the bytes of its last readable record, and under
 * the id with {@link #UNDECODED} behind it a newer one whose schema could not be asked for. Kafka
 * Streams 4.3 sends restored records through here too, but never those before the store's
 * checkpoint; so the table is filled from the store at each start, which holds in either case.
 */
final class DestinationTableProcessor implements Processor<byte[], byte[], Void, Void> {
  static final String STORE = "destinations";

  /** Not a character of destination ids, and sorts behind all of them. */
  private static final String UNDECODED = "~";

  private final Codec<Destination> codec;
  private final DestinationTable table;
  private @Nullable KeyValueStore<String, byte[]> store;

  DestinationTableProcessor(Codec<Destination> codec, DestinationTable table) {
    this.codec = codec;
    this.table = table;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    KeyValueStore<String, byte[]> opened = context.getStateStore(STORE);
    store = opened;
    table.clear();
    try (KeyValueIterator<String, byte[]> all = opened.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> entry = all.next();
        String id = entry.key.replace(UNDECODED, "");
        DestinationId.parse(id).ifPresent(known -> read(known, entry.value));
      }
    }
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    Optional<DestinationId> id =
        record.key() == null
            ? Optional.empty()
            : DestinationId.parse(new String(record.key(), StandardCharsets.UTF_8));
    if (id.isEmpty()) {
      DestinationTable.alarm("", "malformed", "its key is not a destination id");
      return;
    }
    KeyValueStore<String, byte[]> open = opened();
    String name = id.get().value();
    if (record.value() == null) {
      open.delete(name);
      open.delete(name + UNDECODED);
      table.remove(id.get());
      return;
    }
    switch (read(id.get(), record.value())) {
      case READ -> {
        open.put(name, record.value());
        open.delete(name + UNDECODED);
      }
      case NOT_NOW -> open.put(name + UNDECODED, record.value());
      case POISON -> {}
    }
  }

  private enum Reading {
    READ,
    NOT_NOW,
    POISON
  }

  private Reading read(DestinationId id, byte[] value) {
    try {
      Destination destination = codec.decode(value);
      if (!destination.id().equals(id)) {
        DestinationTable.alarm(id.value(), "malformed", "its key is not the id in its value");
        return Reading.POISON;
      }
      table.put(destination);
      return Reading.READ;
    } catch (UndecodableException e) {
      DestinationTable.alarm(id.value(), e.reason().code(), String.valueOf(e.getMessage()));
      return Reading.POISON;
    } catch (RegistryException.Unavailable e) {
      // The global thread must not wait, for nobody restarts it: who needs this one waits.
      table.putUndecoded(id, value);
      return Reading.NOT_NOW;
    }
  }

  private KeyValueStore<String, byte[]> opened() {
    if (store == null) {
      throw new IllegalStateException("a record came before init");
    }
    return store;
  }
}
