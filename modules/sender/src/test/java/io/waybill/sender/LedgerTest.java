package io.waybill.sender;

import static io.waybill.sender.TestTasks.aTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.RawJson;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.TaskPayload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final TopicPartition ONE = new TopicPartition("tasks", 1);
  private static final TopicPartition TWO = new TopicPartition("tasks", 2);
  private static final long POSITION = 99;
  static final Order SEND = new Order.Send(new Breaker.Permit(0), 0);

  private final Budget budget = new Budget(2, 100);
  private final List<Verdict> ends = new ArrayList<>();
  private final List<TaskEnd> counted = new ArrayList<>();
  private final Ledger ledger =
      new Ledger(budget, (work, order, verdict) -> ends.add(verdict), 7, counted::add);

  @BeforeEach
  void assign() {
    begin(ONE);
    begin(TWO);
  }

  private void begin(TopicPartition partition) {
    ledger.assign(partition);
    ledger.restore(partition, Optional.empty());
  }

  private Work started(TopicPartition partition, long offset) {
    AssignedPartition from = ledger.assignedTo(partition).orElseThrow();
    Work work = work(from, ledger.received(from, offset, 10).orElseThrow(), offset);
    ledger.started(work, SEND);
    return work;
  }

  /** With a record of 10 bytes and a payload of 30. */
  static Work work(
      AssignedPartition from,
      PartitionProgress.Place<AssignedPartition.Finished> place,
      long offset) {
    return new Work(
        from,
        place,
        new RecordOrigin(from.partition().topic(), from.partition().partition(), offset),
        new Work.TaskRecord(
            aTask()
                .payload(new TaskPayload.Reference(TestTasks.ORIGIN, RawJson.of("1").sha256(), 30))
                .build()),
        10);
  }

  private static Ended settled(String text) {
    return new Ended(
        new Settled(
            List.of(new ProducerRecord<>("events", null, text.getBytes())),
            text.length(),
            TestTasks.DELIVERED),
        Verdict.GOOD);
  }

  private Batch batch(int max) {
    return ledger.nextBatch(List.of(ONE, TWO), max, _ -> POSITION);
  }

  private static List<String> values(Batch batch) {
    return batch.records().stream().map(r -> new String(r.value())).toList();
  }

  private static CommitNote note(Batch batch, TopicPartition partition) {
    return CommitNote.of(partition, batch.offsets().get(partition)).orElseThrow();
  }

  @Test
  void batchesWhatIsFinishedAndForgetsItOnceCommitted() {
    Work first = started(ONE, 5);
    Work second = started(ONE, 6);
    Work other = started(TWO, 7);
    ledger.done(second, SEND, settled("second"));
    ledger.done(other, SEND, settled("other"));
    ledger.collect();

    Batch batch = batch(10);
    assertThat(values(batch)).containsExactlyInAnyOrder("second", "other");
    assertThat(note(batch, ONE)).isEqualTo(new CommitNote(7, 0, 5, List.of(new OffsetRange(6, 7))));
    assertThat(note(batch, TWO)).isEqualTo(new CommitNote(7, 0, POSITION, List.of()));
    ledger.committed(batch);
    assertThat(batch(10).isEmpty()).isTrue();

    ledger.done(first, SEND, settled("first"));
    ledger.collect();
    assertThat(note(batch(10), ONE)).isEqualTo(new CommitNote(7, 1, POSITION, List.of()));
  }

  @Test
  void aBatchOfUnknownFateIsForgottenWhenItIsInKafkaAndGivenAgainWhenNot() {
    Work one = started(ONE, 5);
    Work two = started(TWO, 5);
    ledger.done(one, SEND, settled("one"));
    ledger.done(two, SEND, settled("two"));
    ledger.collect();
    Batch unknown = batch(10);

    // One transaction holds both, so this cannot be; it shows that each is judged by itself.
    ledger.reconcile(unknown, Map.of(ONE, unknown.offsets().get(ONE)));

    assertThat(values(batch(10))).containsExactly("two");
    assertThat(note(batch(10), TWO).batch()).as("not the number of the lost batch").isOne();
    assertThat(ledger.unrestored()).isEmpty();
  }

  @Test
  void countsWhatIsInKafkaAndNothingElse() {
    Work one = started(ONE, 5);
    Work two = started(TWO, 5);
    ledger.done(one, SEND, settled("one"));
    ledger.done(two, SEND, settled("two"));
    ledger.collect();
    Batch unknown = batch(10);
    assertThat(counted).as("not yet written").isEmpty();

    ledger.reconcile(unknown, Map.of(ONE, unknown.offsets().get(ONE)));
    assertThat(counted).as("one of the two is there").containsExactly(TestTasks.DELIVERED);

    Batch rest = batch(10);
    ledger.forget(List.of(TWO));
    ledger.committed(rest);
    assertThat(counted).as("also of a partition that has gone meanwhile").hasSize(2);
  }

  @Test
  void aPartitionThatSomeoneElseCommittedBeginsAnewWhereThatSays() {
    Work late = started(ONE, 5);
    ledger.done(started(ONE, 6), SEND, settled("six"));
    ledger.collect();
    Batch unknown = batch(10);
    ledger.reconcile(unknown, Map.of(ONE, new OffsetAndMetadata(6)));

    assertThat(ledger.unrestored()).containsExactly(ONE);
    assertThat(ledger.assignedTo(ONE)).isEmpty();
    assertThat(late.from().isFenced()).isTrue();
  }

  @Test
  void doesNotHandOutWhatACommitNamesAsComplete() {
    OffsetAndMetadata commit =
        new CommitNote(1, 2, 5, List.of(new OffsetRange(6, 8))).toCommit(ONE);
    ledger.assign(ONE);
    ledger.restore(ONE, Optional.of(commit));
    AssignedPartition from = ledger.assignedTo(ONE).orElseThrow();
    assertThat(ledger.received(from, 5, 10)).isPresent();
    assertThat(ledger.received(from, 6, 10)).isEmpty();
    assertThat(ledger.received(from, 7, 10)).isEmpty();
    assertThat(ledger.received(from, 8, 10)).isPresent();

    OffsetAndMetadata altered = new OffsetAndMetadata(4, commit.metadata());
    ledger.assign(ONE);
    ledger.restore(ONE, Optional.of(altered));
    from = ledger.assignedTo(ONE).orElseThrow();
    for (long offset = 4; offset < 10; offset++) {
      assertThat(ledger.received(from, offset, 10)).isPresent();
    }
  }

  @Test
  void givesTheSameBatchAgainWhenItWasNotCommitted() {
    Work work = started(ONE, 5);
    ledger.done(work, SEND, settled("x"));
    ledger.collect();
    assertThat(batch(10)).isEqualTo(batch(10));
  }

  @Test
  void dropsLateResultsOfAnOldEpoch() {
    Work late = started(ONE, 5);
    begin(ONE);
    Work again = started(ONE, 5);
    ledger.done(late, SEND, settled("late"));
    ledger.collect();
    assertThat(batch(10).isEmpty()).isTrue();
    assertThat(ledger.inFlight(List.of(ONE))).isEqualTo(1);
    ledger.done(again, SEND, settled("again"));
    ledger.collect();
    assertThat(values(batch(10))).containsExactly("again");
  }

  @Test
  void countsAFencedSendUntilItHasEnded() {
    Work late = started(ONE, 5);
    started(TWO, 5);
    assertThat(budget.allowsSend(0, false)).isFalse();
    ledger.forget(List.of(ONE));
    assertThat(budget.allowsSend(0, false)).isFalse();
    ledger.failed(late, SEND, new IllegalStateException("whatever became of it"));
    ledger.collect();
    assertThat(budget.allowsSend(0, false)).isTrue();
  }

  @Test
  void bytesAreFreeAgainWhateverBecomesOfThem() {
    Work one = started(ONE, 5);
    Work two = started(TWO, 5);
    started(TWO, 6);
    assertThat(budget.allowsSend(0, false)).isFalse();
    ledger.done(one, SEND, settled("x".repeat(90)));
    ledger.done(two, SEND, settled("y".repeat(10)));
    ledger.collect();
    assertThat(budget.allowsSend(1, false)).isFalse();
    ledger.committed(batch(10));
    assertThat(budget.allowsSend(50, false)).isTrue();
    assertThat(budget.allowsSend(51, false)).isFalse();

    for (long offset = 10; offset < 20; offset++) {
      started(ONE, offset);
    }
    assertThat(budget.allowsRecords(false)).isFalse();
    ledger.forget(List.of(ONE));
    assertThat(budget.allowsRecords(false)).isTrue();
  }

  @Test
  void failsLoudlyWhenATaskEndedWithoutARecordToTakeItsPlace() {
    Work work = started(ONE, 5);
    ledger.failed(work, SEND, new IllegalStateException("bug"));
    assertThatThrownBy(ledger::collect).isInstanceOf(IllegalStateException.class);
  }
}
