package io.waybill.soak;

import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.OverallState;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Follows the statuses, in a thread of its own: how many deliveries have ended. */
final class Progress implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final String bootstrapServers;
  private final Codecs codecs;
  private final Set<String> ended = ConcurrentHashMap.newKeySet();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;

  Progress(String bootstrapServers, String registryUrl) {
    this.bootstrapServers = bootstrapServers;
    codecs = new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", registryUrl)));
    thread = Thread.ofPlatform().daemon().name("progress").unstarted(this::follow);
  }

  void start() {
    thread.start();
  }

  int ended() {
    return ended.size();
  }

  private void follow() {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.STATUS).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (stopping.getCount() > 0) {
        consumer.poll(POLL).forEach(this::look);
      }
    }
  }

  private void look(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return;
    }
    try {
      DeliveryStatus status = codecs.statuses().decode(record.value());
      if (isEnd(status.state())) {
        ended.add(status.deliveryId().toString());
      }
    } catch (UndecodableException e) {
      // The checker counts it.
    }
  }

  private static boolean isEnd(OverallState state) {
    return switch (state) {
      case QUEUED, PROCESSING -> false;
      case COMPLETED, FAILED, PARTIAL, REJECTED, DUPLICATE, CANCELLED, EXPIRED -> true;
    };
  }

  @Override
  public void close() {
    stopping.countDown();
    try {
      boolean _ = thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
