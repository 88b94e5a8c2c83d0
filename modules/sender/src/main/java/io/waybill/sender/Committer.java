package io.waybill.sender;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings finished outcomes and their offsets into Kafka, and finds the way back when the producer
 * breaks. Owned by the poll thread.
 */
final class Committer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final Consumer<byte[], byte[]> consumer;
  private final TransactionalWriter writer;
  private final Ledger ledger;
  private final Pulse pulse;
  private final SenderLimits limits;
  private final CommittedOffsets offsets;
  private Optional<Batch> unknown = Optional.empty();
  private long notBefore = System.nanoTime();
  private Duration pause = FIRST_PAUSE;

  Committer(
      Consumer<byte[], byte[]> consumer,
      CommittedOffsets offsets,
      TransactionalWriter writer,
      Ledger ledger,
      Pulse pulse,
      SenderLimits limits) {
    this.consumer = consumer;
    this.writer = writer;
    this.ledger = ledger;
    this.pulse = pulse;
    this.limits = limits;
    this.offsets = offsets;
  }

  /** Whether outcomes can be written. While they cannot, nothing may be sent. */
  boolean isReady() {
    return writer.isOpen();
  }

  /** Commits what is finished, when the last commit is long enough ago. */
  void commitWhenDue() {
    if (!writer.isOpen() || System.nanoTime() < notBefore || !ledger.hasUncommitted()) {
      return;
    }
    if (commitAll(ledger.partitions())) {
      notBefore = System.nanoTime() + limits.commitInterval().toNanos();
    }
  }

  /**
   * Commits what is finished of partitions that are about to go, trying again for a while, with
   * another producer if need be: what is left is sent again by whoever gets them.
   */
  void commitBeforeLeaving(Collection<TopicPartition> of, Duration within)
      throws InterruptedException {
    long end = System.nanoTime() + within.toNanos();
    while (ledger.hasUncommitted(of)) {
      recoverWhenBroken();
      boolean isDone = writer.isOpen() && commitAll(of);
      if (isDone || System.nanoTime() >= end) {
        return;
      }
      // Aborted: a coordinator that moves, or a group that changes, may take it in a moment.
      ledger.collectWithin(FIRST_PAUSE);
    }
  }

  /** Returns false when the rest is for later. */
  private boolean commitAll(Collection<TopicPartition> of) {
    while (true) {
      Batch batch = ledger.nextBatch(of, limits.batchRecords(), consumer::position);
      if (batch.isEmpty()) {
        return true;
      }
      // The offsets travel with the records that take the tasks' place, never before them.
      switch (writer.commit(batch.records(), batch.offsets(), consumer.groupMetadata())) {
        case TransactionalWriter.Committed _ -> {
          ledger.committed(batch);
          pulse.committed();
          pause = FIRST_PAUSE;
        }
        case TransactionalWriter.Aborted(Exception cause) -> {
          LOG.atWarn()
              .addKeyValue("records", batch.records().size())
              .addKeyValue("problem", cause.toString())
              .log("transaction aborted, the same batch follows again");
          pulse.aborted(String.valueOf(cause.getMessage()));
          backOff();
          return false;
        }
        case TransactionalWriter.Broken(Exception cause) -> {
          LOG.atError()
              .setCause(cause)
              .log(
                  "producer broke, opening another; if it was fenced, look for another process with"
                      + " the same instance id");
          pulse.writerBroken("the producer broke: " + cause.getMessage());
          // Whether it was committed, its offsets tell once a new producer has ended it.
          unknown = Optional.of(batch);
          backOff();
          return false;
        }
      }
    }
  }

  /** Opens a producer when there is none and it is time; then the last batch's fate is known. */
  void recoverWhenBroken() {
    if (writer.isOpen() || System.nanoTime() < notBefore) {
      return;
    }
    try {
      // First: this ends the transaction that was left open, so that the offsets are final.
      writer.open();
      unknown.ifPresent(offsets::reconcile);
      unknown = Optional.empty();
      pulse.writerOpened();
    } catch (KafkaException e) {
      // Nothing is written and nothing sent until it works; the fate of the batch is still open.
      writer.close();
      LOG.atError().setCause(e).log("producer cannot be opened, trying again");
      pulse.writerBroken("the producer cannot be opened: " + e.getMessage());
      backOff();
    }
  }

  /** Brings newly assigned partitions to where their commits say. */
  void restoreAssigned() {
    offsets.restore();
  }

  private void backOff() {
    notBefore = System.nanoTime() + pause.toNanos();
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  @Override
  public void close() {
    writer.close();
  }
}
