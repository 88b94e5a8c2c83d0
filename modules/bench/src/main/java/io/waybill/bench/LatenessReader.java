package io.waybill.bench;

import io.waybill.domain.Task;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what the timer lets go as a sender would, records of committed transactions only, from the
 * present end of the topic on. For one thread.
 */
final class LatenessReader implements AutoCloseable {
  private final Installation at;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Lateness seen = new Lateness();
  private final Lateness letGo = new Lateness();

  LatenessReader(Installation at) {
    this.at = at;
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                at.bootstrapServers(),
                "isolation.level",
                "read_committed",
                "max.poll.records",
                2_000),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    Map<TopicPartition, Long> ends = at.ends(Lab.TASKS);
    consumer.assign(ends.keySet());
    ends.forEach(consumer::seek);
  }

  /** When a reader had them, after they were due. */
  Lateness seen() {
    return seen;
  }

  /** When the timer let them go, by its own clock. */
  Lateness letGo() {
    return letGo;
  }

  /** Waits for so many, and not longer than that. */
  void await(long count, Duration within) {
    long end = System.nanoTime() + within.toNanos();
    while (seen.count() < count && System.nanoTime() - end < 0) {
      var records = consumer.poll(Duration.ofMillis(100));
      long now = System.currentTimeMillis();
      records.forEach(record -> note(record, now));
    }
  }

  private void note(ConsumerRecord<byte[], byte[]> record, long now) {
    try {
      Task task = at.codecs().tasks().decode(record.value());
      long due = task.firstDueAt().toEpochMilli();
      seen.add(now - due);
      letGo.add(record.timestamp() - due);
    } catch (UndecodableException e) {
      throw new BenchException("the timer wrote what cannot be read", e);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
