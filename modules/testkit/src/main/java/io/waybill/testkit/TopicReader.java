package io.waybill.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads one topic from its beginning, committed records only, and keeps what it has read. It joins
 * no group, so it disturbs nobody. For one thread.
 */
public final class TopicReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration TOPIC_WITHIN = Duration.ofSeconds(30);
  private static final Duration END_WITHIN = Duration.ofSeconds(60);

  private final String topic;
  private final Admin admin;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

  /**
   * Waits up to 30 s for the topic to exist, and starts at its beginning.
   *
   * @throws AssertionError when it does not exist by then
   */
  public TopicReader(String bootstrapServers, String topic) {
    this.topic = topic;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                // A fetch that waits at the end of a topic holds up whoever closes the reader.
                "fetch.max.wait.ms",
                50,
                "metadata.max.age.ms",
                1_000,
                "max.partition.fetch.bytes",
                16 * 1024 * 1024,
                "enable.auto.commit",
                false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    try {
      List<TopicPartition> partitions = partitions();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** All committed records that the topic holds now, as {@link #readToEnd()}. */
  public static List<ConsumerRecord<byte[], byte[]>> readAll(
      String bootstrapServers, String topic) {
    try (TopicReader reader = new TopicReader(bootstrapServers, topic)) {
      return reader.readToEnd();
    }
  }

  private List<TopicPartition> partitions() {
    Deadline deadline = Deadline.in(TOPIC_WITHIN);
    while (true) {
      List<PartitionInfo> found = consumer.partitionsFor(topic);
      if (!found.isEmpty()) {
        return found.stream().map(p -> new TopicPartition(topic, p.partition())).toList();
      }
      if (deadline.isOver()) {
        throw new AssertionError("topic " + topic + " does not exist");
      }
    }
  }

  /**
   * Reads on past everything that was written before this was called, and waits for its
   * transactions to end: a commit that has returned to its producer may take a moment to show in
   * the topic, and counts.
   *
   * @return every committed record from the beginning of the topic, per partition in order
   * @throws AssertionError when the end was not reached within 60 s, as when a transaction is left
   *     open
   */
  public List<ConsumerRecord<byte[], byte[]>> readToEnd() {
    Map<TopicPartition, Long> ends = writtenEnds();
    Deadline deadline = Deadline.in(END_WITHIN);
    while (!reached(ends)) {
      if (deadline.isOver()) {
        throw new AssertionError(
            "topic "
                + topic
                + " was not read to its end within "
                + END_WITHIN
                + " (is a transaction open?); have "
                + records.size()
                + " committed records");
      }
      poll();
    }
    return records();
  }

  /**
   * The high watermarks. What a read_committed consumer calls the end stops at open transactions.
   */
  private Map<TopicPartition, Long> writtenEnds() {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    consumer.assignment().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    try {
      admin
          .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
          .all()
          .get(30, TimeUnit.SECONDS)
          .forEach((partition, end) -> ends.put(partition, end.offset()));
      return ends;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading topic " + topic, e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the end of topic " + topic + " is not known", e);
    }
  }

  private boolean reached(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  /**
   * Reads on until the condition holds for everything read so far.
   *
   * @throws AssertionError when it does not in time
   */
  public List<ConsumerRecord<byte[], byte[]>> await(
      Predicate<List<ConsumerRecord<byte[], byte[]>>> condition, Duration within) {
    Deadline deadline = Deadline.in(within);
    while (!condition.test(records())) {
      if (deadline.isOver()) {
        throw new AssertionError(
            "topic "
                + topic
                + " did not come to what was awaited within "
                + within
                + "; it holds "
                + records.size()
                + " committed records");
      }
      poll();
    }
    return records();
  }

  /** Reads on until there are at least so many records. */
  public List<ConsumerRecord<byte[], byte[]>> awaitCount(int count, Duration within) {
    return await(read -> read.size() >= count, within);
  }

  private void poll() {
    consumer.poll(POLL).forEach(records::add);
  }

  /** What has been read so far. */
  public List<ConsumerRecord<byte[], byte[]>> records() {
    return List.copyOf(records);
  }

  @Override
  public void close() {
    consumer.close();
    admin.close();
  }
}
