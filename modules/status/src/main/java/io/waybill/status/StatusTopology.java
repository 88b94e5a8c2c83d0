package io.waybill.status;

import io.waybill.domain.DestinationType;
import io.waybill.domain.Traces;
import io.waybill.wire.Codecs;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.Topics;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * Adds events up to {@code waybill.status}, decides {@code waybill.commands} and {@code
 * waybill.control-commands}, and keeps {@code waybill.destination-health}. The only writer of these
 * and of {@code waybill.control}; raises {@code waybill.alerts}, publishes a request for each alert
 * that is to be delivered, and asks the destinations topology to disable what has failed for too
 * long.
 *
 * <p>Promises, with exactly-once processing: a delivery's status is monotone, whatever comes late
 * or twice; a command is decided once, on the state that it meets, and leaves one audit record (of
 * wishes for a fallback only those that send something); a fallback is sent once, never early, and
 * whichever of its command and its event is read first; an event that claims another organization's
 * delivery changes nothing and raises a security event. A record that cannot be read or placed
 * becomes a dead letter.
 *
 * <p>Alerts and wishes to disable are written once, and what was told is kept in a store: a restart
 * neither repeats nor forgets one.
 *
 * <p>Events and commands are keyed by delivery id and must have the same number of partitions.
 */
public final class StatusTopology {
  /** The Streams application id; part of the names of its changelog topics. */
  public static final String APPLICATION_ID = "waybill.status";

  private final Codecs codecs;
  private final InstantSource clock;
  private final StatusConfig config;
  private final StatusMetrics metrics;
  private final Traces traces;

  /**
   * Counts nothing.
   *
   * @param clock what "now" is in commands, audit and retention
   */
  public StatusTopology(Codecs codecs, InstantSource clock, StatusConfig config) {
    this(codecs, clock, config, StatusMetrics.NONE, Traces.NONE);
  }

  /**
   * @param clock what "now" is in commands, audit and retention
   * @param metrics are told of what it does
   * @param traces likewise, of each event that changed something
   */
  public StatusTopology(
      Codecs codecs,
      InstantSource clock,
      StatusConfig config,
      StatusMetrics metrics,
      Traces traces) {
    this.metrics = metrics;
    this.traces = traces;
    this.codecs = codecs;
    this.clock = clock;
    this.config = config;
  }

  /** A new topology, with every node and store named. */
  public Topology build() {
    Topology topology = new Topology();
    addDeliveries(topology);
    addHealth(topology);
    addDestinations(topology);
    addPauses(topology);
    return topology;
  }

