package io.waybill.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The least that puts tasks where they belong: a producer that writes, again and again, records
 * that somebody else wrote there before. A process of the benchmark.
 */
final class PlainProducerMain {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int BETWEEN_LOOKS = 64;

  private final String topic;
  private final int partitions;
  private final Map<String, Object> settings;
  private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();

  private PlainProducerMain(String bootstrapServers, String topic, int partitions) {
    this.topic = topic;
    this.partitions = partitions;
    this.settings = Map.of("bootstrap.servers", bootstrapServers);
  }

  /** {@code args}: bootstrap servers, topic, its partitions. */
  public static void main(String[] args) throws IOException {
    PlainProducerMain main = new PlainProducerMain(args[0], args[1], Integer.parseInt(args[2]));
    Orders.serve(
        "ready",
        order ->
            switch (order.getFirst()) {
              case "take" -> main.take(Integer.parseInt(order.get(1)));
              case "write" -> main.write(Long.parseLong(order.get(1)));
              case "compiled" -> Subject.compiled();
              default -> Orders.unknown(order);
            });
    System.exit(0);
  }

  /** Takes that many records out of the topic, to write them again. */
  private String take(int count) {
    records.clear();
    Map<String, Object> reading = new HashMap<>(settings);
    reading.put("isolation.level", "read_committed");
    List<TopicPartition> all =
        IntStream.range(0, partitions)
            .mapToObj(number -> new TopicPartition(topic, number))
            .toList();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      // Of each partition its share, or destinations of a few would be all that is written to.
      for (TopicPartition partition : all) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        int wanted = records.size() + Math.ceilDiv(count, partitions);
        while (records.size() < wanted) {
          for (var record : consumer.poll(POLL)) {
            if (records.size() < wanted) {
              records.add(new ProducerRecord<>(topic, record.key(), record.value()));
            }
          }
        }
      }
    }
    Collections.shuffle(records, new Random(1));
    return "done";
  }

  /** Writes for so long, in milliseconds; answers how many were acknowledged. */
  private String write(long millis) {
    Map<String, Object> writing = new HashMap<>(settings);
    // As the producers of the stream roles: the rest are Kafka's defaults there too.
    writing.put("acks", "all");
    writing.put("enable.idempotence", true);
    writing.put("linger.ms", 5);
    writing.put("buffer.memory", 52L * 1024 * 1024);
    LongAdder acknowledged = new LongAdder();
    LongAdder failed = new LongAdder();
    int number = 0;
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(writing, new ByteArraySerializer(), new ByteArraySerializer())) {
      long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
      while (number % BETWEEN_LOOKS != 0 || System.nanoTime() < end) {
        ProducerRecord<byte[], byte[]> one = records.get(number % records.size());
        var _ =
            producer.send(
                new ProducerRecord<>(one.topic(), one.key(), one.value()),
                (metadata, e) -> (e == null ? acknowledged : failed).increment());
        number++;
      }
    }
    if (failed.sum() > 0 || acknowledged.sum() != number) {
      throw new IllegalStateException(failed.sum() + " of " + number + " were not acknowledged");
    }
    return Long.toString(acknowledged.sum());
  }
}
