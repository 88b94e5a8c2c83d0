package io.waybill.sender;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what is committed: where a partition begins, and what became of a batch whose fate is not
 * known. Asking waits for open transactions to end, so what it answers is final. Owned by the poll
 * thread.
 */
final class CommittedOffsets {
  private static final Logger LOG = LoggerFactory.getLogger(CommittedOffsets.class);

  /** Short, for the partitions that were kept are not polled meanwhile. */
  private static final Duration RESTORE_WITHIN = Duration.ofSeconds(1);

  /** A transaction that nobody ends is aborted after ten seconds. */
  private static final Duration ASK_AGAIN = Duration.ofMillis(200);

  private static final Duration RECONCILE_WITHIN = Duration.ofSeconds(10);

  private final Consumer<byte[], byte[]> consumer;
  private final Source source;
  private final Ledger ledger;
  private final Ticker ticker;
  private long askAgainAt;
  private boolean isAnswered = true;

  CommittedOffsets(Consumer<byte[], byte[]> consumer, Source source, Ledger ledger, Ticker ticker) {
    this.consumer = consumer;
    this.source = source;
    this.ledger = ledger;
    this.ticker = ticker;
    this.askAgainAt = ticker.nanos();
  }

  /** As of {@link GroupOffsets#committed}. */
  interface Source {
    Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> of, Duration within);
  }

  /** Brings the partitions that wait for it to their committed offsets; what fails is for later. */
  void restore() {
    Set<TopicPartition> waiting = ledger.unrestored();
    if (waiting.isEmpty() || ticker.nanos() - askAgainAt < 0) {
      return;
    }
    try {
      Map<TopicPartition, OffsetAndMetadata> committed = source.committed(waiting, RESTORE_WITHIN);
      for (TopicPartition partition : waiting) {
        if (committed.containsKey(partition)) {
          Optional<OffsetAndMetadata> commit = Optional.ofNullable(committed.get(partition));
          seek(partition, commit);
          ledger.restore(partition, commit);
        }
      }
      askAgain("an open transaction may still change them");
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException | IllegalStateException e) {
      // A coordinator that moves most often, or a partition that was lost this moment. The
      // partition
      // stays paused: to ask again costs time, and nothing is read that may be complete.
      askAgain(e.toString());
    }
  }

  /** The partitions stay paused: nothing of them is read, so nothing can be sent twice. */
  private void askAgain(String problem) {
    Set<TopicPartition> left = ledger.unrestored();
    if (!left.isEmpty() && isAnswered) {
      LOG.atWarn()
          .addKeyValue("partitions", left)
          .addKeyValue("problem", problem)
          .log("committed offsets cannot be read, asking again");
    }
    isAnswered = left.isEmpty();
    askAgainAt = isAnswered ? askAgainAt : ticker.nanos() + ASK_AGAIN.toNanos();
  }

  private void seek(TopicPartition partition, Optional<OffsetAndMetadata> commit) {
    if (commit.isEmpty()) {
      consumer.seekToBeginning(Set.of(partition));
    } else {
      consumer.seek(partition, commit.get());
    }
  }

  /**
   * Finds out what became of the batch.
   *
   * @throws TimeoutException when that is still open
   */
  void reconcile(Batch unknown) {
    Set<TopicPartition> assigned = new HashSet<>(ledger.partitions());
    assigned.retainAll(unknown.offsets().keySet());
    Map<TopicPartition, OffsetAndMetadata> committed =
        assigned.isEmpty() ? Map.of() : source.committed(assigned, RECONCILE_WITHIN);
    if (!committed.keySet().containsAll(assigned)) {
      throw new TimeoutException("a transaction over the batch's offsets is still open");
    }
    ledger.reconcile(unknown, new HashMap<>(committed));
  }
}
