package io.waybill.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.Alert;
import io.waybill.domain.AuditRecord;
import io.waybill.domain.Control;
import io.waybill.domain.ControlCommand;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OverallState;
import io.waybill.domain.Task;
import io.waybill.domain.TraceParent;
import io.waybill.domain.Traces;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.DecodedRequest;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.TraceHeaders;
import io.waybill.wire.UndecodableException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;

/** The status topology over a clock that only the test moves. */
final class StatusDriver implements AutoCloseable {
  final InMemorySchemaRegistry registry;
  final Codecs codecs;
  final TopologyTestDriver driver;
  final TopologyDescription shape;
  private final StatusConfig config;
  final List<OverallState> transitions = new ArrayList<>();
  final List<Traces.Step> steps = new ArrayList<>();
  private final Traces traces =
      (parent, delivery, step) -> {
        parent.ifPresent(_ -> steps.add(step.get()));
        return parent;
      };
  private final StatusMetrics metrics =
      new StatusMetrics() {
        @Override
        public void became(OverallState state) {
          transitions.add(state);
        }
      };
  private Instant now;

  StatusDriver() {
    this(StatusConfig.defaults(Set.of(DestinationType.WEBHOOK)));
  }

  StatusDriver(StatusConfig config) {
    this(config, new InMemorySchemaRegistry(), Sample.START);
  }

  private StatusDriver(StatusConfig config, InMemorySchemaRegistry registry, Instant start) {
    this.config = config;
    this.registry = registry;
    codecs = new Codecs(registry);
    now = start;
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, StatusTopology.APPLICATION_ID);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    properties.put(
        StreamsConfig.STATE_DIR_CONFIG,
        Path.of("target", "streams-" + UUID.randomUUID()).toString());
    var topology = new StatusTopology(codecs, () -> now, config, metrics, traces);
    Topology built = topology.build();
    shape = built.describe();
    driver = new TopologyTestDriver(built, properties, now);
  }

  Instant now() {
    return now;
  }

  void advance(Duration time) {
    now = now.plus(time);
    driver.advanceWallClockTime(time);
  }

  void event(DeliveryEvent event) {
    pipe(
        Topics.EVENTS, event.deliveryId().toString(), codecs.events().encode(Topics.EVENTS, event));
  }

  /** An event whose record hangs in a trace. */
  void event(DeliveryEvent event, TraceParent trace) {
    var headers = new RecordHeaders();
    TraceHeaders.write(headers, Optional.of(trace));
    TestInputTopic<byte[], byte[]> input =
        driver.createInputTopic(
            Topics.EVENTS, new ByteArraySerializer(), new ByteArraySerializer());
    input.pipeInput(
        new TestRecord<>(
            event.deliveryId().toString().getBytes(UTF_8),
            codecs.events().encode(Topics.EVENTS, event),
            headers,
            now));
  }

  void command(DeliveryCommand command) {
    pipe(
        Topics.COMMANDS,
        command.deliveryId().toString(),
        codecs.commands().encode(Topics.COMMANDS, command));
  }

  void command(ControlCommand command) {
    pipe(
        Topics.CONTROL_COMMANDS,
        command.scope().key(),
        codecs.controlCommands().encode(Topics.CONTROL_COMMANDS, command));
  }

  void pipe(String topic, String key, byte[] value) {
    TestInputTopic<byte[], byte[]> input =
        driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    input.pipeInput(new TestRecord<>(key.getBytes(UTF_8), value, now));
  }

  /** The newest status published since the last call. */
  DeliveryStatus status() {
    return statuses().getLast();
  }

  List<DeliveryStatus> statuses() {
    return read(Topics.STATUS, codecs.statuses());
  }

  List<Task> tasks() {
    return read(Topics.tasks(DestinationType.WEBHOOK), codecs.tasks());
  }

  List<Task> expressTasks() {
    return read(Topics.expressTasks(DestinationType.WEBHOOK), codecs.tasks());
  }

  List<AuditRecord> audits() {
    return read(Topics.AUDIT, codecs.audits());
  }

  List<Control> controls() {
    return read(Topics.CONTROL, codecs.controls());
  }

  List<DeadLetter> deadLetters() {
    return read(Topics.DEAD_LETTERS, codecs.deadLetters());
  }

  List<DestinationHealth> healths() {
    return read(Topics.DESTINATION_HEALTH, codecs.health());
  }

  List<Alert> alerts() {
    return read(Topics.ALERTS, codecs.alerts());
  }

  List<DestinationCommand> destinationCommands() {
    return read(Topics.DESTINATION_COMMANDS, codecs.destinationCommands());
  }

  /** The requests that alerts are delivered with. */
  List<DeliveryRequest> requests() {
    return records(Topics.REQUESTS).stream()
        .map(record -> codecs.requests().decode(record.value()))
        .map(decoded -> ((DecodedRequest.Valid) decoded).request())
        .toList();
  }

  /** A version of a destination, as the destinations topology publishes it. */
  void destination(Destination destination) {
    pipe(
        Topics.DESTINATIONS,
        destination.id().value(),
        codecs.destinations().encode(Topics.DESTINATIONS, destination));
  }

  /** Another process with the same stores, as after a crash. */
  StatusDriver restarted() {
    StatusDriver next = new StatusDriver(config, registry, now);
    for (String name : driver.getAllStateStores().keySet()) {
      copy(driver.getKeyValueStore(name), next.driver.getKeyValueStore(name));
    }
    driver.close();
    return next;
  }

  private static void copy(KeyValueStore<Object, Object> from, KeyValueStore<Object, Object> to) {
    try (var all = from.all()) {
      all.forEachRemaining(entry -> to.put(entry.key, entry.value));
    }
  }

  List<TestRecord<byte[], byte[]>> records(String topic) {
    return driver
        .createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  int stored(String store) {
    int count = 0;
    try (var all = driver.getKeyValueStore(store).all()) {
      for (; all.hasNext(); all.next()) {
        count++;
      }
    }
    return count;
  }

  private <T> List<T> read(String topic, Codec<T> codec) {
    return records(topic).stream().map(record -> decode(codec, record.value())).toList();
  }

  static <T> T decode(Codec<T> codec, byte[] bytes) {
    try {
      return codec.decode(bytes);
    } catch (UndecodableException e) {
      throw new AssertionError("the topology wrote what cannot be read", e);
    }
  }

  @Override
  public void close() {
    driver.close();
  }
}
