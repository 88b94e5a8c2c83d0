package io.waybill.destinations;

import io.waybill.domain.Reason;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The topology that owns destinations: reads {@link Topics#DESTINATION_COMMANDS}, and is the only
 * writer of {@link Topics#DESTINATIONS} and {@link Topics#DESTINATION_SECRETS}. Each command gets
 * one answer on {@link Topics#DESTINATION_RESULTS}; each change and each refusal one record on
 * {@link Topics#AUDIT}; what is no command becomes a dead letter. A command id seen before gets its
 * first answer again and changes nothing.
 *
 * <p>Commands are keyed by organization, so one stream task decides all of an organization's, in
 * order. Every change writes destination and secrets with the same version, also a change that
 * leaves the credentials alone, so that a reader of both topics knows which belong together; a
 * destination without credentials has a secrets record without fields. Deleting writes the
 * destination's record with its mark and a tombstone for its secrets; when its time is over, the
 * record itself gets a tombstone.
 *
 * <p><b>Ids across organizations.</b> {@link Topics#DESTINATIONS} is keyed by the destination's id
 * alone, while organizations are decided in different partitions. A new id must be a UUID, which
 * nobody guesses, and must not be published yet by anybody: a global store follows that topic, and
 * an id that another organization has is refused as any used id is, with a security event on the
 * audit. What remains: two organizations that create the same UUID within the moment that the first
 * one's record needs to be committed and read back are both accepted, and readers see the later
 * record. This takes an attacker who knows a random id before its destination exists. Nothing
 * crosses over then: fan-out and senders compare the organization of task and destination, and
 * credentials are sealed to their organization; but one of the two must be created again under
 * another id.
 *
 * <p>Needs exactly-once processing ({@code exactly_once_v2}); the configuration and the topics are
 * its caller's matter. {@link #build} may be called once or more; the class holds no state.
 */
public final class DestinationsTopology {
  /** The Streams application id: public API, for consumer group and internal topics carry it. */
  public static final String APPLICATION_ID = "waybill.destinations";

  private static final String COMMANDS = "commands";
  private static final String DECIDE = "decide";
  private static final String PUBLISHED = "published";
  private static final String KEEP_PUBLISHED = "keep-published";

  private final Codecs codecs;
  private final InstantSource clock;
  private final DestinationsConfig config;
  private final OperatorRules operatorRules;
  private final Consumer<Reason> buried;

  /** Counts nothing. */
  public DestinationsTopology(
      Codecs codecs, InstantSource clock, DestinationsConfig config, OperatorRules operatorRules) {
    this(codecs, clock, config, operatorRules, _ -> {});
  }

  /**
   * @param buried is told of each record that became a dead letter, on the stream's thread, so it
   *     must return at once
   */
  public DestinationsTopology(
      Codecs codecs,
      InstantSource clock,
      DestinationsConfig config,
      OperatorRules operatorRules,
      Consumer<Reason> buried) {
    this.buried = buried;
    this.codecs = codecs;
    this.clock = clock;
    this.config = config;
    this.operatorRules = operatorRules;
  }

  /** The topology: every node and store named, sinks like their topics. */
  public Topology build() {
    Topology topology = new Topology();
    var keys = Serdes.String();
    var bytes = Serdes.ByteArray();
    topology.addGlobalStore(
        bytesStore(DestinationState.PUBLISHED).withLoggingDisabled(),
        PUBLISHED,
        keys.deserializer(),
        bytes.deserializer(),
        Topics.DESTINATIONS,
        KEEP_PUBLISHED,
        PublishedProcessor::new);
    topology.addSource(
        COMMANDS, bytes.deserializer(), bytes.deserializer(), Topics.DESTINATION_COMMANDS);
    topology.addProcessor(
        DECIDE, () -> new CommandProcessor(codecs, clock, config, operatorRules, buried), COMMANDS);
    for (StoreBuilder<?> store : stores()) {
      topology.addStateStore(store, DECIDE);
    }
    for (String topic : sinks()) {
      topology.addSink(topic, topic, keys.serializer(), bytes.serializer(), DECIDE);
    }
    return topology;
  }

  private static List<StoreBuilder<?>> stores() {
    return List.of(
        bytesStore(DestinationState.DESTINATIONS),
        bytesStore(DestinationState.SECRETS),
        store(DestinationState.LABELS, Serdes.String()),
        store(DestinationState.COUNTS, Serdes.Long()),
        bytesStore(DestinationState.DECIDED),
        bytesStore(DestinationState.DUE));
  }

  private static List<String> sinks() {
    return List.of(
        Topics.DESTINATIONS,
        Topics.DESTINATION_SECRETS,
        Topics.DESTINATION_RESULTS,
        Topics.AUDIT,
        Topics.DEAD_LETTERS);
  }

  private static StoreBuilder<KeyValueStore<String, byte[]>> bytesStore(String name) {
    return store(name, Serdes.ByteArray());
  }

  private static <V> StoreBuilder<KeyValueStore<String, V>> store(String name, Serde<V> values) {
    return Stores.keyValueStoreBuilder(
        Stores.persistentKeyValueStore(name), Serdes.String(), values);
  }
}
