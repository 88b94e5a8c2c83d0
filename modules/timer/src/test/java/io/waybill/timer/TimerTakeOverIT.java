package io.waybill.timer;

import static io.waybill.timer.TaskBuilder.aTask;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.DestinationType;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.embedded.EmbeddedRegistry;
import io.waybill.embedded.EmbeddedRegistryConfig;
import io.waybill.testkit.BrokerProcess;
import io.waybill.testkit.ChildJvm;
import io.waybill.testkit.TopicReader;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two timers over a real broker, each killed once while tasks wait and come due. */
@Tag("long")
class TimerTakeOverIT {
  private static final int TASKS = 4_000;
  private static final int PARTITIONS = 3;
  private static final int FIRST_DUE_MILLIS = 10_000;
  private static final int SPREAD_MILLIS = 40_000;
  private static final Duration WITHIN = Duration.ofSeconds(90);
  private static final String RETRY = Topics.retry(DestinationType.WEBHOOK);

  /** Soon known to be gone; and a copy of each store at the other. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "main.consumer.session.timeout.ms", "3000",
          "main.consumer.heartbeat.interval.ms", "500",
          "producer.transaction.timeout.ms", "3000",
          "num.standby.replicas", "1");

  @TempDir private Path folder;

  private final Random random = new Random(11);
  private final Map<TaskId, Long> due = new HashMap<>();
  private long startedMillis;

  @BeforeEach
  void makeFolder() throws IOException {
    Files.createDirectory(folder.resolve("broker"));
  }

  @Test
  void everyTaskIsLetGoOnceAndNotEarlyWhoeverIsKilled() {
    try (BrokerProcess broker = BrokerProcess.start(folder.resolve("broker"));
        EmbeddedRegistry registry = new EmbeddedRegistry(new EmbeddedRegistryConfig(folder, 0))) {
      registry.start();
      String kafka = broker.bootstrapServers();
      Codecs codecs =
          new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", registry.url())));
      BenchTimer.createTopics(kafka, PARTITIONS);
      try (ChildJvm one = child("one", kafka, registry.url(), 1);
          ChildJvm other = child("other", kafka, registry.url(), 1);
          TopicReader reader = new TopicReader(kafka, Topics.tasks(DestinationType.WEBHOOK))) {
        TimerChild.awaitReady(one);
        TimerChild.awaitReady(other);
        park(kafka, codecs);
        awaitCopiesOfAllPartitions("one");
        awaitCopiesOfAllPartitions("other");
        reader.awaitCount(TASKS / 4, WITHIN);
        one.kill();
        reader.awaitCount(TASKS / 2, WITHIN);
        try (ChildJvm again = child("one", kafka, registry.url(), 2)) {
          TimerChild.awaitReady(again);
          awaitCopiesOfAllPartitions("one");
          reader.awaitCount(TASKS * 3 / 4, WITHIN);
          other.kill();
          reader.awaitCount(TASKS, WITHIN);
          // What came twice would come at once: the last task was due long after all the rest.
          assertOnceEachAndNotEarly(codecs, reader.readToEnd());
        }
      }
    }
  }

  private ChildJvm child(String name, String kafka, String registry, int life) {
    return TimerChild.start(
        kafka,
        registry,
        folder.resolve("state-" + name),
        folder.resolve(name + "-" + life + ".out"),
        SETTINGS);
  }

  /** What a timer does not work on itself stands there as a copy. */
  private void awaitCopiesOfAllPartitions(String name) {
    Path stores = folder.resolve("state-" + name).resolve(TimerTopology.APPLICATION_ID);
    await()
        .atMost(WITHIN)
        .untilAsserted(() -> {
          for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(stores.resolve("1_" + partition).resolve("rocksdb/parked-webhook"))
                .isDirectory();
          }
        });
  }

  private void park(String kafka, Codecs codecs) {
    startedMillis = System.currentTimeMillis();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < TASKS; i++) {
        Task task = aTask().to("hook-" + i % 50).build();
        long dueMillis = startedMillis + FIRST_DUE_MILLIS + random.nextInt(SPREAD_MILLIS);
        due.put(task.taskId(), dueMillis);
        ParkedTask parked = new ParkedTask(task, Instant.ofEpochMilli(dueMillis), Reason.RETRY);
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(
                RETRY,
                task.destinationId().value().getBytes(UTF_8),
                codecs.parkedTasks().encode(RETRY, parked));
        producer.send(record);
        // Not of those due soon: a copy that comes after its task was let go is let go as well.
        if (i % 5 == 0 && dueMillis - startedMillis > SPREAD_MILLIS / 2) {
          producer.send(record);
        }
      }
    }
  }

  private void assertOnceEachAndNotEarly(
      Codecs codecs, List<ConsumerRecord<byte[], byte[]>> records) {
    Map<TaskId, String> released = new HashMap<>();
    List<String> twice = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      TaskId taskId = decode(codecs, record.value()).taskId();
      long late = record.timestamp() - due.get(taskId);
      assertThat(late).as("early").isNotNegative();
      String where =
          "%d-%d, %d ms late, due %d ms after the start"
              .formatted(
                  record.partition(), record.offset(), late, due.get(taskId) - startedMillis);
      String before = released.put(taskId, where);
      if (before != null) {
        twice.add(before + "; and " + where);
      }
    }
    assertThat(twice).isEmpty();
    assertThat(released.keySet()).isEqualTo(due.keySet());
  }

  private static Task decode(Codecs codecs, byte[] value) {
    try {
      return codecs.tasks().decode(value);
    } catch (UndecodableException e) {
      throw new AssertionError("the timer wrote what cannot be read", e);
    }
  }
}
