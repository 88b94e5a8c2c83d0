package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.DestinationType;
import io.waybill.testkit.KafkaFixture;
import io.waybill.testkit.TestTopics;
import io.waybill.testkit.TopicReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApplicationRecoverableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All of a batch or nothing, and which of the two is told truly. */
class TransactionalWriterIT {
  private final String bootstrap = KafkaFixture.shared().bootstrapServers();
  private final String group = TestTopics.uniqueName("writer-group");
  private final String instance = TestTopics.uniqueName("writer");
  private final String topic = TestTopics.create(bootstrap, "writer", 1);
  private final TopicPartition source = new TopicPartition(topic, 0);
  private final TransactionalWriter writer = writer();

  private TransactionalWriter writer() {
    return new TransactionalWriter(
        KafkaSettings.outcomes(
            new SenderConfig(
                DestinationType.WEBHOOK, instance, Map.of("bootstrap.servers", bootstrap))),
        SenderMetrics.NONE);
  }

  @BeforeEach
  void open() {
    writer.open();
  }

  @AfterEach
  void close() {
    writer.close();
  }

  private TransactionalWriter.Result commit(
      ConsumerGroupMetadata metadata, long offset, String... values) {
    return writer.commit(
        Stream.of(values)
            .map(value -> new ProducerRecord<byte[], byte[]>(topic, 0, null, value.getBytes()))
            .toList(),
        Map.of(source, new OffsetAndMetadata(offset)),
        metadata);
  }

  /** Of someone who never joined: nobody checks its epoch. */
  private ConsumerGroupMetadata outsider() {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      return consumer.groupMetadata();
    }
  }

  /** Of a member that has left. */
  private ConsumerGroupMetadata goneMember() {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      consumer.subscribe(List.of(topic));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            consumer.poll(Duration.ofMillis(100));
            return !consumer.assignment().isEmpty();
          });
      return consumer.groupMetadata();
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            bootstrap,
            "group.id",
            group,
            "group.protocol",
            "consumer",
            // Or it would commit what it has not read when it closes.
            "enable.auto.commit",
            false),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private List<String> written() {
    return TopicReader.readAll(bootstrap, topic).stream()
        .map(record -> new String(record.value()))
        .toList();
  }

  private long committed() throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      OffsetAndMetadata offset =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(source);
      return offset == null ? -1 : offset.offset();
    }
  }

  @Test
  void writesRecordsAndOffsetsTogether() throws Exception {
    assertThat(commit(outsider(), 3, "a", "b")).isInstanceOf(TransactionalWriter.Committed.class);
    assertThat(written()).containsExactly("a", "b");
    assertThat(committed()).isEqualTo(3);
  }

  @Test
  void writesNothingWhenTheMemberIsNotTheOwnerAnyMoreAndCanGoOn() throws Exception {
    ConsumerGroupMetadata zombie = goneMember();
    assertThat(commit(zombie, 3, "a")).isInstanceOf(TransactionalWriter.Aborted.class);
    assertThat(written()).isEmpty();
    assertThat(committed()).isEqualTo(-1);

    assertThat(commit(outsider(), 4, "b")).isInstanceOf(TransactionalWriter.Committed.class);
    assertThat(written()).containsExactly("b");
  }

  @Test
  void writesNothingWhenOneRecordIsRefused() throws Exception {
    assertThat(commit(outsider(), 3, "a", "x".repeat(14_000_000)))
        .isInstanceOf(TransactionalWriter.Aborted.class);
    assertThat(written()).isEmpty();
    assertThat(committed()).isEqualTo(-1);
  }

  @Test
  void isBrokenWhenItWasFencedAndKnowsTheOffsetsAfterItWasOpenedAgain() throws Exception {
    commit(outsider(), 3, "a");
    try (TransactionalWriter other = writer()) {
      other.open();
    }
    assertThat(commit(outsider(), 4, "b"))
        .isInstanceOfSatisfying(
            TransactionalWriter.Broken.class,
            broken ->
                assertThat(broken.cause()).isInstanceOf(ApplicationRecoverableException.class));
    assertThat(writer.isOpen()).isFalse();
    assertThat(committed()).isEqualTo(3);

    writer.open();
    assertThat(commit(outsider(), 4, "c")).isInstanceOf(TransactionalWriter.Committed.class);
    assertThat(written()).containsExactly("a", "c");
  }
}
