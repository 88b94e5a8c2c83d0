package io.waybill.sender;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings finished outcomes and their offsets into Kafka, one transaction at a time, and finds the
 * way back when the producer breaks. Owned by the poll thread, which never waits for a transaction
 * but before it gives partitions away.
 */
final class Committer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** Most transactions take a few hundredths of that. */
  private static final Duration USUAL_WRITE = Duration.ofSeconds(1);

  private final Consumer<byte[], byte[]> consumer;
  private final BatchWriter writer;
  private final Ledger ledger;
  private final Pulse pulse;
  private final SenderLimits limits;
  private final CommittedOffsets offsets;
  private final Ticker ticker;
  private final SenderMetrics metrics;
  private State state = new Broken(Optional.empty());
  private long notBefore;
  private Duration pause = FIRST_PAUSE;

  Committer(
      Consumer<byte[], byte[]> consumer,
      CommittedOffsets offsets,
      BatchWriter writer,
      Ledger ledger,
      Pulse pulse,
      SenderLimits limits,
      Ticker ticker,
      SenderMetrics metrics) {
    this.metrics = metrics;
    this.consumer = consumer;
    this.writer = writer;
    this.ledger = ledger;
    this.pulse = pulse;
    this.limits = limits;
    this.offsets = offsets;
    this.ticker = ticker;
    this.notBefore = ticker.nanos();
  }

  /** What the writer does. */
  private sealed interface State {}

  /** Nothing: it has no producer. The fate of the unknown batch is open. */
  private record Broken(Optional<Batch> unknown) implements State {}

  /** Makes a producer. */
  private record Opening(CompletableFuture<Void> opened, Optional<Batch> unknown)
      implements State {}

  /** Asks what became of the unknown batch, now that its transaction has ended. */
  private record Reconciling(
      CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed, Batch unknown)
      implements State {}

  /** Waits for work. */
  private record Idle() implements State {}

  /** Writes a batch. */
  private record Writing(
      Batch batch, CompletableFuture<TransactionalWriter.Result> result, long begunAt)
      implements State {}

  /**
   * Whether outcomes can be written, for all that is known. While not, nothing may be sent: should
   * this process die, all of that would be sent again.
   */
  boolean isReady() {
    return switch (state) {
      case Broken _, Opening _, Reconciling _ -> false;
      // After its pause it would be writing, if there were anything left that waits to be written.
      case Idle _ -> !isBackingOff() || isTime();
      case Writing writing ->
          !isBackingOff() && ticker.nanos() - writing.begunAt() < USUAL_WRITE.toNanos();
    };
  }

  /** Takes in what the writer has done, and gives it more to do when it is time. */
  void turn() {
    state =
        switch (state) {
          case Broken(Optional<Batch> unknown) when isTime() -> new Opening(writer.open(), unknown);
          case Opening(CompletableFuture<Void> opened, Optional<Batch> unknown)
              when opened.isDone() ->
              opened(opened, unknown);
          case Reconciling(
                  CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed,
                  Batch unknown)
              when committed.isDone() ->
              reconciled(committed, unknown);
          case Idle idle when isTime() && ledger.hasUncommitted() ->
              begin(ledger.partitions()).orElse(idle);
          case Writing writing when writing.result().isDone() -> written(writing);
          case Broken _, Opening _, Reconciling _, Idle _, Writing _ -> state;
        };
  }

  private boolean isTime() {
    return ticker.nanos() - notBefore >= 0;
  }

  /** Empty when there is nothing to write. */
  private Optional<State> begin(Collection<TopicPartition> of) {
    Batch batch = ledger.nextBatch(of, limits.batchRecords(), this::position);
    // The offsets travel with the records that take the tasks' place, never before them.
    return batch.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Writing(batch, writer.commit(batch, consumer.groupMetadata()), ticker.nanos()));
  }

  /**
   * Where the consumer will read on; unknown while it has lost the partition or its place there.
   */
  private long position(TopicPartition partition) {
    try {
      return consumer.position(partition, Duration.ZERO);
    } catch (InterruptException e) {
      throw e;
    } catch (IllegalStateException | KafkaException e) {
      // Without it the offset stays before markers that a later commit passes: nothing is repeated.
      return 0;
    }
  }

  private State written(Writing writing) {
    Batch batch = writing.batch();
    Duration took = Duration.ofNanos(ticker.nanos() - writing.begunAt());
    return switch (result(writing.result())) {
      case TransactionalWriter.Committed _ -> {
        metrics.transactionEnded(SenderMetrics.TransactionEnd.COMMITTED, took);
        ledger.committed(batch);
        pulse.committed();
        pause = FIRST_PAUSE;
        boolean isMore = batch.size() >= limits.batchRecords();
        notBefore = ticker.nanos() + (isMore ? 0 : limits.commitInterval().toNanos());
        yield new Idle();
      }
      case TransactionalWriter.Aborted(Exception cause) -> {
        metrics.transactionEnded(SenderMetrics.TransactionEnd.ABORTED, took);
        LOG.atWarn()
            .addKeyValue("records", batch.records().size())
            .addKeyValue("problem", cause.toString())
            .log("transaction aborted, the same outcomes follow again");
        pulse.aborted(Sender.nameOf(cause) + "; the log says why");
        backOff();
        yield new Idle();
      }
      case TransactionalWriter.Broken(Exception cause) -> {
        metrics.transactionEnded(SenderMetrics.TransactionEnd.UNKNOWN, took);
        LOG.atError()
            .setCause(cause)
            .log(
                "producer broke, opening another; if it was fenced, look for another process with"
                    + " the same instance id");
        pulse.writerBroken("the producer broke: " + Sender.nameOf(cause) + "; the log says why");
        backOff();
        // Whether it was committed, its offsets tell once a new producer has ended it.
        yield new Broken(Optional.of(batch));
      }
    };
  }

  private static TransactionalWriter.Result result(
      CompletableFuture<TransactionalWriter.Result> result) {
    try {
      return result.join();
    } catch (CompletionException e) {
      // A bug. The poll loop starts again, and reads what is committed.
      throw WriterThread.failure(e);
    }
  }

  /** A new producer has ended the transaction that was left open: now the offsets are final. */
  private State opened(CompletableFuture<Void> opened, Optional<Batch> unknown) {
    try {
      opened.join();
    } catch (CompletionException e) {
      // Nothing is sent before one opens, and the batch keeps its fate: neither lost nor doubled.
      return notOpened(WriterThread.failure(e), unknown);
    }
    // Asked on the writer's thread, which has nothing else to do: Kafka may take its time.
    return unknown
        .<State>map(batch -> new Reconciling(writer.ask(offsets.question(batch)), batch))
        .orElseGet(this::ready);
  }

  private State reconciled(
      CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed, Batch unknown) {
    try {
      ledger.reconcile(unknown, committed.join());
    } catch (CompletionException e) {
      // Whether the batch is in Kafka is asked again; until then it is not written, and nothing
      // sent.
      return notOpened(WriterThread.failure(e), Optional.of(unknown));
    }
    return ready();
  }

  private State ready() {
    pulse.writerOpened();
    return new Idle();
  }

  /** Nothing is written and nothing sent until it works; the fate of the batch is still open. */
  private State notOpened(RuntimeException problem, Optional<Batch> unknown) {
    if (!(problem instanceof KafkaException)) {
      throw problem;
    }
    writer.discard();
    LOG.atError().setCause(problem).log("producer cannot be opened, trying again");
    pulse.writerBroken(
        "the producer cannot be opened: " + Sender.nameOf(problem) + "; the log says why");
    backOff();
    return new Broken(unknown);
  }

  /**
   * Commits what is finished of partitions that are about to go, trying again for a while, with
   * another producer if need be: what is left is sent again by whoever gets them. What is being
   * written already is waited for, whatever partitions it is about.
   */
  void commitBeforeLeaving(Collection<TopicPartition> of, Duration within)
      throws InterruptedException {
    long end = System.nanoTime() + within.toNanos();
    while (ledger.hasUncommitted(of) && System.nanoTime() - end < 0) {
      switch (state) {
        case Writing(Batch _, CompletableFuture<?> result, long _) -> {
          awaitFor(result, end - System.nanoTime());
          turn();
        }
        case Opening(CompletableFuture<?> opened, Optional<Batch> _) -> {
          awaitFor(opened, end - System.nanoTime());
          turn();
        }
        case Reconciling(CompletableFuture<?> committed, Batch _) -> {
          awaitFor(committed, end - System.nanoTime());
          turn();
        }
        case Broken _ -> {
          ledger.collectWithin(FIRST_PAUSE);
          turn();
        }
        case Idle idle -> {
          if (!isTime() && isBackingOff()) {
            // Aborted: a coordinator that moves, or a group that changes, may take it in a moment.
            ledger.collectWithin(FIRST_PAUSE);
          }
          state = begin(of).orElse(idle);
          if (state.equals(idle)) {
            return;
          }
        }
      }
    }
  }

  private static void awaitFor(CompletableFuture<?> future, long nanos)
      throws InterruptedException {
    try {
      var _ = future.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // Costs time only: whoever asked looks at the future itself.
    }
  }

  /**
   * Brings newly assigned partitions to where their commits say. Not while a batch is written: it
   * may be about a partition that went and came back, and what is committed is not final before.
   */
  void restoreAssigned() {
    if (!(state instanceof Writing)) {
      offsets.restore();
    }
  }

  private boolean isBackingOff() {
    return pause.compareTo(FIRST_PAUSE) > 0;
  }

  private void backOff() {
    notBefore = ticker.nanos() + pause.toNanos();
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  @Override
  public void close() {
    writer.close();
  }
}
