package io.waybill.checker;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the topics whole, committed records only, joining no group. For one thread; one instance
 * reads once.
 */
public final class TopicDump {
  private static final String TASKS = "waybill.tasks.";
  private static final String RETRY = "waybill.retry.";
  private static final String EVENTS = "waybill.events";
  private static final String STATUS = "waybill.status";
  private static final String DEAD_LETTERS = "waybill.dead-letters";
  private static final Set<String> NEEDED = Set.of(EVENTS, STATUS, DEAD_LETTERS);

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
  private static final Duration PROGRESS_WITHIN = Duration.ofSeconds(30);

  private final RecordReader reader;
  private final List<Topics.Task> tasks = new ArrayList<>();
  private final List<Topics.Parked> parked = new ArrayList<>();
  private final List<Topics.Event> events = new ArrayList<>();
  private final List<Topics.Status> statuses = new ArrayList<>();
  private final List<Topics.DeadLetter> deadLetters = new ArrayList<>();
  private final Map<String, Long> unreadable = new TreeMap<>();

  private TopicDump(RecordReader reader) {
    this.reader = reader;
  }

  /**
   * Everything that the topics hold at the moment of the call, and perhaps a little more.
   *
   * @param kafka client properties, {@code bootstrap.servers} among them
   * @param registry the schema registry that the installation uses
   * @throws CheckerException when Kafka or the registry does not answer, topics are missing, or a
   *     transaction stays open
   */
  public static Topics read(Map<String, ?> kafka, URI registry) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    settings.remove("group.id");
    try (WriterSchemas writers = new WriterSchemas(registry);
        Admin admin = Admin.create(new HashMap<>(kafka));
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      return new TopicDump(new RecordReader(writers)).read(admin, consumer);
    } catch (KafkaException e) {
      throw new CheckerException(
          "the topics cannot be read; check --bootstrap-server and --command-config: "
              + e.getMessage(),
          e);
    }
  }

  private Topics read(Admin admin, KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = partitions(consumer);
    Map<TopicPartition, Long> ends = ends(admin, partitions);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    long progressAt = System.nanoTime();
    while (true) {
      List<TopicPartition> open =
          ends.entrySet().stream()
              .filter(end -> consumer.position(end.getKey()) < end.getValue())
              .map(Map.Entry::getKey)
              .toList();
      if (open.isEmpty()) {
        return new Topics(tasks, parked, events, statuses, deadLetters, unreadable);
      }
      var records = consumer.poll(POLL);
      if (!records.isEmpty()) {
        progressAt = System.nanoTime();
        records.forEach(this::add);
      } else if (System.nanoTime() - progressAt > PROGRESS_WITHIN.toNanos()) {
        throw new CheckerException(
            "the end of "
                + open
                + " was not reached: nothing new for "
                + PROGRESS_WITHIN.toSeconds()
                + " s. A transaction is open there; is a process standing still in the middle of"
                + " one?");
      }
    }
  }

  private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
    var topics = consumer.listTopics(ANSWER_WITHIN);
    for (String name : NEEDED) {
      if (!topics.containsKey(name)) {
        throw new CheckerException(
            "there is no topic " + name + " there: is this the cluster that Waybill runs on?");
      }
    }
    List<TopicPartition> partitions = new ArrayList<>();
    topics.forEach((name, infos) -> {
      if (isRead(name)) {
        infos.forEach(info -> partitions.add(new TopicPartition(name, info.partition())));
      }
    });
    return partitions;
  }

  private static boolean isRead(String topic) {
    return NEEDED.contains(topic) || topic.startsWith(TASKS) || topic.startsWith(RETRY);
  }

  /** High watermarks: the end of a reader of committed records stops at open transactions. */
  private static Map<TopicPartition, Long> ends(Admin admin, List<TopicPartition> partitions) {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    try {
      admin
          .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
          .all()
          .get(ANSWER_WITHIN.toSeconds(), TimeUnit.SECONDS)
          .forEach((partition, end) -> ends.put(partition, end.offset()));
      return ends;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CheckerException("interrupted while asking for the ends of topics", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new CheckerException("the ends of the topics are not known: " + e, e);
    }
  }

  private void add(ConsumerRecord<byte[], byte[]> record) {
    try {
      add(record.topic(), record);
    } catch (RecordReader.UnreadableException e) {
      unreadable.merge(record.topic(), 1L, Long::sum);
    }
  }

  private void add(String topic, ConsumerRecord<byte[], byte[]> record)
      throws RecordReader.UnreadableException {
    byte[] value = record.value();
    if (value == null) {
      if (topic.equals(STATUS) && record.key() != null) {
        statuses.add(new Topics.Purged(new String(record.key(), StandardCharsets.UTF_8)));
        return;
      }
      throw new RecordReader.UnreadableException("has no value", null);
    }
    if (topic.startsWith(TASKS)) {
      tasks.add(reader.task(value));
    } else if (topic.startsWith(RETRY)) {
      parked.add(reader.parked(value));
    } else if (topic.equals(EVENTS)) {
      events.add(reader.event(value));
    } else if (topic.equals(STATUS)) {
      statuses.add(reader.status(value));
    } else {
      deadLetters.add(reader.deadLetter(value));
    }
  }
}
