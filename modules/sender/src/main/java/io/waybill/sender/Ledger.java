package io.waybill.sender;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * All that the sender holds of its partitions, from reading a record to committing what became of
 * it. Owned by the poll thread; only {@link #done} is called by others.
 */
final class Ledger {
  /** Keeps a transaction well within its time-out. */
  private static final long BATCH_BYTES = 16L * 1024 * 1024;

  private final Budget budget;
  private final Map<TopicPartition, AssignedPartition> assigned = new HashMap<>();
  private final BlockingQueue<Done> done = new LinkedBlockingQueue<>();

  Ledger(Budget budget) {
    this.budget = budget;
  }

  /** The end of one task's way; a failure means that not even a dead letter could be made. */
  private record Done(Work work, Optional<Settled> settled, @Nullable Throwable failure) {}

  private record Part(AssignedPartition partition, int count) {}

  /** What goes into one transaction. */
  record Batch(
      List<ProducerRecord<byte[], byte[]>> records,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      List<Part> parts) {
    boolean isEmpty() {
      return parts.isEmpty();
    }
  }

  /** Hands in what became of a task. Any thread. */
  void done(Work work, Settled settled) {
    done.add(new Done(work, Optional.of(settled), null));
  }

  /** Hands in that a task's way ended without anything to take its place. Any thread. */
  void failed(Work work, Throwable failure) {
    done.add(new Done(work, Optional.empty(), failure));
  }

  /** Begins a new epoch of a partition. */
  void assign(TopicPartition partition) {
    AssignedPartition old = assigned.put(partition, new AssignedPartition(partition));
    if (old != null) {
      fence(old);
    }
  }

  /** The present epoch of a partition. */
  AssignedPartition assignedTo(TopicPartition partition) {
    AssignedPartition found = assigned.get(partition);
    if (found == null) {
      throw new IllegalStateException("a record of " + partition + " came without an assignment");
    }
    return found;
  }

  /** Takes note of a record. */
  PartitionProgress.Place<AssignedPartition.Finished> received(
      AssignedPartition partition, long offset, long bytes) {
    partition.addRecordBytes(bytes);
    budget.holdRecord(bytes);
    return partition.progress().received(offset);
  }

  void sendStarted(Work work) {
    work.from().sendStarted();
    budget.sendStarted(work.payloadBytes());
  }

  /** Takes in everything that has ended. */
  void collect() {
    for (Done next = done.poll(); next != null; next = done.poll()) {
      take(next);
    }
  }

  /** As {@link #collect}, but waits that long for the first. */
  void collectWithin(Duration within) throws InterruptedException {
    Done next = done.poll(Math.max(1, within.toMillis()), TimeUnit.MILLISECONDS);
    if (next != null) {
      take(next);
    }
    collect();
  }

  private void take(Done next) {
    Work work = next.work();
    AssignedPartition from = work.from();
    from.sendEnded();
    budget.sendEnded(work.payloadBytes());
    if (from.isFenced()) {
      // A late result of an old epoch. Whoever owns the record now sends it again.
      return;
    }
    Settled settled =
        next.settled()
            .orElseThrow(
                () -> new IllegalStateException("no outcome for " + work.origin(), next.failure()));
    from.addOutcomeBytes(settled.bytes());
    budget.holdOutcome(settled.bytes());
    from.progress()
        .finish(work.place(), new AssignedPartition.Finished(settled, work.recordBytes()));
  }

  /** Whether any partition has outcomes that can be committed. */
  boolean hasFinishedPrefix() {
    return assigned.values().stream().anyMatch(p -> p.progress().hasFinishedPrefix());
  }

  /**
   * The finished first records of these partitions, as many as one transaction should hold.
   *
   * @param position the consumer's
   */
  Batch nextBatch(
      Collection<TopicPartition> of, int maxRecords, ToLongFunction<TopicPartition> position) {
    Batch batch = new Batch(new ArrayList<>(), new HashMap<>(), new ArrayList<>());
    int room = maxRecords;
    long bytes = 0;
    for (TopicPartition partition : of) {
      AssignedPartition held = assigned.get(partition);
      if (held == null) {
        continue;
      }
      int count = 0;
      for (AssignedPartition.Finished finished : held.progress().finishedPrefix(room)) {
        long more = finished.settled().bytes();
        if (bytes > 0 && bytes + more > BATCH_BYTES) {
          break;
        }
        bytes += more;
        count++;
        batch.records().addAll(finished.settled().records());
      }
      if (count > 0) {
        long next = held.progress().offsetAfter(count, position.applyAsLong(partition));
        batch.offsets().put(partition, new OffsetAndMetadata(next));
        batch.parts().add(new Part(held, count));
        room -= count;
      }
    }
    return batch;
  }

  /** Forgets what the batch held: it is in Kafka. */
  void committed(Batch batch) {
    for (Part part : batch.parts()) {
      AssignedPartition held = part.partition();
      for (AssignedPartition.Finished finished : held.progress().finishedPrefix(part.count())) {
        held.addRecordBytes(-finished.recordBytes());
        held.addOutcomeBytes(-finished.settled().bytes());
        budget.releaseRecord(finished.recordBytes());
        budget.releaseOutcome(finished.settled().bytes());
      }
      held.progress().committed(part.count());
    }
  }

  /** Attempts of these partitions that are under way. */
  int inFlight(Collection<TopicPartition> of) {
    int sum = 0;
    for (TopicPartition partition : of) {
      AssignedPartition held = assigned.get(partition);
      sum += held == null ? 0 : held.inFlight();
    }
    return sum;
  }

  /** Records of the partition that are unfinished or not yet committed. */
  int held(TopicPartition partition) {
    AssignedPartition held = assigned.get(partition);
    return held == null ? 0 : held.progress().size();
  }

  /** Ends the epoch of these partitions and forgets what was held of them. */
  void forget(Collection<TopicPartition> gone) {
    for (TopicPartition partition : List.copyOf(gone)) {
      AssignedPartition held = assigned.remove(partition);
      if (held != null) {
        fence(held);
      }
    }
  }

  /** The partitions that are assigned. */
  List<TopicPartition> partitions() {
    return List.copyOf(assigned.keySet());
  }

  private void fence(AssignedPartition held) {
    held.fence();
    budget.releaseRecord(held.recordBytes());
    budget.releaseOutcome(held.outcomeBytes());
  }
}
