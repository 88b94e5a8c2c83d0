package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.embedded.EmbeddedBroker;
import io.waybill.embedded.EmbeddedBrokerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerProcessIT {
  @TempDir Path folder;

  @DisplayName("F1: acknowledged records survive a kill")
  @Test
  void acknowledgedRecordsSurviveAKill() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(folder)) {
      String topic = TestTopics.create(broker.bootstrapServers(), "killed", 1);
      try (KafkaProducer<byte[], byte[]> producer = producer(broker)) {
        send(producer, topic, "before");
        broker.kill();
        assertThat(broker.isAlive()).isFalse();

        broker.restart();
        // Kafka tells by a gauge only, whose name is its own, that the killed broker's session has
        // ended: without it every start after a kill would wait in vain, and nothing would fail.
        assertThat(Files.readString(folder.resolve("broker-2.out")))
            .contains("its session is ended")
            .doesNotContain("no session of it was seen");
        send(producer, topic, "after"); // the same client finds the same address
      }
      assertThat(TopicReader.readAll(broker.bootstrapServers(), topic))
          .extracting(record -> new String(record.value(), UTF_8))
          .containsExactly("before", "after");

      broker.stop();
      broker.restart();
      assertThat(TopicReader.readAll(broker.bootstrapServers(), topic)).hasSize(2);
    }
  }

  @Test
  void itsFolderIsClosedToOtherProcesses() {
    try (BrokerProcess broker = BrokerProcess.start(folder)) {
      EmbeddedBroker second = new EmbeddedBroker(new EmbeddedBrokerConfig(folder, 0));
      assertThatThrownBy(second::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Another embedded broker is using the folder");
      String clusterId = broker.clusterId();
      broker.kill();
      broker.restart();
      assertThat(broker.clusterId()).isEqualTo(clusterId);
    }
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String topic, String value)
      throws Exception {
    producer.send(new ProducerRecord<>(topic, value.getBytes(UTF_8))).get(60, TimeUnit.SECONDS);
  }

  private static KafkaProducer<byte[], byte[]> producer(BrokerProcess broker) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers", broker.bootstrapServers(),
            "reconnect.backoff.max.ms", Duration.ofMillis(500).toMillis(),
            "acks", "all"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
