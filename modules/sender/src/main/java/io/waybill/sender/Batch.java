package io.waybill.sender;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** What goes into one transaction: what takes the place of tasks, and that they are complete. */
record Batch(List<ProducerRecord<byte[], byte[]>> records, List<Part> parts) {

  /** What a batch changes of one partition. */
  record Part(
      AssignedPartition partition,
      PartitionProgress.Step<AssignedPartition.Finished> step,
      OffsetAndMetadata commit) {}

  /** How many tasks it completes. */
  int size() {
    return parts.stream().mapToInt(part -> part.step().places().size()).sum();
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** The offsets and the notes of what is complete beyond them. */
  Map<TopicPartition, OffsetAndMetadata> offsets() {
    return parts.stream()
        .collect(Collectors.toMap(part -> part.partition().partition(), Part::commit));
  }
}
