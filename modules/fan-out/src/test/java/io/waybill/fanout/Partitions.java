package io.waybill.fanout;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.Task;
import io.waybill.domain.Traces;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedForward;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Fan-out over several partitions, each with stores of its own, as in several processes. What is
 * passed on goes to the partition that was asked for: the test driver of Kafka Streams has one
 * partition only.
 */
final class Partitions {
  final TestClock clock = new TestClock();
  final Codecs codecs = new Codecs(new InMemorySchemaRegistry());
  final DestinationTable table = new DestinationTable(codecs.destinations());
  final List<DeliveryEvent> events = new ArrayList<>();
  final List<DeadLetter> deadLetters = new ArrayList<>();
  final List<Task> tasks = new ArrayList<>();
  final Deque<PassedOn> passedOn = new ArrayDeque<>();
  int hops;
  private final FanOutConfig config;
  private final List<Partition> partitions = new ArrayList<>();

  /** A record of the rekeyed topic that nobody has read yet. */
  record PassedOn(int partition, byte[] key, byte[] value, Headers headers) {}

  Partitions(int count, Path folder) {
    config = FanOutConfig.defaults("topic-id", count);
    for (int i = 0; i < count; i++) {
      partitions.add(new Partition(i, folder));
    }
  }

  void publish(int partition, DeliveryRequest request) {
    Partition at = partitions.get(partition);
    at.process(
        Topics.REQUESTS,
        at.requestOffset++,
        null,
        codecs.requests().encode(Topics.REQUESTS, request),
        new RecordHeaders());
  }

  /** Lets every passed-on record arrive. */
  void settle() {
    while (!passedOn.isEmpty()) {
      PassedOn next = passedOn.removeFirst();
      hops++;
      Partition at = partitions.get(next.partition());
      at.process(
          Topics.FAN_OUT_REKEYED, at.rekeyedOffset++, next.key(), next.value(), next.headers());
    }
  }

  void advance(Duration by) {
    clock.advance(by);
    partitions.forEach(Partition::punctuate);
  }

  /** Another process takes the partition over, with what the stores hold. */
  void restart(int partition) {
    partitions.get(partition).start();
  }

  private final class Partition {
    private final int number;
    private final Path folder;
    private final WindowStore<String, byte[]> claims;
    private final KeyValueStore<byte[], byte[]> held;
    private MockProcessorContext<Address, byte[]> context;
    private FanOutProcessor processor;
    private long requestOffset = 100;
    private long rekeyedOffset = 900;

    Partition(int number, Path folder) {
      this.number = number;
      this.folder = folder;
      claims =
          Stores.windowStoreBuilder(
                  Stores.inMemoryWindowStore(
                      FanOutProcessor.CLAIMS, config.dedupeWindow(), config.dedupeWindow(), false),
                  Serdes.String(),
                  Serdes.ByteArray())
              .withLoggingDisabled()
              .build();
      held =
          Stores.keyValueStoreBuilder(
                  Stores.inMemoryKeyValueStore(FanOutProcessor.HELD),
                  Serdes.ByteArray(),
                  Serdes.ByteArray())
              .withLoggingDisabled()
              .build();
      start();
      for (StateStore store : List.of(claims, held)) {
        store.init(context.getStateStoreContext(), store);
      }
      start();
    }

    void start() {
      context =
          new MockProcessorContext<>(new Properties(), new TaskId(0, number), folder.toFile());
      context.addStateStore(claims);
      context.addStateStore(held);
      if (held.isOpen()) {
        processor =
            new FanOutProcessor(codecs, clock, config, table, FanOutMetrics.NONE, Traces.NONE);
        processor.init(context);
      }
    }

    void process(String topic, long offset, byte[] key, byte[] value, Headers headers) {
      context.setRecordMetadata(topic, number, offset);
      processor.process(new Record<>(key, value, clock.millis(), headers));
      collect();
    }

    void punctuate() {
      for (CapturedPunctuator punctuator : context.scheduledPunctuators()) {
        punctuator.getPunctuator().punctuate(clock.millis());
      }
      collect();
    }

    private void collect() {
      for (CapturedForward<? extends Address, ? extends byte[]> forward : context.forwarded()) {
        Address address = forward.record().key();
        byte[] value = forward.record().value();
        try {
          switch (forward.childName().orElseThrow()) {
            case Output.EVENTS -> events.add(codecs.events().decode(value));
            case Output.DEAD_LETTERS -> deadLetters.add(codecs.deadLetters().decode(value));
            case Output.TASKS -> tasks.add(codecs.tasks().decode(value));
            case Output.REKEYED ->
                passedOn.add(
                    new PassedOn(
                        Address.PARTITION
                            .partitions(address.topic(), address, value, partitions.size())
                            .orElseThrow()
                            .iterator()
                            .next(),
                        Address.KEY.serialize(address.topic(), address),
                        value,
                        forward.record().headers()));
            default -> throw new AssertionError("unexpected sink " + forward.childName());
          }
        } catch (UndecodableException e) {
          throw new AssertionError("fan-out wrote what nobody can read", e);
        }
      }
      context.resetForwards();
    }
  }
}
