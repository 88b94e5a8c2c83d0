package io.waybill.fanout;

import io.waybill.domain.Traces;
import io.waybill.wire.Codecs;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Fan-out as a Kafka Streams topology: requests in, tasks and events out.
 *
 * <p>Wants {@code processing.guarantee=exactly_once_v2}: claims, tasks, events and offsets are one
 * transaction. Wants {@code poll.ms} no longer than the commit interval, because a stream thread
 * commits and looks after waiting requests between two polls only (measured: 108 ms from request to
 * task with the default, 37 ms with 10 ms); {@code max.task.idle.ms=-1}, because the order between
 * its topics does not matter; and a producer's {@code max.request.size} of {@link
 * TopicCatalog#MAX_RECORD_BYTES}. The request topics, their rekeyed sibling and {@link
 * FanOutConfig#partitions} must agree, and all topics must exist. Publishers should key a request
 * by {@link io.waybill.wire.RequestKeys} of its delivery id, or, without one, of its idempotency
 * key: it is then where its first claim belongs, and saves a hop.
 */
public final class FanOutTopology {
  public static final String APPLICATION_ID = "waybill.fan-out";

  private static final String REQUESTS = "requests";
  private static final String PASSED_ON = "passed-on";
  private static final String FAN_OUT = "fan-out";

  private final Codecs codecs;
  private final InstantSource clock;
  private final FanOutConfig config;
  private final FanOutMetrics metrics;
  private final Traces traces;

  /** Checks and assigns; opens nothing. Counts nothing. */
  public FanOutTopology(Codecs codecs, InstantSource clock, FanOutConfig config) {
    this(codecs, clock, config, FanOutMetrics.NONE, Traces.NONE);
  }

  /**
   * Checks and assigns; opens nothing.
   *
   * @param metrics are told of what it does
   * @param traces likewise, of each request that was decided
   */
  public FanOutTopology(
      Codecs codecs,
      InstantSource clock,
      FanOutConfig config,
      FanOutMetrics metrics,
      Traces traces) {
    this.metrics = metrics;
    this.traces = traces;
    this.codecs = codecs;
    this.clock = clock;
    this.config = config;
  }

  /** A new topology, for one KafkaStreams: the table of destinations in it is not shared. */
  public Topology build() {
    var table = new DestinationTable(codecs.destinations());
    var times = new RecordTimes(clock);
    var bytes = new ByteArrayDeserializer();
    Topology topology = new Topology();
    topology
        .addGlobalStore(
            destinationsStore(),
            "destinations-source",
            bytes,
            bytes,
            Topics.DESTINATIONS,
            "destinations-table",
            () -> new DestinationTableProcessor(codecs.destinations(), table))
        .addSource(
            AutoOffsetReset.earliest(),
            REQUESTS,
            times,
            bytes,
            bytes,
            config.requestTopics().names().toArray(String[]::new))
        .addSource(
            AutoOffsetReset.earliest(), PASSED_ON, times, bytes, bytes, Topics.FAN_OUT_REKEYED)
        .addProcessor(
            FAN_OUT,
            () -> new FanOutProcessor(codecs, clock, config, table, metrics, traces),
            REQUESTS,
            PASSED_ON)
        .addStateStore(claimsStore(), FAN_OUT)
        .addStateStore(heldStore(), FAN_OUT);
    var value = new ByteArraySerializer();
    return topology
        .addSink(Output.TASKS, Address.TOPIC, Address.KEY, value, FAN_OUT)
        .addSink(Output.PARKED_TASKS, Address.TOPIC, Address.KEY, value, FAN_OUT)
        .addSink(Output.EVENTS, Topics.EVENTS, Address.KEY, value, FAN_OUT)
        .addSink(Output.DEAD_LETTERS, Topics.DEAD_LETTERS, Address.KEY, value, FAN_OUT)
        .addSink(Output.AUDIT, Topics.AUDIT, Address.KEY, value, FAN_OUT)
        .addSink(
            Output.REKEYED, Topics.FAN_OUT_REKEYED, Address.KEY, value, Address.PARTITION, FAN_OUT);
  }

  private static StoreBuilder<KeyValueStore<String, byte[]>> destinationsStore() {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(DestinationTableProcessor.STORE),
            Serdes.String(),
            Serdes.ByteArray())
        .withLoggingDisabled();
  }

  private StoreBuilder<WindowStore<String, byte[]>> claimsStore() {
    return Stores.windowStoreBuilder(
            Stores.persistentWindowStore(
                FanOutProcessor.CLAIMS, config.dedupeWindow(), config.dedupeWindow(), false),
            Serdes.String(),
            Serdes.ByteArray())
        // A claim's changelog record bears the request's time. After a few days of standing still
        // a broker would drop such records as too old, and a restored store would have forgotten
        // them; so their age counts from when they were written.
        .withLoggingEnabled(Map.of("message.timestamp.type", "LogAppendTime"));
  }

  private static StoreBuilder<KeyValueStore<byte[], byte[]>> heldStore() {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(FanOutProcessor.HELD),
            Serdes.ByteArray(),
            Serdes.ByteArray())
        .withLoggingEnabled(
            Map.of("max.message.bytes", Integer.toString(TopicCatalog.MAX_RECORD_BYTES)));
  }
}
