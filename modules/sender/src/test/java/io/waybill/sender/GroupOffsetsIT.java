package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.DestinationType;
import io.waybill.testkit.KafkaFixture;
import io.waybill.testkit.TestTopics;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/** A commit counts when nothing can take it back. */
class GroupOffsetsIT {
  private final String bootstrap = KafkaFixture.shared().bootstrapServers();
  private final String group = TestTopics.uniqueName("offsets-group");
  private final TopicPartition one =
      new TopicPartition(TestTopics.create(bootstrap, "offsets", 1), 0);
  private final SenderConfig config =
      new SenderConfig(
          DestinationType.WEBHOOK,
          TestTopics.uniqueName("offsets"),
          Map.of("bootstrap.servers", bootstrap));

  @Test
  void saysNothingOfWhatAnOpenTransactionMayChange() {
    Duration soon = Duration.ofSeconds(20);
    try (GroupOffsets offsets = new GroupOffsets(KafkaSettings.groupOffsets(config), group);
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(KafkaSettings.outcomes(config))) {
      producer.initTransactions();
      assertThat(offsets.committed(Set.of(one), soon)).containsEntry(one, null);

      commit(producer, 3);
      producer.commitTransaction();
      // The transaction's marker may follow its commit by a moment.
      await().until(() -> offsets.committed(Set.of(one), soon).containsKey(one));
      assertThat(offsets.committed(Set.of(one), soon).get(one).offset()).isEqualTo(3);

      commit(producer, 4);
      assertThat(offsets.committed(Set.of(one), soon)).as("open").doesNotContainKey(one);
      producer.abortTransaction();
      await().until(() -> offsets.committed(Set.of(one), soon).containsKey(one));
      assertThat(offsets.committed(Set.of(one), soon).get(one).offset()).isEqualTo(3);
    }
  }

  private void commit(KafkaProducer<byte[], byte[]> producer, long offset) {
    producer.beginTransaction();
    producer.sendOffsetsToTransaction(Map.of(one, new OffsetAndMetadata(offset)), outsider());
  }

  private ConsumerGroupMetadata outsider() {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap, "group.id", group),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      return consumer.groupMetadata();
    }
  }
}
