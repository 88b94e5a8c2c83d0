package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the fake consumer of Kafka's own library. */
class CommittedOffsetsTest {
  private static final TopicPartition ONE = new TopicPartition("tasks", 1);
  private static final TopicPartition TWO = new TopicPartition("tasks", 2);

  private final Ledger ledger = new Ledger(new Budget(10, 1_000), (_, _, _) -> {}, 7, _ -> {});
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final FakeTicker ticker = new FakeTicker();
  private final Set<TopicPartition> heldBack = new HashSet<>();
  private final CommittedOffsets offsets =
      new CommittedOffsets(consumer, this::committed, ledger, ticker);
  private int unanswered;

  private Map<TopicPartition, OffsetAndMetadata> committed(
      Set<TopicPartition> of, Duration within) {
    if (unanswered-- > 0) {
      throw new TimeoutException("no answer");
    }
    Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>(consumer.committed(of));
    of.forEach(partition -> known.putIfAbsent(partition, null));
    known.keySet().removeAll(heldBack);
    return known;
  }

  @BeforeEach
  void assign() {
    consumer.assign(List.of(ONE, TWO));
    consumer.updateBeginningOffsets(Map.of(ONE, 3L, TWO, 0L));
    ledger.assign(ONE);
    ledger.assign(TWO);
  }

  @Test
  void beginsAtTheCommitAndSkipsWhatItNames() {
    consumer.commitSync(
        Map.of(ONE, new CommitNote(1, 1, 20, List.of(new OffsetRange(22, 30))).toCommit(ONE)));
    consumer.seek(ONE, 99);
    consumer.seek(TWO, 99);
    offsets.restore();

    assertThat(ledger.unrestored()).isEmpty();
    assertThat(consumer.position(ONE)).isEqualTo(20);
    assertThat(consumer.position(TWO)).as("no commit: the beginning").isZero();
    AssignedPartition one = ledger.assignedTo(ONE).orElseThrow();
    assertThat(ledger.received(one, 21, 1)).isPresent();
    assertThat(ledger.received(one, 22, 1)).isEmpty();
  }

  @Test
  void asksAgainWhenKafkaDoesNotAnswerInTime() {
    consumer.commitSync(Map.of(ONE, new OffsetAndMetadata(20)));
    unanswered = 2;
    offsets.restore();
    ticker.advance(Duration.ofSeconds(1));
    offsets.restore();
    assertThat(ledger.unrestored()).containsExactlyInAnyOrder(ONE, TWO);
    offsets.restore();
    assertThat(ledger.unrestored()).as("not at once").containsExactlyInAnyOrder(ONE, TWO);

    ticker.advance(Duration.ofSeconds(1));
    offsets.restore();
    assertThat(ledger.unrestored()).isEmpty();
    assertThat(consumer.position(ONE)).isEqualTo(20);
  }

  /** The other way round it would send again all that the partition holds. */
  @Test
  void waitsForWhatAnOpenTransactionHoldsBackAndTakesItForNoLackOfACommit() {
    consumer.commitSync(Map.of(ONE, new OffsetAndMetadata(20), TWO, new OffsetAndMetadata(30)));
    heldBack.add(TWO);
    offsets.restore();
    assertThat(ledger.unrestored()).containsExactly(TWO);
    assertThat(consumer.position(ONE)).isEqualTo(20);

    heldBack.clear();
    ticker.advance(Duration.ofSeconds(1));
    offsets.restore();
    assertThat(ledger.unrestored()).isEmpty();
    assertThat(consumer.position(TWO)).isEqualTo(30);
  }

  @Test
  void knowsNothingOfABatchWhileATransactionIsOpen() {
    offsets.restore();
    finish(ONE, 3);
    Batch unknown = ledger.nextBatch(Set.of(ONE, TWO), 10, _ -> 50);
    heldBack.add(ONE);
    assertThatThrownBy(() -> reconcile(unknown)).isInstanceOf(TimeoutException.class);
    assertThat(ledger.hasUncommitted()).isTrue();
  }

  /** The transaction had been committed, but its answer never came. */
  @Test
  void writesNothingAgainWhenTheLostBatchIsInKafka() {
    offsets.restore();
    finish(ONE, 3);
    finish(TWO, 0);
    Batch unknown = ledger.nextBatch(Set.of(ONE, TWO), 10, _ -> 50);
    consumer.commitSync(new HashMap<>(unknown.offsets()));

    reconcile(unknown);

    assertThat(ledger.hasUncommitted()).isFalse();
    assertThat(ledger.unrestored()).isEmpty();
    assertThat(ledger.assignedTo(ONE)).isPresent();
  }

  @Test
  void writesTheLostBatchAgainWhenItIsNotInKafka() {
    offsets.restore();
    finish(ONE, 3);
    Batch unknown = ledger.nextBatch(Set.of(ONE, TWO), 10, _ -> 50);

    reconcile(unknown);

    Batch again = ledger.nextBatch(Set.of(ONE, TWO), 10, _ -> 50);
    assertThat(again.records()).isEqualTo(unknown.records());
    assertThat(again.offsets()).isNotEqualTo(unknown.offsets());
  }

  /** It comes back while its commit is asked for: what it was has gone with the old epoch. */
  @Test
  void leavesAPartitionAloneThatWentAndCameBackMeanwhile() {
    offsets.restore();
    finish(ONE, 3);
    Batch unknown = ledger.nextBatch(Set.of(ONE, TWO), 10, _ -> 50);
    Supplier<Map<TopicPartition, OffsetAndMetadata>> question = offsets.question(unknown);
    ledger.assign(ONE);
    consumer.commitSync(Map.of(ONE, new OffsetAndMetadata(20)));
    ledger.restore(ONE, Optional.of(new OffsetAndMetadata(20)));

    ledger.reconcile(unknown, question.get());

    assertThat(ledger.unrestored()).isEmpty();
    assertThat(ledger.hasUncommitted()).isFalse();
    assertThat(ledger.assignedTo(ONE).orElseThrow().committed())
        .contains(new OffsetAndMetadata(20));
  }

  private void reconcile(Batch unknown) {
    ledger.reconcile(unknown, offsets.question(unknown).get());
  }

  private void finish(TopicPartition partition, long offset) {
    AssignedPartition from = ledger.assignedTo(partition).orElseThrow();
    Work work = LedgerTest.work(from, ledger.received(from, offset, 1).orElseThrow(), offset);
    ledger.started(work, LedgerTest.SEND);
    ledger.done(
        work,
        LedgerTest.SEND,
        new Ended(
            new Settled(List.of(new ProducerRecord<>("e", new byte[1])), 1, TestTasks.DELIVERED),
            Verdict.GOOD));
    ledger.collect();
  }
}
