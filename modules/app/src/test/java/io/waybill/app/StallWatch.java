package io.waybill.app;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A reader of committed records that notes how long it had to wait: a transaction that is left open
 * holds back everything that others write behind it. Reads in a thread of its own.
 */
final class StallWatch implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);

  private final String bootstrapServers;
  private final String topic;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;
  private volatile Duration longest = Duration.ZERO;
  private volatile long records;

  private StallWatch(String bootstrapServers, String topic) {
    this.bootstrapServers = bootstrapServers;
    this.topic = topic;
    thread = Thread.ofPlatform().daemon().name("stall-watch").unstarted(this::watch);
  }

  static StallWatch of(Installation waybill, String topic) {
    StallWatch watch = new StallWatch(waybill.bootstrapServers(), topic);
    watch.thread.start();
    return watch;
  }

  /** The longest time for which a partition held records that could not be read. */
  Duration longest() {
    return longest;
  }

  /** How many records it has read, so that a watch that saw nothing shows. */
  long records() {
    return records;
  }

  private void watch() {
    try (KafkaConsumer<byte[], byte[]> committed = reader("read_committed");
        KafkaConsumer<byte[], byte[]> all = reader("read_uncommitted")) {
      List<TopicPartition> partitions =
          committed.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      committed.assign(partitions);
      committed.seekToBeginning(partitions);
      Map<TopicPartition, Long> position = new HashMap<>();
      Map<TopicPartition, Long> since = new HashMap<>();
      while (stopping.getCount() > 0) {
        records += committed.poll(POLL).count();
        // Asked after the poll: what is written meanwhile counts as waiting for one turn at most.
        Map<TopicPartition, Long> ends = all.endOffsets(partitions);
        long now = System.nanoTime();
        for (TopicPartition partition : partitions) {
          long at = committed.position(partition);
          Long before = position.put(partition, at);
          if (before == null || before != at || ends.get(partition) <= at) {
            since.put(partition, now);
            continue;
          }
          Duration waited = Duration.ofNanos(now - since.getOrDefault(partition, now));
          longest = waited.compareTo(longest) > 0 ? waited : longest;
        }
      }
    }
  }

  private KafkaConsumer<byte[], byte[]> reader(String isolation) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "isolation.level",
            isolation,
            "enable.auto.commit",
            false,
            "fetch.max.wait.ms",
            50),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  @Override
  public void close() {
    stopping.countDown();
    try {
      boolean _ = thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
