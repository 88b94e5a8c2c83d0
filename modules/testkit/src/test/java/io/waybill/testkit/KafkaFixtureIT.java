package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaFixtureIT {

  @Test
  void isOnePerJvmAndOutlivesItsUsers() {
    KafkaFixture first = KafkaFixture.shared();
    first.close();
    KafkaFixture second = KafkaFixture.shared();
    assertThat(second.bootstrapServers()).isEqualTo(first.bootstrapServers());
    String topic = TestTopics.create(second.bootstrapServers(), "fixture", 2);
    assertThat(TopicReader.readAll(second.bootstrapServers(), topic)).isEmpty();
  }

  @Test
  void readsCommittedRecordsOfAllPartitionsOnly() {
    String bootstrap = KafkaFixture.shared().bootstrapServers();
    String topic = TestTopics.create(bootstrap, "reader", 3);
    try (KafkaProducer<byte[], byte[]> producer = producer(bootstrap);
        TopicReader reader = new TopicReader(bootstrap, topic)) {
      producer.initTransactions();
      producer.beginTransaction();
      for (int partition = 0; partition < 3; partition++) {
        producer.send(new ProducerRecord<>(topic, partition, null, text("kept-" + partition)));
      }
      producer.commitTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, 0, null, text("aborted")));
      producer.flush();
      producer.abortTransaction();

      assertThat(reader.awaitCount(3, Duration.ofSeconds(30)))
          .extracting(KafkaFixtureIT::value)
          .containsExactlyInAnyOrder("kept-0", "kept-1", "kept-2");
      assertThat(TopicReader.readAll(bootstrap, topic)).hasSize(3);

      // A commit returns before its markers are written; reading to the end waits for them.
      for (int round = 1; round <= 20; round++) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, round % 3, null, text("later-" + round)));
        producer.commitTransaction();
        List<ConsumerRecord<byte[], byte[]>> all = reader.readToEnd();
        assertThat(all)
            .extracting(KafkaFixtureIT::value)
            .hasSize(3 + round)
            .endsWith("later-" + round);
      }
      assertThatThrownBy(() -> reader.awaitCount(24, Duration.ofMillis(300)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("holds 23 committed records");
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(String bootstrap) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            bootstrap,
            "transactional.id",
            TestTopics.uniqueName("fixture-it")),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static byte[] text(String value) {
    return value.getBytes(UTF_8);
  }

  private static String value(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), UTF_8);
  }
}
