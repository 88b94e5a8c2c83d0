package io.waybill.fanout;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationType;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Task;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The topology without a broker: records in, decoded records out, time by hand. */
final class FanOutDriver implements AutoCloseable {
  static final String TOPIC_ID = "topic-id-of-requests";

  final TestClock clock = new TestClock();
  final RecordingTraces traces = new RecordingTraces();
  final List<DeliveryEvent> counted = new ArrayList<>();
  private final FanOutMetrics metrics =
      new FanOutMetrics() {
        @Override
        public void decided(DeliveryEvent event) {
          counted.add(event);
        }
      };
  final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  final Codecs codecs = new Codecs(registry);
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> requests;
  private final TestInputTopic<byte[], byte[]> rekeyed;
  private final TestInputTopic<byte[], byte[]> destinations;

  FanOutDriver() {
    this(1);
  }

  /**
   * @param partitions what the topology is told; the driver itself only has partition 0
   */
  FanOutDriver(int partitions) {
    this(FanOutConfig.defaults(TOPIC_ID, partitions));
  }

  FanOutDriver(FanOutConfig config) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, FanOutTopology.APPLICATION_ID);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    // Two runs on one machine must not share the default folder.
    properties.put(
        StreamsConfig.STATE_DIR_CONFIG,
        Path.of("target", "streams-" + UUID.randomUUID()).toString());
    driver =
        new TopologyTestDriver(
            new FanOutTopology(codecs, clock, config, metrics, traces).build(),
            properties,
            clock.instant());
    requests = input(Topics.REQUESTS);
    rekeyed = input(Topics.FAN_OUT_REKEYED);
    destinations = input(Topics.DESTINATIONS);
  }

  void publish(DeliveryRequest request) {
    publish(codecs.requests().encode(Topics.REQUESTS, request));
  }

  void publish(String json) {
    publish(json.getBytes(StandardCharsets.UTF_8));
  }

  void publish(byte[] value) {
    requests.pipeInput(new TestRecord<>(null, value, clock.instant()));
  }

  /** To one of several request topics. */
  void publishTo(String topic, byte[] value) {
    input(topic).pipeInput(new TestRecord<>(null, value, clock.instant()));
  }

  void publish(TestRecord<byte[], byte[]> record) {
    requests.pipeInput(record);
  }

  void passOn(TestRecord<byte[], byte[]> record) {
    rekeyed.pipeInput(record);
  }

  void define(Samples.DestinationBuilder destination) {
    Destination built = destination.build();
    define(built.id().value(), codecs.destinations().encode(Topics.DESTINATIONS, built));
  }

  void define(String key, byte[] value) {
    destinations.pipeInput(key.getBytes(StandardCharsets.UTF_8), value);
  }

  void forget(String destinationId) {
    destinations.pipeInput(new TestRecord<>(destinationId.getBytes(StandardCharsets.UTF_8), null));
  }

  void advance(Duration by) {
    clock.advance(by);
    driver.advanceWallClockTime(by);
  }

  List<DeliveryEvent> events() {
    return read(Topics.EVENTS, codecs.events());
  }

  List<DeadLetter> deadLetters() {
    return read(Topics.DEAD_LETTERS, codecs.deadLetters());
  }

  List<AuditRecord> audits() {
    return read(Topics.AUDIT, codecs.audits());
  }

  List<Task> tasks() {
    return read(Topics.tasks(DestinationType.WEBHOOK), codecs.tasks());
  }

  List<Task> expressTasks() {
    return read(Topics.expressTasks(DestinationType.WEBHOOK), codecs.tasks());
  }

  List<ParkedTask> parkedTasks() {
    return read(Topics.retry(DestinationType.WEBHOOK), codecs.parkedTasks());
  }

  List<TestRecord<byte[], byte[]>> raw(String topic) {
    TestOutputTopic<byte[], byte[]> output =
        driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    return output.readRecordsToList();
  }

  Instant now() {
    return clock.instant();
  }

  private <T> List<T> read(String topic, Codec<T> codec) {
    return raw(topic).stream().map(record -> decode(codec, record.value())).toList();
  }

  private static <T> T decode(Codec<T> codec, byte[] value) {
    try {
      return codec.decode(value);
    } catch (UndecodableException e) {
      throw new AssertionError("fan-out wrote what nobody can read", e);
    }
  }

  private TestInputTopic<byte[], byte[]> input(String topic) {
    return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public void close() {
    driver.close();
  }
}
