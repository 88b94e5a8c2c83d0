package io.waybill.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
  @TempDir Path folder;

  @Test
  void keepsRecordsAndClusterIdOverARestart() throws Exception {
    byte[] large = new byte[12 * 1024 * 1024];
    large[large.length - 1] = 7;
    String clusterId;
    try (EmbeddedBroker broker = started(0)) {
      clusterId = broker.clusterId();
      createTopic(broker, "kept");
      produceInTransaction(broker, "kept", "small".getBytes(UTF_8), large);
    }
    try (EmbeddedBroker broker = started(0)) {
      assertThat(broker.clusterId()).isEqualTo(clusterId);
      assertThat(read(broker, "kept", 2)).containsExactly("small".getBytes(UTF_8), large);
    }
  }

  /** The file's name is Kafka's, and must not change unnoticed. */
  @Test
  void aBrokerThatIsClosedLeavesTheMarkOfAnOrderlyStop() {
    try (EmbeddedBroker broker = started(0)) {
      assertThat(broker.clusterId()).isNotBlank();
      assertThat(new FormerIncarnation(folder.resolve("kafka")).wasKilled()).isTrue();
    }
    assertThat(new FormerIncarnation(folder.resolve("kafka")).wasKilled()).isFalse();
  }

  @Test
  void aNewFolderIsAnotherCluster(@TempDir Path other) {
    String first;
    try (EmbeddedBroker broker = started(0)) {
      first = broker.clusterId();
      assertThatThrownBy(() ->
              EmbeddedBroker.requireCluster(
                  broker.bootstrapServers(), "another", Duration.ofSeconds(20)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(broker.bootstrapServers())
          .hasMessageContaining(first)
          .hasMessageContaining("Nothing was written");
    }
    try (EmbeddedBroker broker = new EmbeddedBroker(new EmbeddedBrokerConfig(other, 0))) {
      broker.start();
      assertThat(broker.clusterId()).isNotEqualTo(first);
    }
  }

  @Test
  void aTakenPortIsNamedAndTheFolderStaysFree() throws Exception {
    int port;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = taken.getLocalPort();
      EmbeddedBroker broker = new EmbeddedBroker(new EmbeddedBrokerConfig(folder, port));
      assertThatThrownBy(broker::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Port " + port + " on 127.0.0.1 is taken")
          .hasMessageContaining("0 for any free one");
    }
    try (EmbeddedBroker broker = started(port)) {
      assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
    }
  }

  @Test
  void aSecondBrokerOnTheFolderIsRefused() {
    try (EmbeddedBroker first = started(0)) {
      EmbeddedBroker second = new EmbeddedBroker(new EmbeddedBrokerConfig(folder, 0));
      assertThatThrownBy(second::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Another embedded broker is using the folder " + folder);
      // The refused one has not taken the lock away from the first.
      EmbeddedBroker third = new EmbeddedBroker(new EmbeddedBrokerConfig(folder, 0));
      assertThatThrownBy(third::start).hasMessageContaining("Another embedded broker");
      assertThat(first.clusterId()).isNotBlank();
    }
  }

  @Test
  void topicsAreNotMadeByMistake() throws Exception {
    try (EmbeddedBroker broker = started(0);
        Admin admin = Admin.create(clients(broker))) {
      try (KafkaConsumer<byte[], byte[]> consumer = consumer(broker)) {
        assertThat(consumer.partitionsFor("mistyped")).isEmpty();
      }
      assertThat(admin.listTopics().names().get()).doesNotContain("mistyped");
    }
  }

  @Test
  void groupsOfTheConsumerProtocolMayNoticeALossWithinASecond() throws Exception {
    try (EmbeddedBroker broker = started(0);
        Admin admin = Admin.create(clients(broker))) {
      createTopic(broker, "grouped");
      ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "g");
      admin
          .incrementalAlterConfigs(
              Map.of(
                  group,
                  List.of(
                      set("consumer.session.timeout.ms", "1000"),
                      set("consumer.heartbeat.interval.ms", "200"))))
          .all()
          .get();
      Map<String, Object> settings =
          Map.of(
              "bootstrap.servers", broker.bootstrapServers(),
              "group.id", "g",
              "group.protocol", "consumer",
              "group.remote.assignor", "range");
      try (KafkaConsumer<byte[], byte[]> member =
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        member.subscribe(List.of("grouped"));
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (member.assignment().isEmpty() && System.nanoTime() < deadline) {
          member.poll(Duration.ofMillis(100));
        }
        assertThat(member.assignment()).containsExactly(new TopicPartition("grouped", 0));
        assertThat(
                admin
                    .describeConfigs(List.of(group))
                    .all()
                    .get()
                    .get(group)
                    .get("consumer.session.timeout.ms")
                    .value())
            .isEqualTo("1000");
      }
    }
  }

  private static AlterConfigOp set(String key, String value) {
    return new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
  }

  private EmbeddedBroker started(int port) {
    EmbeddedBroker broker = new EmbeddedBroker(new EmbeddedBrokerConfig(folder, port));
    broker.start();
    return broker;
  }

  private static Map<String, Object> clients(EmbeddedBroker broker) {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  private static void createTopic(EmbeddedBroker broker, String topic) throws Exception {
    try (Admin admin = Admin.create(clients(broker))) {
      admin
          .createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty())))
          .all()
          .get();
    }
  }

  private static void produceInTransaction(EmbeddedBroker broker, String topic, byte[]... values) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "transactional.id",
            "embedded-it",
            "max.request.size",
            16 * 1024 * 1024);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (byte[] value : values) {
        producer.send(new ProducerRecord<>(topic, value));
      }
      producer.commitTransaction();
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(EmbeddedBroker broker) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", broker.bootstrapServers(),
            "isolation.level", "read_committed",
            "auto.offset.reset", "earliest");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static List<byte[]> read(EmbeddedBroker broker, String topic, int count) {
    List<byte[]> values = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(broker)) {
      consumer.assign(List.of(new TopicPartition(topic, 0)));
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (values.size() < count && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }
}
