package io.waybill.app.cli;

import io.waybill.wire.Codec;
import io.waybill.wire.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Reads topics from their beginning to where they ended when the reading began. */
final class TopicScan {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration STALLED_AFTER = Duration.ofSeconds(10);

  private final Connection connection;
  private final Consumer<String> warn;

  /**
   * @param warn takes a line for the user about a record that cannot be read
   */
  TopicScan(Connection connection, Consumer<String> warn) {
    this.connection = connection;
    this.warn = warn;
  }

  /** Hands every committed record of the topic to the visitor, per partition in order. */
  void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
    try (KafkaConsumer<byte[], byte[]> consumer = connection.consumer()) {
      List<TopicPartition> partitions = connection.partitions(topic);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      toEnd(consumer, visitor);
    } catch (KafkaException e) {
      throw connection.failure(e);
    }
  }

  /**
   * Hands every decoded record to the visitor; one that cannot be decoded is warned of and left
   * out, tombstones are left out.
   */
  <T> void read(String topic, Codec<T> codec, Visitor<T> visitor) {
    read(
        topic,
        record -> {
          byte[] value = record.value();
          if (value == null) {
            return;
          }
          try {
            visitor.visit(codec.decode(value), record);
          } catch (UndecodableException e) {
            warn.accept(unreadable(record, e));
          }
        });
  }

  /** The newest value of each key of a compacted topic, in the order of their first record. */
  <T> Map<String, T> newest(String topic, Codec<T> codec) {
    Map<String, T> newest = new LinkedHashMap<>();
    read(
        topic,
        record -> {
          if (record.key() == null) {
            return;
          }
          String key = new String(record.key(), StandardCharsets.UTF_8);
          if (record.value() == null) {
            newest.remove(key);
            return;
          }
          try {
            newest.put(key, codec.decode(record.value()));
          } catch (UndecodableException e) {
            warn.accept(unreadable(record, e));
          }
        });
    return newest;
  }

  /** Takes a decoded record. */
  @FunctionalInterface
  interface Visitor<T> {
    void visit(T value, ConsumerRecord<byte[], byte[]> record);
  }

  /** Reads an assigned consumer from where it stands to the present end of its partitions. */
  static void toEnd(
      KafkaConsumer<byte[], byte[]> consumer, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    Countdown stalled = new Countdown(STALLED_AFTER);
    long before = -1;
    while (true) {
      long left = 0;
      for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
        left += Math.max(0, end.getValue() - consumer.position(end.getKey()));
      }
      if (left == 0) {
        return;
      }
      if (left != before) {
        stalled = new Countdown(STALLED_AFTER);
        before = left;
      } else if (stalled.isOver()) {
        throw new org.apache.kafka.common.errors.TimeoutException("reading has come to a halt");
      }
      consumer.poll(POLL).forEach(visitor);
    }
  }

  static String unreadable(ConsumerRecord<byte[], byte[]> record, UndecodableException e) {
    return "left out the record "
        + record.topic()
        + "-"
        + record.partition()
        + "@"
        + record.offset()
        + ", which cannot be read: "
        + e.getMessage();
  }
}
