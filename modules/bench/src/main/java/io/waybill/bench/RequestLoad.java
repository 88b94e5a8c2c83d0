package io.waybill.bench;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A load that is written while nobody sees it, and then is there as a whole: one transaction, for
 * fan-out reads what is committed. So writing it takes nothing from what is measured. For one
 * thread.
 */
final class RequestLoad implements AutoCloseable {
  /** From the first record until the roles have started; the broker's usual limit. */
  private static final int LONGEST_MILLIS = (int) Duration.ofMinutes(15).toMillis();

  private final KafkaProducer<byte[], byte[]> producer;

  RequestLoad(Lab lab) {
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                lab.bootstrapServers(),
                "transactional.id",
                "bench.load",
                "transaction.timeout.ms",
                LONGEST_MILLIS,
                "acks",
                "all",
                "linger.ms",
                10,
                "batch.size",
                64 * 1024),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
  }

  /** Writes all of it. */
  void write(Stream<ProducerRecord<byte[], byte[]>> records) {
    producer.beginTransaction();
    records.forEach(record -> {
      // What cannot be written fails the commit.
      var _ = producer.send(record);
    });
    producer.flush();
  }

  /** From now on fan-out sees what was written. */
  void show() {
    producer.commitTransaction();
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(10));
  }
}
