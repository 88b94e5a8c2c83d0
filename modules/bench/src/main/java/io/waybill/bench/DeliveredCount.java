package io.waybill.bench;

import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.TaskId;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Counts what the events topic says was delivered, as a reader of committed records sees it: each
 * side's own word, to be compared with what the receivers got. A side writes for an organization of
 * its own. Reads between the windows only.
 */
final class DeliveredCount implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaConsumer<byte[], byte[]> ends;
  private final Codecs codecs;
  private final Map<OrganizationId, Long> delivered = new HashMap<>();

  /** Of the sender's; each has one id, however often it is delivered. */
  private final Set<TaskId> tasks = new HashSet<>();

  DeliveredCount(String bootstrapServers, int partitions, Codecs codecs) {
    this.codecs = codecs;
    this.consumer = reader(bootstrapServers, "read_committed");
    this.ends = reader(bootstrapServers, "read_uncommitted");
    List<TopicPartition> all =
        IntStream.range(0, partitions)
            .mapToObj(number -> new TopicPartition(Topics.EVENTS, number))
            .toList();
    consumer.assign(all);
    consumer.seekToBeginning(all);
  }

  private static KafkaConsumer<byte[], byte[]> reader(String bootstrapServers, String isolation) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "isolation.level",
            isolation,
            "key.deserializer",
            "org.apache.kafka.common.serialization.ByteArrayDeserializer",
            "value.deserializer",
            "org.apache.kafka.common.serialization.ByteArrayDeserializer"));
  }

  /**
   * Reads to the end and gives the number of an organization's deliveries so far. The end is that
   * of all that was written: what a reader of committed records calls the end stops before the last
   * transaction, whose markers may follow its commit by a moment, and that may be a thousand
   * deliveries.
   */
  long read(OrganizationId organization) {
    Map<TopicPartition, Long> written = ends.endOffsets(consumer.assignment());
    while (written.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        count(record);
      }
    }
    return delivered.getOrDefault(organization, 0L);
  }

  private void count(ConsumerRecord<byte[], byte[]> record) {
    try {
      if (codecs.events().decode(record.value()) instanceof TaskEvent event
          && event.transition() instanceof TaskTransition.Delivered) {
        delivered.merge(event.organizationId(), 1L, Long::sum);
        if (event.organizationId().equals(Traffic.ORGANIZATION)) {
          tasks.add(event.taskId());
        }
      }
    } catch (UndecodableException e) {
      throw new BenchException("an event cannot be read", e);
    }
  }

  /** How many of the sender's say of a task what another has said before. */
  long repeated() {
    return delivered.getOrDefault(Traffic.ORGANIZATION, 0L) - tasks.size();
  }

  @Override
  public void close() {
    consumer.close();
    ends.close();
  }
}
