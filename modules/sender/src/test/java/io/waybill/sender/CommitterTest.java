package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * When sends may go on: whatever is sent while outcomes cannot be written would be sent again,
 * should this process die.
 */
class CommitterTest {
  private static final TopicPartition ONE = new TopicPartition("tasks", 1);

  private final FakeTicker ticker = new FakeTicker();
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final Ledger ledger = new Ledger(new Budget(100, 10_000), (_, _, _) -> {}, 7, _ -> {});
  private final Writer writer = new Writer();
  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
  private final List<String> ended = new ArrayList<>();
  private final Committer committer =
      new Committer(
          consumer,
          new CommittedOffsets(consumer, (of, within) -> committed, ledger, ticker),
          writer,
          ledger,
          new Pulse(ticker),
          SenderLimits.defaults(),
          ticker,
          new SenderMetrics() {
            @Override
            public void transactionEnded(TransactionEnd end, Duration took) {
              ended.add(end + " after " + took.toMillis() + " ms");
            }
          });
  private long offset;

  /** One whose answers the test gives. */
  private static final class Writer implements BatchWriter {
    private CompletableFuture<Void> opened = new CompletableFuture<>();
    private CompletableFuture<TransactionalWriter.Result> result = new CompletableFuture<>();
    private final List<Batch> batches = new ArrayList<>();

    /** To what was asked. */
    private final List<Runnable> answers = new ArrayList<>();

    @Override
    public CompletableFuture<Void> open() {
      opened = new CompletableFuture<>();
      return opened;
    }

    @Override
    public CompletableFuture<TransactionalWriter.Result> commit(
        Batch batch, ConsumerGroupMetadata group) {
      batches.add(batch);
      result = new CompletableFuture<>();
      return result;
    }

    @Override
    public <T> CompletableFuture<T> ask(Supplier<T> question) {
      CompletableFuture<T> answered = new CompletableFuture<>();
      answers.add(() -> answered.complete(question.get()));
      return answered;
    }

    @Override
    public void discard() {}

    @Override
    public void close() {}
  }

  @BeforeEach
  void assign() {
    consumer.assign(List.of(ONE));
    consumer.updateBeginningOffsets(Map.of(ONE, 0L));
    ledger.assign(ONE);
    ledger.restore(ONE, Optional.empty());
  }

  @Test
  void nothingIsSentBeforeThereIsAProducer() {
    assertThat(committer.isReady()).isFalse();
    committer.turn();
    assertThat(committer.isReady()).as("while it is opened").isFalse();

    writer.opened.complete(null);
    committer.turn();

    assertThat(committer.isReady()).isTrue();
  }

  @Test
  void sendsStopWhileACommitTakesLongerThanASecondAndGoOnOnceItIsThrough() {
    beginCommit();
    ticker.advance(Duration.ofMillis(999));
    committer.turn();
    assertThat(committer.isReady()).as("most commits are quicker").isTrue();

    ticker.advance(Duration.ofMillis(1));
    committer.turn();
    assertThat(committer.isReady()).isFalse();
    ticker.advance(Duration.ofMinutes(5));
    committer.turn();
    assertThat(committer.isReady()).as("for as long as it takes").isFalse();
    assertThat(writer.batches).as("one at a time").hasSize(1);

    writer.result.complete(new TransactionalWriter.Committed());
    committer.turn();
    assertThat(committer.isReady()).isTrue();
    assertThat(ledger.hasUncommitted()).isFalse();
  }

  @Test
  void afterAnAbortNothingIsSentBeforeThePauseIsOverAndTheSameOutcomesFollow() {
    beginCommit();
    writer.result.complete(new TransactionalWriter.Aborted(new KafkaException("aborted")));
    committer.turn();
    assertThat(committer.isReady()).isFalse();

    ticker.advance(Duration.ofMillis(100));
    committer.turn();
    assertThat(writer.batches).hasSize(2);
    assertThat(writer.batches.get(1).records()).isEqualTo(writer.batches.get(0).records());
    assertThat(committer.isReady()).as("until one went through").isFalse();

    writer.result.complete(new TransactionalWriter.Committed());
    committer.turn();
    assertThat(committer.isReady()).isTrue();
  }

  @Test
  void aBrokenProducerStopsSendsUntilAnotherIsOpen() {
    beginCommit();
    writer.result.complete(new TransactionalWriter.Broken(new KafkaException("fenced")));
    committer.turn();
    assertThat(committer.isReady()).isFalse();
    ticker.advance(Duration.ofMillis(100));
    committer.turn();
    assertThat(committer.isReady()).as("while another is opened").isFalse();

    writer.opened.completeExceptionally(new KafkaException("no coordinator"));
    committer.turn();

    assertThat(committer.isReady()).isFalse();
  }

  /** The answer to its commit was lost, and Kafka takes its time to tell. */
  @Test
  void turnsOnWhileTheFateOfALostBatchIsAskedForAndSendsNothing() {
    beginCommit();
    writer.result.complete(new TransactionalWriter.Broken(new KafkaException("lost")));
    committer.turn();
    ticker.advance(Duration.ofMillis(100));
    committer.turn();
    writer.opened.complete(null);
    for (int turn = 0; turn < 3; turn++) {
      committer.turn();
      assertThat(writer.answers).as("asked once").hasSize(1);
      assertThat(committer.isReady()).isFalse();
      assertThat(ledger.hasUncommitted()).as("neither written nor forgotten").isTrue();
    }

    committed.putAll(writer.batches.getFirst().offsets());
    writer.answers.getFirst().run();
    committer.turn();
    assertThat(ledger.hasUncommitted()).as("it was in Kafka").isFalse();
    committer.turn();
    assertThat(committer.isReady()).isTrue();
    assertThat(writer.batches).as("and is not written again").hasSize(1);
  }

  @Test
  void tellsHowEachTransactionEndedAndHowLongItTook() {
    beginCommit();
    ticker.advance(Duration.ofMillis(30));
    writer.result.complete(new TransactionalWriter.Aborted(new KafkaException("aborted")));
    committer.turn();
    ticker.advance(Duration.ofMillis(100));
    committer.turn();
    ticker.advance(Duration.ofMillis(7));
    writer.result.complete(new TransactionalWriter.Committed());
    committer.turn();

    assertThat(ended).containsExactly("ABORTED after 30 ms", "COMMITTED after 7 ms");
  }

  private void beginCommit() {
    committer.turn();
    writer.opened.complete(null);
    committer.turn();
    AssignedPartition from = ledger.assignedTo(ONE).orElseThrow();
    Work work = LedgerTest.work(from, ledger.received(from, offset, 10).orElseThrow(), offset++);
    ledger.started(work, LedgerTest.SEND);
    ledger.done(
        work,
        LedgerTest.SEND,
        new Ended(
            new Settled(
                List.of(new ProducerRecord<>("events", null, new byte[] {1})),
                1,
                TestTasks.DELIVERED),
            Verdict.GOOD));
    ledger.collect();
    committer.turn();
    assertThat(writer.batches).hasSize(1);
  }
}
