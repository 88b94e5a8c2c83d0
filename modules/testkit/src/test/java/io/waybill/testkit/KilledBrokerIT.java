package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a broker that is killed among transactions makes of them when it comes back. */
@Tag("long")
class KilledBrokerIT {
  private static final int KILLS = 6;
  private static final int PRODUCERS = 12;

  /** So that some are always between the decision to commit and its markers. */
  private static final int COMMITS_BEFORE_A_KILL = 1_000;

  private static final int OFFSETS_PARTITIONS = 5;
  private static final Duration SOON = Duration.ofSeconds(90);

  @TempDir Path folder;

  /**
   * One that stays open for ever hides its records, and all behind them, from every read-committed
   * reader, and its group's offsets from every member. Kafka does that to a broker that starts over
   * the session of a killed one (docs/decisions/0049).
   */
  @DisplayName("F1: every transaction of a killed broker ends one way or the other")
  @Test
  void everyTransactionEndsOneWayOrTheOther() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(folder);
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin.createTopics(List.of(topic("in"), topic("out"))).all().get();
      for (int kill = 1; kill <= KILLS; kill++) {
        commitUntilKilled(broker, "round-" + kill);
        broker.restart();
        Awaitility.await("the transactions of kill " + kill)
            .atMost(SOON)
            .ignoreExceptions()
            .untilAsserted(() -> assertThat(openTransactions(admin)).isEmpty());
      }
    }
  }

  private static NewTopic topic(String name) {
    return new NewTopic(name, PRODUCERS, (short) 1);
  }

  private static void commitUntilKilled(BrokerProcess broker, String round)
      throws InterruptedException {
    AtomicLong commits = new AtomicLong();
    List<KafkaProducer<byte[], byte[]>> producers = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < PRODUCERS; i++) {
      int partition = i;
      KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              Map.of(
                  "bootstrap.servers",
                  broker.bootstrapServers(),
                  "transactional.id",
                  round + "-" + partition,
                  "transaction.timeout.ms",
                  10_000),
              new ByteArraySerializer(),
              new ByteArraySerializer());
      producers.add(producer);
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  commitForEver(producer, partition, commits);
                } catch (KafkaException e) {
                  // Its broker was killed, and it was closed.
                }
              }));
    }
    Awaitility.await().atMost(SOON).until(() -> commits.get() > COMMITS_BEFORE_A_KILL);
    broker.kill();
    producers.forEach(producer -> producer.close(Duration.ZERO));
    for (Thread thread : threads) {
      thread.join(SOON);
    }
  }

  private static void commitForEver(
      KafkaProducer<byte[], byte[]> producer, int partition, AtomicLong commits) {
    producer.initTransactions();
    for (long offset = 0; ; offset++) {
      producer.beginTransaction();
      var _ = producer.send(new ProducerRecord<>("out", partition, null, new byte[10]));
      producer.sendOffsetsToTransaction(
          Map.of(new TopicPartition("in", partition), new OffsetAndMetadata(offset)),
          new ConsumerGroupMetadata("group-" + partition));
      producer.commitTransaction();
      commits.incrementAndGet();
    }
  }

  /** Where a transaction is open, with its producer. */
  private static List<String> openTransactions(Admin admin)
      throws ExecutionException, InterruptedException {
    List<TopicPartition> partitions =
        Stream.concat(
                IntStream.range(0, PRODUCERS).mapToObj(i -> new TopicPartition("out", i)),
                IntStream.range(0, OFFSETS_PARTITIONS)
                    .mapToObj(i -> new TopicPartition("__consumer_offsets", i)))
            .toList();
    return admin.describeProducers(partitions).all().get().entrySet().stream()
        .flatMap(entry ->
            entry.getValue().activeProducers().stream()
                .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                .map(producer -> entry.getKey() + " producer " + producer.producerId()))
        .toList();
  }
}
