package io.waybill.timer;

import io.waybill.domain.DestinationType;
import io.waybill.domain.Task;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the tasks topic as a sender would, and notes how late each task is. */
final class BenchReader implements AutoCloseable {
  final Latencies tasks = new Latencies();

  /** By the timer's own clock, when it let the task go. */
  final Latencies forwarded = new Latencies();

  final Latencies liveAtOnce = new Latencies();
  final Latencies liveSoon = new Latencies();

  private final Codecs codecs;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread thread = Thread.ofPlatform().name("bench-reader").unstarted(this::read);

  BenchReader(String bootstrapServers, Codecs codecs) {
    this.codecs = codecs;
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "max.poll.records",
                2_000),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topics.tasks(DestinationType.WEBHOOK)).stream()
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    consumer.assign(partitions);
    thread.start();
  }

  long live() {
    return liveAtOnce.count() + liveSoon.count();
  }

  private void read() {
    try (consumer) {
      while (true) {
        var records = consumer.poll(Duration.ofMillis(100));
        long now = System.currentTimeMillis();
        records.forEach(record -> note(record, now));
      }
    } catch (WakeupException e) {
      // Asked to end.
    }
  }

  private void note(ConsumerRecord<byte[], byte[]> record, long now) {
    Task task;
    try {
      task = codecs.tasks().decode(record.value());
    } catch (UndecodableException e) {
      throw new IllegalStateException("the timer wrote what cannot be read", e);
    }
    long due = task.firstDueAt().toEpochMilli();
    String destination = task.destinationId().value();
    if (destination.startsWith(BenchWriter.AT_ONCE)) {
      liveAtOnce.add(now - due);
    } else if (destination.startsWith(BenchWriter.SOON)) {
      liveSoon.add(now - due);
    } else {
      tasks.add(now - due);
      forwarded.add(record.timestamp() - due);
    }
  }

  @Override
  public void close() throws InterruptedException {
    consumer.wakeup();
    thread.join();
  }
}