  private void addDeliveries(Topology topology) {
    addSource(topology, StatusNodes.EVENTS_SOURCE, Topics.EVENTS);
    addSource(topology, StatusNodes.COMMANDS_SOURCE, Topics.COMMANDS);
    topology.addProcessor(
        StatusNodes.EVENTS,
        () -> new EventProcessor(codecs, clock, config, metrics, traces),
        StatusNodes.EVENTS_SOURCE);
    topology.addProcessor(
        StatusNodes.COMMANDS,
        () -> new CommandProcessor(codecs, clock, config, metrics),
        StatusNodes.COMMANDS_SOURCE);
    String[] both = {StatusNodes.EVENTS, StatusNodes.COMMANDS};
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(StatusNodes.DELIVERIES_STORE),
            Serdes.String(),
            Serdes.ByteArray()),
        both);
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(StatusNodes.EXPIRIES_STORE),
            Serdes.Bytes(),
            Serdes.ByteArray()),
        both);
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(StatusNodes.CANCELLED_STORE),
            Serdes.String(),
            Serdes.ByteArray()),
        both);
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(StatusNodes.FALLBACKS_STORE),
                Serdes.Bytes(),
                Serdes.ByteArray())
            // Commands bring small payloads along.
            .withLoggingEnabled(
                Map.of("max.message.bytes", Integer.toString(TopicCatalog.MAX_RECORD_BYTES))),
        StatusNodes.COMMANDS);
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(StatusNodes.OPEN_TASKS_STORE),
                Serdes.String(),
                Serdes.ByteArray())
            // A busy destination's count changes with every task: one write at each commit will do.
            .withCachingEnabled(),
        both);
    addSink(topology, StatusNodes.BACKLOG_SINK, Topics.STATUS_SIGNALS, both);
    addSink(topology, StatusNodes.STATUS_SINK, Topics.STATUS, both);
    if (config.jsonView()) {
      addSink(topology, StatusNodes.STATUS_JSON_SINK, Topics.STATUS_JSON, both);
    }
    addSink(topology, StatusNodes.CONTROL_SINK, Topics.CONTROL, both);
    addSink(topology, StatusNodes.AUDIT_SINK, Topics.AUDIT, both);
    addSink(topology, StatusNodes.DEAD_LETTERS_SINK, Topics.DEAD_LETTERS, both);
    addSink(topology, StatusNodes.ATTEMPTS_SINK, Topics.STATUS_ATTEMPTS, StatusNodes.EVENTS);
    config.types().stream().sorted().forEach(type -> addTaskSinks(topology, type));
  }

  private static void addTaskSinks(Topology topology, DestinationType type) {
    for (boolean express : new boolean[] {false, true}) {
      addSink(
          topology,
          StatusNodes.tasksSink(type, express),
          Topics.tasks(type, express),
          StatusNodes.COMMANDS);
    }
  }

  private void addHealth(Topology topology) {
    addSource(topology, StatusNodes.ATTEMPTS_SOURCE, Topics.STATUS_ATTEMPTS);
    addSource(topology, StatusNodes.SIGNALS_SOURCE, Topics.STATUS_SIGNALS);
    topology.addProcessor(
        StatusNodes.ATTEMPTS,
        () -> new HealthProcessor(codecs, clock, config, metrics),
        StatusNodes.ATTEMPTS_SOURCE,
        StatusNodes.SIGNALS_SOURCE);
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(StatusNodes.HEALTH_STORE),
            Serdes.String(),
            Serdes.ByteArray()),
        StatusNodes.ATTEMPTS);
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(StatusNodes.ALERTS_STORE),
                Serdes.String(),
                Serdes.ByteArray())
            // Likewise.
            .withCachingEnabled(),
        StatusNodes.ATTEMPTS);
    addSink(topology, StatusNodes.HEALTH_SINK, Topics.DESTINATION_HEALTH, StatusNodes.ATTEMPTS);
    addSink(topology, StatusNodes.ALERTS_SINK, Topics.ALERTS, StatusNodes.ATTEMPTS);
    if (config.jsonView()) {
      addSink(topology, StatusNodes.ALERTS_JSON_SINK, Topics.ALERTS_JSON, StatusNodes.ATTEMPTS);
    }
    addSink(topology, StatusNodes.REQUESTS_SINK, Topics.REQUESTS, StatusNodes.ATTEMPTS);
    addSink(
        topology,
        StatusNodes.DESTINATION_COMMANDS_SINK,
        Topics.DESTINATION_COMMANDS,
        StatusNodes.ATTEMPTS);
    addSink(
        topology, StatusNodes.HEALTH_DEAD_LETTERS_SINK, Topics.DEAD_LETTERS, StatusNodes.ATTEMPTS);
  }

  private void addDestinations(Topology topology) {
    addSource(topology, StatusNodes.DESTINATIONS_SOURCE, Topics.DESTINATIONS);
    topology.addProcessor(
        StatusNodes.DESTINATIONS,
        () -> new DestinationWatch(codecs, clock, metrics),
        StatusNodes.DESTINATIONS_SOURCE);
    addSink(topology, StatusNodes.CONFIGURED_SINK, Topics.STATUS_SIGNALS, StatusNodes.DESTINATIONS);
    addSink(topology, StatusNodes.RESUMES_SINK, Topics.CONTROL_COMMANDS, StatusNodes.DESTINATIONS);
  }

  private void addPauses(Topology topology) {
    addSource(topology, StatusNodes.PAUSES_SOURCE, Topics.CONTROL_COMMANDS);
    topology.addProcessor(
        StatusNodes.PAUSES,
        () -> new PauseProcessor(codecs, clock, metrics),
        StatusNodes.PAUSES_SOURCE);
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(StatusNodes.PAUSES_STORE),
            Serdes.String(),
            Serdes.ByteArray()),
        StatusNodes.PAUSES);
    addSink(topology, StatusNodes.PAUSES_SINK, Topics.CONTROL, StatusNodes.PAUSES);
    addSink(topology, StatusNodes.PAUSES_AUDIT_SINK, Topics.AUDIT, StatusNodes.PAUSES);
    addSink(
        topology, StatusNodes.PAUSES_DEAD_LETTERS_SINK, Topics.DEAD_LETTERS, StatusNodes.PAUSES);
  }

  private static void addSource(Topology topology, String name, String topic) {
    topology.addSource(name, new ByteArrayDeserializer(), new ByteArrayDeserializer(), topic);
  }

  private static void addSink(Topology topology, String name, String topic, String... parents) {
    topology.addSink(name, topic, new ByteArraySerializer(), new ByteArraySerializer(), parents);
  }
}
