package io.waybill.sender;

import static io.waybill.sender.TestTasks.aTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.RawJson;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.TaskPayload;
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final TopicPartition ONE = new TopicPartition("tasks", 1);
  private static final TopicPartition TWO = new TopicPartition("tasks", 2);
  private static final long POSITION = 99;

  private final Budget budget = new Budget(2, 100);
  private final Ledger ledger = new Ledger(budget);

  @BeforeEach
  void assign() {
    ledger.assign(ONE);
    ledger.assign(TWO);
  }

  private Work started(TopicPartition partition, long offset) {
    AssignedPartition from = ledger.assignedTo(partition);
    Work work =
        new Work(
            from,
            ledger.received(from, offset, 10),
            new RecordOrigin(partition.topic(), partition.partition(), offset),
            new Work.TaskRecord(
                aTask()
                    .payload(
                        new TaskPayload.Reference(TestTasks.ORIGIN, RawJson.of("1").sha256(), 30))
                    .build()),
            10);
    ledger.sendStarted(work);
    return work;
  }

  private static Settled settled(String text) {
    return new Settled(
        List.of(new ProducerRecord<>("events", null, text.getBytes())), text.length());
  }

  private Ledger.Batch batch(int max) {
    return ledger.nextBatch(List.of(ONE, TWO), max, _ -> POSITION);
  }

  @Test
  void batchesFinishedPrefixesOnlyAndForgetsThemOnceCommitted() {
    Work first = started(ONE, 5);
    Work second = started(ONE, 6);
    Work other = started(TWO, 7);
    ledger.done(second, settled("second"));
    ledger.done(other, settled("other"));
    ledger.collect();

    Ledger.Batch batch = batch(10);
    assertThat(batch.records()).extracting(r -> new String(r.value())).containsExactly("other");
    assertThat(batch.offsets()).containsOnlyKeys(TWO).containsValue(new OffsetAndMetadata(99));
    ledger.committed(batch);
    assertThat(batch(10).isEmpty()).isTrue();

    ledger.done(first, settled("first"));
    ledger.collect();
    assertThat(batch(1).offsets()).containsEntry(ONE, new OffsetAndMetadata(6));
    assertThat(batch(10).offsets()).containsEntry(ONE, new OffsetAndMetadata(99));
  }

  @Test
  void givesTheSameBatchAgainWhenItWasNotCommitted() {
    Work work = started(ONE, 5);
    ledger.done(work, settled("x"));
    ledger.collect();
    assertThat(batch(10)).isEqualTo(batch(10));
  }

  @Test
  void dropsLateResultsOfAnOldEpoch() {
    Work late = started(ONE, 5);
    ledger.assign(ONE);
    Work again = started(ONE, 5);
    ledger.done(late, settled("late"));
    ledger.collect();
    assertThat(batch(10).isEmpty()).isTrue();
    assertThat(ledger.inFlight(List.of(ONE))).isEqualTo(1);
    ledger.done(again, settled("again"));
    ledger.collect();
    assertThat(batch(10).records()).extracting(r -> new String(r.value())).containsExactly("again");
  }

  @Test
  void countsAFencedSendUntilItHasEnded() {
    Work late = started(ONE, 5);
    started(TWO, 5);
    assertThat(budget.allowsSend(0)).isFalse();
    ledger.forget(List.of(ONE));
    assertThat(budget.allowsSend(0)).isFalse();
    ledger.failed(late, new IllegalStateException("whatever became of it"));
    ledger.collect();
    assertThat(budget.allowsSend(0)).isTrue();
  }

  @Test
  void bytesAreFreeAgainWhateverBecomesOfThem() {
    Work one = started(ONE, 5);
    Work two = started(TWO, 5);
    assertThat(budget.allowsSend(50)).isFalse();
    ledger.done(one, settled("x".repeat(90)));
    ledger.done(two, settled("y".repeat(10)));
    ledger.collect();
    assertThat(budget.allowsSend(1)).isFalse();
    ledger.committed(batch(10));
    assertThat(budget.allowsSend(100)).isTrue();

    for (long offset = 10; offset < 20; offset++) {
      started(ONE, offset);
    }
    assertThat(budget.allowsRecords()).isFalse();
    ledger.forget(List.of(ONE));
    assertThat(budget.allowsRecords()).isTrue();
  }

  @Test
  void failsLoudlyWhenATaskEndedWithoutARecordToTakeItsPlace() {
    Work work = started(ONE, 5);
    ledger.failed(work, new IllegalStateException("bug"));
    assertThatThrownBy(ledger::collect).isInstanceOf(IllegalStateException.class);
  }
}
