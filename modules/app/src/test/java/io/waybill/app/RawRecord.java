package io.waybill.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A record as whoever may read the cluster sees it: aborted ones and Kafka's own included.
 *
 * @param text key, headers and value, one character for each byte
 */
record RawRecord(String topic, String text) {

  /** Everything that every topic holds now. */
  static List<RawRecord> all(String bootstrapServers) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers);
    List<RawRecord> records = new ArrayList<>();
    try (Admin admin = Admin.create(settings);
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get().stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(found -> new TopicPartition(found.topic(), found.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> records.add(of(record)));
      }
      return records;
    } catch (ExecutionException e) {
      throw new AssertionError("the topics cannot be listed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static RawRecord of(ConsumerRecord<byte[], byte[]> record) {
    StringBuilder text = new StringBuilder(latin(record.key())).append('\n');
    for (Header header : record.headers()) {
      text.append(header.key()).append('=').append(latin(header.value())).append('\n');
    }
    return new RawRecord(record.topic(), text.append(latin(record.value())).toString());
  }

  private static String latin(byte @Nullable [] bytes) {
    return bytes == null ? "" : new String(bytes, ISO_8859_1);
  }

  boolean holds(Marker marker) {
    return marker.isIn(text);
  }

  /** Never its bytes: a failing test must not print what it has found. */
  @Override
  public String toString() {
    return "RawRecord[" + topic + ", " + text.length() + " bytes]";
  }
}
