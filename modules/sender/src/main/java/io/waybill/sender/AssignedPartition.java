package io.waybill.sender;

import io.waybill.wire.Topics;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * One assignment of one partition: the epoch of everything read under it. When the partition is
 * revoked, lost, or its state is dropped, this object is fenced for ever; results that arrive later
 * find it so and are dropped. Owned by the poll thread; only {@link #isFenced} may be asked by
 * others.
 */
final class AssignedPartition {

  /** What a record leaves until it is committed. */
  record Finished(Settled settled, long recordBytes) {}

  private final TopicPartition partition;
  private final PartitionProgress<Finished> progress;
  private Optional<OffsetAndMetadata> committed;
  private int inFlight;
  private long recordBytes;
  private long outcomeBytes;
  private volatile boolean fenced;

  /**
   * @param committed what was found in Kafka when it was assigned
   * @param complete what that names as complete beyond its offset
   */
  AssignedPartition(
      TopicPartition partition, Optional<OffsetAndMetadata> committed, List<OffsetRange> complete) {
    this.partition = partition;
    this.committed = committed;
    this.progress = new PartitionProgress<>(complete, CommitNote.LONGEST);
  }

  TopicPartition partition() {
    return partition;
  }

  /** Whether it is one of the express topic. */
  boolean isExpress() {
    return Topics.isExpressTasks(partition.topic());
  }

  PartitionProgress<Finished> progress() {
    return progress;
  }

  /** The commit that is known to be in Kafka. */
  Optional<OffsetAndMetadata> committed() {
    return committed;
  }

  void committed(OffsetAndMetadata now) {
    committed = Optional.of(now);
  }

  void started() {
    inFlight++;
  }

  void ended() {
    inFlight--;
  }

  /** Attempts and parkings of this assignment that are under way. */
  int inFlight() {
    return inFlight;
  }

  void addRecordBytes(long bytes) {
    recordBytes += bytes;
  }

  void addOutcomeBytes(long bytes) {
    outcomeBytes += bytes;
  }

  /** Bytes of its records that are held. */
  long recordBytes() {
    return recordBytes;
  }

  /** Bytes of its outcomes that are held. */
  long outcomeBytes() {
    return outcomeBytes;
  }

  void fence() {
    fenced = true;
  }

  /** Whether nothing of it counts any more. */
  boolean isFenced() {
    return fenced;
  }
}
