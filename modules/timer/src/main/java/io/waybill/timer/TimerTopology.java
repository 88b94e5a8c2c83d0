package io.waybill.timer;

import io.waybill.domain.DestinationType;
import io.waybill.wire.Codecs;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * Holds parked tasks until they are due: from {@code waybill.retry.<type>} back to {@code
 * waybill.tasks.<type>} or its express sibling.
 *
 * <p>Promises, with exactly-once processing: a task is never let go before its due time; every task
 * is let go once, unless its delivery was cancelled, or a newer generation or attempt of the same
 * task has taken its place. A record that cannot be read, or whose task is of another type, becomes
 * a dead letter. While the schema registry is out of reach nothing moves and nothing is lost.
 *
 * <p>Time is the wall clock as Kafka Streams has it.
 */
public final class TimerTopology {
  /** The Streams application id; part of the names of its changelog topics. */
  public static final String APPLICATION_ID = "waybill.timer";

  static final String CONTROL_STORE = "control";

  private final Set<DestinationType> types;
  private final Codecs codecs;
  private final TimerConfig config;
  private final TimerMetrics metrics;

  /**
   * Counts nothing.
   *
   * @param types whose retry topics it reads; their topics must exist
   */
  public TimerTopology(Set<DestinationType> types, Codecs codecs, TimerConfig config) {
    this(types, codecs, config, TimerMetrics.NONE);
  }

  /**
   * @param types whose retry topics it reads; their topics must exist
   * @param metrics are told of what it does
   */
  public TimerTopology(
      Set<DestinationType> types, Codecs codecs, TimerConfig config, TimerMetrics metrics) {
    this.metrics = metrics;
    if (types.isEmpty()) {
      throw new IllegalArgumentException("types must name at least one destination type");
    }
    this.types = Set.copyOf(types);
    this.codecs = codecs;
    this.config = config;
  }

  /** A new topology, with every node and store named. */
  public Topology build() {
    Topology topology = new Topology();
    ControlDigest digest = new ControlDigest();
    // In memory, so read whole at each start. One on disk would be read on from where it was: after
    // longer than the topic keeps tombstones, the end of a pause would never be heard of.
    topology.addGlobalStore(
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(CONTROL_STORE), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled(),
        "control-source",
        new StringDeserializer(),
        new ByteArrayDeserializer(),
        Topics.CONTROL,
        "control-view",
        () -> new ControlStoreWriter(digest));
    // One budget for each thread, whatever types and partitions it has at the moment.
    ThreadLocal<LookBudget> budgets =
        ThreadLocal.withInitial(() -> new LookBudget(config, System::nanoTime));
    types.stream().sorted().forEach(type -> add(topology, type, budgets, digest));
    return topology;
  }

  private void add(
      Topology topology,
      DestinationType type,
      ThreadLocal<LookBudget> budgets,
      ControlDigest digest) {
    TimerNodes nodes = new TimerNodes(type);
    topology.addSource(
        nodes.source(),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        Topics.retry(type));
    topology.addProcessor(
        nodes.processor(),
        () -> new TimerProcessor(type, codecs, config, budgets, digest, metrics),
        nodes.source());
    // Parked tasks carry payloads. Compaction leaves the newest segment alone: small ones, or a
    // process that has lost its stores reads gigabytes of tasks that are long gone.
    Map<String, String> small =
        Map.of(
            "segment.bytes",
            Integer.toString(32 * 1024 * 1024),
            "min.cleanable.dirty.ratio",
            "0.2");
    Map<String, String> changelog = new HashMap<>(small);
    changelog.put("max.message.bytes", Integer.toString(TopicCatalog.MAX_RECORD_BYTES));
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(nodes.parkedStore()),
                Serdes.Bytes(),
                Serdes.ByteArray())
            .withLoggingEnabled(changelog),
        nodes.processor());
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(nodes.indexStore()),
                Serdes.String(),
                Serdes.ByteArray())
            .withLoggingEnabled(small),
        nodes.processor());
    addSink(topology, nodes.tasksSink(false), Topics.tasks(type), nodes.processor());
    addSink(topology, nodes.tasksSink(true), Topics.expressTasks(type), nodes.processor());
    addSink(topology, nodes.deadLettersSink(), Topics.DEAD_LETTERS, nodes.processor());
  }

  private static void addSink(Topology topology, String name, String topic, String parent) {
    topology.addSink(name, topic, new ByteArraySerializer(), new ByteArraySerializer(), parent);
  }
}
