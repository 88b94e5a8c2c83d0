package io.waybill.timer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.domain.Control;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DestinationType;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The timer's topology over a clock that only the test moves. */
final class TimerDriver implements AutoCloseable {
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  final Codecs codecs = new Codecs(registry);
  final TopologyTestDriver driver;
  private Instant now = START;

  TimerDriver(TimerConfig config) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, TimerTopology.APPLICATION_ID);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    properties.put(
        StreamsConfig.STATE_DIR_CONFIG,
        Path.of("target", "streams-" + UUID.randomUUID()).toString());
    var topology =
        new TimerTopology(Set.of(DestinationType.WEBHOOK, DestinationType.EMAIL), codecs, config);
    driver = new TopologyTestDriver(topology.build(), properties, START);
  }

  Instant now() {
    return now;
  }

  void advance(Duration time) {
    now = now.plus(time);
    driver.advanceWallClockTime(time);
  }

  void park(Task task, Instant dueAt) {
    park(DestinationType.WEBHOOK, task, dueAt);
  }

  void park(DestinationType topicType, Task task, Instant dueAt) {
    park(topicType, new ParkedTask(task, dueAt, Reason.RETRY));
  }

  void park(DestinationType topicType, ParkedTask waits) {
    String topic = Topics.retry(topicType);
    byte[] value = codecs.parkedTasks().encode(topic, waits);
    pipe(topic, waits.task().destinationId().value(), value);
  }

  void control(Control control) {
    pipe(Topics.CONTROL, control.key(), codecs.controls().encode(Topics.CONTROL, control));
  }

  void pipe(String topic, String key, byte[] value) {
    TestInputTopic<byte[], byte[]> input =
        driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    input.pipeInput(new TestRecord<>(key.getBytes(UTF_8), value, now));
  }

  List<Task> released() {
    return released(Topics.tasks(DestinationType.WEBHOOK));
  }

  List<Task> released(String topic) {
    return read(topic, codecs.tasks());
  }

  List<DeadLetter> deadLetters() {
    return read(Topics.DEAD_LETTERS, codecs.deadLetters());
  }

  private <T> List<T> read(String topic, Codec<T> codec) {
    return records(topic).stream().map(record -> decode(codec, record.value())).toList();
  }

  List<TestRecord<byte[], byte[]>> records(String topic) {
    return driver
        .createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  long parkedCount() {
    long count = 0;
    try (var all = driver.getKeyValueStore("parked-webhook").all()) {
      for (; all.hasNext(); all.next()) {
        count++;
      }
    }
    return count;
  }

  /** Index entries of tasks; the cursor is not one. */
  long indexedCount() {
    long count = 0;
    try (var all = driver.<String, byte[]>getKeyValueStore("parked-index-webhook").all()) {
      while (all.hasNext()) {
        count += all.next().key.equals(Cursor.KEY) ? 0 : 1;
      }
    }
    return count;
  }

  double metric(String name) {
    return driver.metrics().entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(name))
        .filter(entry -> entry.getKey().tags().containsValue("webhook"))
        .mapToDouble(entry -> (Double) entry.getValue().metricValue())
        .findFirst()
        .orElseThrow();
  }

  private static <T> T decode(Codec<T> codec, byte[] bytes) {
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
