package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.testkit.KafkaFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamsRoleIT {
  @TempDir private Path folder;

  @Test
  void leavesItsPartitionsToWhoeverIsNext() throws Exception {
    String bootstrap = KafkaFixture.shared().bootstrapServers();
    String name = "leaving-" + UUID.randomUUID();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(name, Optional.of(1), Optional.empty()))).all().get();
      StreamsRole role =
          new StreamsRole(
              name,
              () -> topology(name),
              settings(name, bootstrap, "test", 0),
              StreamsRole.Watcher.NONE);
      role.start();
      await().atMost(Duration.ofSeconds(30)).until(role::isReady);
      assertThat(members(admin, name)).hasSize(1);

      role.close();

      assertThat(members(admin, name)).isEmpty();
    }
  }

  /** Kafka Streams ends the whole client then, and replaces nothing. */
  @Test
  void isMadeAnewWhenItsGlobalThreadDies() throws Exception {
    String bootstrap = KafkaFixture.shared().bootstrapServers();
    String name = "global-" + UUID.randomUUID();
    AtomicInteger topologies = new AtomicInteger();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(name, Optional.of(1), Optional.empty()),
                  new NewTopic(name + "-global", Optional.of(1), Optional.empty())))
          .all()
          .get();
      StreamsRole role =
          new StreamsRole(
              name,
              () -> withGlobalStore(name, topologies.incrementAndGet() == 1),
              settings(name, bootstrap, "test", 0),
              StreamsRole.Watcher.NONE);
      role.start();
      await().atMost(Duration.ofSeconds(30)).until(role::isReady);

      producer.send(new ProducerRecord<>(name + "-global", new byte[] {1}, new byte[] {1})).get();

      await().atMost(Duration.ofSeconds(60)).until(() -> topologies.get() == 2 && role.isReady());
      role.close();
    }
  }

  /** Of two partitions each instance works on one; its folder shows what else it keeps. */
  @Test
  void keepsACopyOfWhatAnotherInstanceWorksOn() throws Exception {
    String bootstrap = KafkaFixture.shared().bootstrapServers();
    String name = "copied-" + UUID.randomUUID();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(name, Optional.of(2), Optional.empty()))).all().get();
    }
    StreamsRole first =
        new StreamsRole(
            name,
            () -> withStore(name),
            settings(name, bootstrap, "first", 1),
            StreamsRole.Watcher.NONE);
    StreamsRole second =
        new StreamsRole(
            name,
            () -> withStore(name),
            settings(name, bootstrap, "second", 1),
            StreamsRole.Watcher.NONE);
    try (first;
        second) {
      first.start();
      await().atMost(Duration.ofSeconds(30)).until(first::isReady);
      second.start();

      Path stores = folder.resolve("second").resolve(name);
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() ->
              assertThat(List.of("0_0", "0_1"))
                  .allSatisfy(task ->
                      assertThat(stores.resolve(task).resolve("rocksdb/store")).isDirectory()));
      assertThat(first.isHealthy()).isTrue();
    }
  }

  /** Every record kills the thread that reads it, and its successor. */
  @Tag("long")
  @Test
  void saysThatItsThreadsDieAndOfWhat() throws Exception {
    withRole(
        () -> breaking(true),
        Duration.ofMinutes(2),
        role ->
            await()
                .dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                    assertThat(role.whyUnhealthy())
                        .singleElement()
                        .asString()
                        .contains("stream threads died within a minute")
                        .contains("IllegalStateException")
                        .as("what the exception says may quote a record")
                        .doesNotContain("on purpose")));
  }

  @Tag("long")
  @Test
  void aThreadThatHangsIsNotHealthy() throws Exception {
    CountDownLatch hanging = new CountDownLatch(1);
    withRole(
        () -> waitingFor(hanging),
        Duration.ofSeconds(2),
        role -> {
          try {
            await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                    assertThat(role.whyUnhealthy())
                        .singleElement()
                        .asString()
                        .contains("a stream thread has been silent for "));
            assertThat(role.isReady()).isFalse();
          } finally {
            hanging.countDown();
          }
          await().atMost(Duration.ofSeconds(30)).until(role::isReady);
        });
  }

  private void withRole(
      Supplier<Processor<byte[], byte[], Void, Void>> processors,
      Duration longestWithoutPoll,
      Consumer<StreamsRole> test)
      throws Exception {
    String bootstrap = KafkaFixture.shared().bootstrapServers();
    String name = "ill-" + UUID.randomUUID();
    var bytes = new ByteArrayDeserializer();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      admin.createTopics(List.of(new NewTopic(name, Optional.of(1), Optional.empty()))).all().get();
      try (StreamsRole role =
          new StreamsRole(
              name,
              () ->
                  new Topology()
                      .addSource("source", bytes, bytes, name)
                      .addProcessor("ill", processors::get, "source"),
              settings(name, bootstrap, "test", 0),
              StreamsRole.Watcher.NONE,
              longestWithoutPoll)) {
        role.start();
        await().atMost(Duration.ofSeconds(30)).until(role::isReady);
        producer.send(new ProducerRecord<>(name, new byte[] {1}, new byte[] {1})).get();
        test.accept(role);
      }
    }
  }

  private static Processor<byte[], byte[], Void, Void> waitingFor(CountDownLatch latch) {
    return new ContextualProcessor<>() {
      @Override
      public void process(Record<byte[], byte[]> record) {
        try {
          latch.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    };
  }

  private Properties settings(String name, String bootstrap, String instance, int standbys) {
    return ClientSettings.streams(
        name,
        Map.of("bootstrap.servers", bootstrap),
        folder.resolve(instance),
        instance,
        standbys,
        Durability.ANY);
  }

  private static Topology withStore(String topic) {
    return topology(topic)
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore("store"), Serdes.ByteArray(), Serdes.ByteArray()),
            "nothing");
  }

  private static Topology withGlobalStore(String topic, boolean broken) {
    var bytes = new ByteArrayDeserializer();
    return topology(topic)
        .addGlobalStore(
            Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore("global"), Serdes.ByteArray(), Serdes.ByteArray())
                .withLoggingDisabled(),
            "global-source",
            bytes,
            bytes,
            topic + "-global",
            "global-processor",
            () -> breaking(broken));
  }

  private static Processor<byte[], byte[], Void, Void> breaking(boolean broken) {
    return new ContextualProcessor<>() {
      @Override
      public void process(Record<byte[], byte[]> record) {
        if (broken) {
          throw new IllegalStateException("broken on purpose");
        }
      }
    };
  }

  private static List<MemberDescription> members(Admin admin, String group) throws Exception {
    return List.copyOf(
        admin.describeConsumerGroups(List.of(group)).all().get().get(group).members());
  }

  private static Topology topology(String topic) {
    var bytes = new ByteArrayDeserializer();
    return new Topology()
        .addSource("source", bytes, bytes, topic)
        .addProcessor("nothing", StreamsRoleIT::nothing, "source");
  }

  private static Processor<byte[], byte[], Void, Void> nothing() {
    return new ContextualProcessor<>() {
      @Override
      public void process(Record<byte[], byte[]> record) {
        // Only the membership is looked at.
      }
    };
  }
}
