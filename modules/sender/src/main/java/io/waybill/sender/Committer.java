package io.waybill.sender;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
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
  private static final Duration ASK_OFFSETS_WITHIN = Duration.ofSeconds(10);

  private final Consumer<byte[], byte[]> consumer;
  private final TransactionalWriter writer;
  private final Ledger ledger;
  private final Pulse pulse;
  private final SenderLimits limits;
  private long notBefore = System.nanoTime();
  private Duration pause = FIRST_PAUSE;

  Committer(
      Consumer<byte[], byte[]> consumer,
      TransactionalWriter writer,
      Ledger ledger,
      Pulse pulse,
      SenderLimits limits) {
    this.consumer = consumer;
    this.writer = writer;
    this.ledger = ledger;
    this.pulse = pulse;
    this.limits = limits;
  }

  /** Whether outcomes can be written. While they cannot, nothing may be sent. */
  boolean isReady() {
    return writer.isOpen();
  }

  /** Commits what is finished, when the last commit is long enough ago. */
  void commitWhenDue() {
    if (!writer.isOpen() || System.nanoTime() < notBefore || !ledger.hasFinishedPrefix()) {
      return;
    }
    if (commitAll(ledger.partitions())) {
      notBefore = System.nanoTime() + limits.commitInterval().toNanos();
    }
  }

  /** Commits what is finished of partitions that are about to go, trying again for a while. */
  void commitBeforeLeaving(Collection<TopicPartition> of, Duration within)
      throws InterruptedException {
    long end = System.nanoTime() + within.toNanos();
    while (writer.isOpen() && !commitAll(of) && System.nanoTime() < end) {
      // Aborted: a coordinator that moves, or a group that changes, may take it in a moment.
      ledger.collectWithin(FIRST_PAUSE);
    }
  }

  /** Returns false when the rest is for later. */
  private boolean commitAll(Collection<TopicPartition> of) {
    while (true) {
      Ledger.Batch batch = ledger.nextBatch(of, limits.batchRecords(), consumer::position);
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
                  "producer broke, starting again at the committed offsets; if it was fenced, look"
                      + " for another process with the same instance id");
          pulse.writerBroken("the producer broke: " + cause.getMessage());
          // In flight or finished, nobody knows what of it was committed: the offsets decide.
          ledger.partitions().forEach(ledger::assign);
          backOff();
          return false;
        }
      }
    }
  }

  /** Opens a producer when there is none and it is time; then the committed offsets are read. */
  void recoverWhenBroken() {
    if (writer.isOpen() || System.nanoTime() < notBefore) {
      return;
    }
    try {
      // First: this ends the transaction that was left open, so that the offsets are final.
      writer.open();
      seekToCommitted(consumer.assignment());
      pulse.writerOpened();
    } catch (KafkaException e) {
      writer.close();
      LOG.atError().setCause(e).log("producer cannot be opened, trying again");
      pulse.writerBroken("the producer cannot be opened: " + e.getMessage());
      backOff();
    }
  }

  private void seekToCommitted(Set<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> committed =
        consumer.committed(partitions, ASK_OFFSETS_WITHIN);
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata offset = committed.get(partition);
      if (offset == null) {
        consumer.seekToBeginning(Set.of(partition));
      } else {
        consumer.seek(partition, offset);
      }
      ledger.assign(partition);
    }
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
