package io.waybill.app.cli;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * What is published on a topic from now on. It stands at the end of the topic when it has been
 * made, so that an answer to a question asked afterwards cannot be missed. Used by one thread.
 */
final class TopicTail implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final Connection connection;
  private final KafkaConsumer<byte[], byte[]> consumer;

  TopicTail(Connection connection, String topic) {
    this.connection = connection;
    List<TopicPartition> partitions = connection.partitions(topic);
    this.consumer = connection.consumer();
    try {
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      // seekToEnd only takes a note; asking for the position makes it look where the end is now.
      partitions.forEach(consumer::position);
    } catch (KafkaException e) {
      consumer.close();
      throw connection.failure(e);
    }
  }

  /** The first thing that {@code wanted} finds in a new record, or nothing within the time. */
  <T> Optional<T> await(
      Function<ConsumerRecord<byte[], byte[]>, Optional<T>> wanted, Duration within) {
    Countdown countdown = new Countdown(within);
    try {
      while (!countdown.isOver()) {
        Optional<T> found = Optional.empty();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (found.isEmpty()) {
            found = wanted.apply(record);
          }
        }
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    } catch (KafkaException e) {
      throw connection.failure(e);
    }
  }

  /** Hands on everything that has come, after waiting a moment for it. */
  void poll(Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
    try {
      consumer.poll(POLL).forEach(visitor);
    } catch (KafkaException e) {
      throw connection.failure(e);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
