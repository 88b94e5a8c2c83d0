package io.waybill.sender;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
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

  private static final Duration RECONCILE_WITHIN = Duration.ofSeconds(10);

  private final Consumer<byte[], byte[]> consumer;
  private final Ledger ledger;

  CommittedOffsets(Consumer<byte[], byte[]> consumer, Ledger ledger) {
    this.consumer = consumer;
    this.ledger = ledger;
  }

  /** Brings the partitions that wait for it to their committed offsets; what fails is for later. */
  void restore() {
    Set<TopicPartition> waiting = ledger.unrestored();
    if (waiting.isEmpty()) {
      return;
    }
    try {
      Map<TopicPartition, OffsetAndMetadata> committed =
          consumer.committed(waiting, RESTORE_WITHIN);
      for (TopicPartition partition : waiting) {
        Optional<OffsetAndMetadata> commit = Optional.ofNullable(committed.get(partition));
        seek(partition, commit);
        ledger.restore(partition, commit);
      }
    } catch (TimeoutException e) {
      // The partitions stay paused: nothing of them is read, so nothing can be sent twice.
      LOG.atWarn()
          .addKeyValue("partitions", waiting)
          .addKeyValue("problem", e.getMessage())
          .log("committed offsets cannot be read, asking again");
    }
  }

  private void seek(TopicPartition partition, Optional<OffsetAndMetadata> commit) {
    // The consumer finds its first position by itself. Awaited, for it must not come after a seek.
    long position = consumer.position(partition, RESTORE_WITHIN);
    if (commit.isEmpty()) {
      consumer.seekToBeginning(Set.of(partition));
    } else if (commit.get().offset() != position) {
      consumer.seek(partition, commit.get());
    }
  }

  /** Finds out what became of the batch. */
  void reconcile(Batch unknown) {
    Set<TopicPartition> assigned = new HashSet<>(ledger.partitions());
    assigned.retainAll(unknown.offsets().keySet());
    Map<TopicPartition, OffsetAndMetadata> committed =
        assigned.isEmpty() ? Map.of() : consumer.committed(assigned, RECONCILE_WITHIN);
    ledger.reconcile(unknown, new HashMap<>(committed));
  }
}
