package io.waybill.sender;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
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
  private final Ends ends;
  private final long session;
  private final Consumer<TaskEnd> counter;
  private final Set<TopicPartition> unrestored = new HashSet<>();
  private final Map<TopicPartition, AssignedPartition> assigned = new HashMap<>();
  private final BlockingQueue<Done> done = new LinkedTransferQueue<>();
  private long batches;

  /**
   * @param session one that no other poll loop of any process has
   * @param counter is told of each task record that was dealt with, once that is in Kafka
   */
  Ledger(Budget budget, Ends ends, long session, Consumer<TaskEnd> counter) {
    this.budget = budget;
    this.ends = ends;
    this.session = session;
    this.counter = counter;
  }

  /** Who is told when what was started has ended, whether it still counts or not. */
  interface Ends {
    void ended(Work work, Order order, Verdict verdict);
  }

  /** The end of one task's way; a failure means that not even a dead letter could be made. */
  private record Done(Work work, Order order, Optional<Ended> ended, @Nullable Throwable failure) {}

  /** Hands in what became of a task. Any thread. */
  void done(Work work, Order order, Ended ended) {
    done.add(new Done(work, order, Optional.of(ended), null));
  }

  /** Hands in that a task's way ended without anything to take its place. Any thread. */
  void failed(Work work, Order order, Throwable failure) {
    done.add(new Done(work, order, Optional.empty(), failure));
  }

  /** Begins a new epoch of a partition, which ends the old one; it waits for {@link #restore}. */
  void assign(TopicPartition partition) {
    forget(List.of(partition));
    unrestored.add(partition);
  }

  /** Partitions of which it is not known yet what was committed. */
  Set<TopicPartition> unrestored() {
    return Set.copyOf(unrestored);
  }

  /** Begins where the commit says; without one nothing is complete. */
  void restore(TopicPartition partition, Optional<OffsetAndMetadata> committed) {
    List<OffsetRange> complete =
        committed
            .flatMap(commit -> CommitNote.of(partition, commit))
            .map(CommitNote::complete)
            .orElse(List.of());
    unrestored.remove(partition);
    assigned.put(partition, new AssignedPartition(partition, committed, complete));
  }

  /** The present epoch of a partition; empty until it is restored. */
  Optional<AssignedPartition> assignedTo(TopicPartition partition) {
    return Optional.ofNullable(assigned.get(partition));
  }

  /** Takes note of a record; empty when it is complete and must not be sent again. */
  Optional<PartitionProgress.Place<AssignedPartition.Finished>> received(
      AssignedPartition partition, long offset, long bytes) {
    Optional<PartitionProgress.Place<AssignedPartition.Finished>> place =
        partition.progress().received(offset);
    if (place.isPresent()) {
      partition.addRecordBytes(bytes);
      budget.holdRecord(bytes, partition.isExpress());
    }
    return place;
  }

  /** Takes note that something is under way; only what is sent counts as an attempt. */
  void started(Work work, Order order) {
    work.from().started();
    switch (order) {
      case Order.Send _ -> budget.sendStarted(work.payloadBytes(), work.isExpress());
      case Order.Park _ -> budget.parkingStarted(work.payloadBytes());
      case Order.Refuse _ -> {}
    }
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
    from.ended();
    switch (next.order()) {
      case Order.Send _ -> budget.sendEnded(work.payloadBytes(), work.isExpress());
      case Order.Park _ -> budget.parkingEnded(work.payloadBytes());
      case Order.Refuse _ -> {}
    }
    ends.ended(work, next.order(), next.ended().map(Ended::verdict).orElse(Verdict.NONE));
    if (from.isFenced()) {
      // A late result of an old epoch. Whoever owns the record now sends it again.
      return;
    }
    Settled settled =
        next.ended()
            .map(Ended::settled)
            .orElseThrow(
                () -> new IllegalStateException("no outcome for " + work.origin(), next.failure()));
    from.addOutcomeBytes(settled.bytes());
    budget.holdOutcome(settled.bytes());
    from.progress()
        .finish(work.place(), new AssignedPartition.Finished(settled, work.recordBytes()));
  }

  /** Whether any partition has something to commit. */
  boolean hasUncommitted() {
    return assigned.values().stream().anyMatch(p -> p.progress().hasUncommitted());
  }

  /** Whether one of these partitions has something to commit. */
  boolean hasUncommitted(Collection<TopicPartition> of) {
    return of.stream()
        .map(assigned::get)
        .anyMatch(held -> held != null && held.progress().hasUncommitted());
  }

  /**
   * What is finished of these partitions, as much as one transaction should hold.
   *
   * @param position the consumer's
   */
  Batch nextBatch(
      Collection<TopicPartition> of, int maxRecords, ToLongFunction<TopicPartition> position) {
    Batch batch = new Batch(new ArrayList<>(), new ArrayList<>());
    int room = maxRecords;
    long bytes = 0;
    for (TopicPartition partition : of) {
      AssignedPartition held = assigned.get(partition);
      if (held == null || !held.progress().hasUncommitted()) {
        continue;
      }
      List<PartitionProgress.Place<AssignedPartition.Finished>> finished = new ArrayList<>();
      for (var place : held.progress().finished(room)) {
        long more = place.result().settled().bytes();
        if (bytes > 0 && bytes + more > BATCH_BYTES) {
          break;
        }
        bytes += more;
        finished.add(place);
      }
      var step = held.progress().step(finished, position.applyAsLong(partition));
      if (step.isPresent()) {
        addTo(batch, held, step.get());
        room -= step.get().places().size();
      }
    }
    return batch;
  }

  private void addTo(
      Batch batch,
      AssignedPartition held,
      PartitionProgress.Step<AssignedPartition.Finished> step) {
    CommitNote note = new CommitNote(session, batches, step.offset(), step.complete());
    step.places().forEach(place -> batch.records().addAll(place.result().settled().records()));
    batch.parts().add(new Batch.Part(held, step, note.toCommit(held.partition())));
  }

  /** Forgets what the batch held: it is in Kafka. */
  void committed(Batch batch) {
    batches++;
    batch.parts().forEach(this::committed);
  }

  private void committed(Batch.Part part) {
    part.step().places().forEach(place -> counter.accept(place.result().settled().end()));
    AssignedPartition held = part.partition();
    if (held.isFenced()) {
      // Forgotten since, with all that it held.
      return;
    }
    for (var place : part.step().places()) {
      AssignedPartition.Finished finished = place.result();
      held.addRecordBytes(-finished.recordBytes());
      held.addOutcomeBytes(-finished.settled().bytes());
      budget.releaseRecord(finished.recordBytes(), held.isExpress());
      budget.releaseOutcome(finished.settled().bytes());
    }
    held.progress().committed(part.step());
    held.committed(part.commit());
  }

  /**
   * Settles a batch of which it was not known whether it was committed. Whether it was, each
   * partition's commit tells, for no two are equal.
   *
   * @param committed what is in Kafka, of all partitions of the batch that were assigned when it
   *     was asked for and still are; what was assigned anew since then counts as gone
   */
  void reconcile(Batch unknown, Map<TopicPartition, OffsetAndMetadata> committed) {
    batches++;
    for (Batch.Part part : unknown.parts()) {
      AssignedPartition held = part.partition();
      Optional<OffsetAndMetadata> found = Optional.ofNullable(committed.get(held.partition()));
      if (held.isFenced()) {
        continue;
      }
      if (isSame(found, Optional.of(part.commit()))) {
        committed(part);
      } else if (!isSame(found, held.committed())) {
        // Neither before nor after the batch: someone else has committed. Kafka decides; what this
        // loop holds of the partition is dropped, worst case some of it is sent again.
        assign(held.partition());
      }
    }
  }

  private static boolean isSame(Optional<OffsetAndMetadata> one, Optional<OffsetAndMetadata> two) {
    return one.map(OffsetAndMetadata::offset).equals(two.map(OffsetAndMetadata::offset))
        && one.map(OffsetAndMetadata::metadata).equals(two.map(OffsetAndMetadata::metadata));
  }

  /** What is under way of these partitions. */
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
      unrestored.remove(partition);
      AssignedPartition held = assigned.remove(partition);
      if (held != null) {
        fence(held);
      }
    }
  }

  /** The partitions that are assigned, restored or not. */
  Set<TopicPartition> allPartitions() {
    Set<TopicPartition> all = new HashSet<>(assigned.keySet());
    all.addAll(unrestored);
    return all;
  }

  /** The partitions that are assigned and restored. */
  List<TopicPartition> partitions() {
    return List.copyOf(assigned.keySet());
  }

  private void fence(AssignedPartition held) {
    held.fence();
    budget.releaseRecord(held.recordBytes(), held.isExpress());
    budget.releaseOutcome(held.outcomeBytes());
  }
}
