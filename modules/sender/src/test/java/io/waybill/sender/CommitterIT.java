package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.DestinationType;
import io.waybill.testkit.KafkaFixture;
import io.waybill.testkit.TestTopics;
import io.waybill.testkit.TopicReader;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The way back from a producer that broke, with the thread that must not wait for it. */
class CommitterIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** What one turn may take on a machine that is busy; the answer is held back for longer. */
  private static final Duration LONGEST_TURN = Duration.ofSeconds(1);

  private static final Duration HELD_BACK = Duration.ofSeconds(5);

  private final String bootstrap = KafkaFixture.shared().bootstrapServers();
  private final String topic = TestTopics.create(bootstrap, "committer", 1);
  private final TopicPartition partition = new TopicPartition(topic, 0);
  private final SenderConfig config =
      new SenderConfig(
          DestinationType.WEBHOOK,
          TestTopics.uniqueName("committer"),
          Map.of("bootstrap.servers", bootstrap));
  private final KafkaConsumer<byte[], byte[]> consumer =
      new KafkaConsumer<>(
          Map.of(
              "bootstrap.servers",
              bootstrap,
              "group.id",
              TestTopics.uniqueName("committer-group"),
              "group.protocol",
              "consumer",
              "enable.auto.commit",
              false),
          new ByteArrayDeserializer(),
          new ByteArrayDeserializer());
  private final Ledger ledger = new Ledger(new Budget(10, 1_000), (_, _, _) -> {}, 7, _ -> {});
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch answers = new CountDownLatch(1);
  private final Committer committer =
      new Committer(
          consumer,
          new CommittedOffsets(consumer, this::committed, ledger, new FakeTicker()),
          new WriterThread(
              "committer-it",
              new TransactionalWriter(KafkaSettings.outcomes(config), SenderMetrics.NONE)),
          ledger,
          new Pulse(new FakeTicker()),
          SenderLimits.defaults(),
          Ticker.of(InstantSource.system()),
          SenderMetrics.NONE);

  private Map<TopicPartition, OffsetAndMetadata> committed(
      Set<TopicPartition> of, Duration within) {
    asked.countDown();
    try {
      if (!answers.await(HELD_BACK.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TimeoutException("held back");
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    Map<TopicPartition, OffsetAndMetadata> nothing = new HashMap<>();
    of.forEach(one -> nothing.put(one, null));
    return nothing;
  }

  @BeforeEach
  void open() {
    consumer.assign(List.of(partition));
    ledger.assign(partition);
    ledger.restore(partition, Optional.empty());
    turnUntilReady();
  }

  @AfterEach
  void close() {
    committer.close();
    consumer.close();
  }

  private void turnUntilReady() {
    await()
        .atMost(SOON)
        .until(() -> {
          committer.turn();
          return committer.isReady();
        });
  }

  private void finish(long offset) {
    AssignedPartition from = ledger.assignedTo(partition).orElseThrow();
    Work work = LedgerTest.work(from, ledger.received(from, offset, 1).orElseThrow(), offset);
    ledger.started(work, LedgerTest.SEND);
    byte[] value = Long.toString(offset).getBytes();
    ledger.done(
        work,
        LedgerTest.SEND,
        new Ended(
            new Settled(
                List.of(new ProducerRecord<>(topic, 0, null, value)), 1, TestTasks.DELIVERED),
            Verdict.GOOD));
    ledger.collect();
  }

  @Test
  void goesOnTurningWhileTheFateOfALostBatchIsAskedFor() {
    finish(0);
    try (TransactionalWriter other =
        new TransactionalWriter(KafkaSettings.outcomes(config), SenderMetrics.NONE)) {
      other.open();
    }
    Duration longest = Duration.ZERO;
    long end = System.nanoTime() + SOON.toNanos();
    // Some turns more after it was asked: each would have to wait for the answer.
    for (int more = 0;
        more < 20 && System.nanoTime() < end;
        more += asked.getCount() == 0 ? 1 : 0) {
      long begun = System.nanoTime();
      committer.turn();
      Duration turn = Duration.ofNanos(System.nanoTime() - begun);
      longest = turn.compareTo(longest) > 0 ? turn : longest;
      assertThat(asked.getCount() == 0 && committer.isReady()).as("its fate is open").isFalse();
      Thread.onSpinWait();
    }
    assertThat(asked.getCount()).as("asked").isZero();
    assertThat(longest).isLessThan(LONGEST_TURN);
    assertThat(ledger.hasUncommitted()).isTrue();

    answers.countDown();
    turnUntilReady();
    await()
        .atMost(SOON)
        .until(() -> {
          committer.turn();
          return !ledger.hasUncommitted();
        });
    assertThat(TopicReader.readAll(bootstrap, topic))
        .extracting(record -> new String(record.value()))
        .containsExactly("0");
  }
}
