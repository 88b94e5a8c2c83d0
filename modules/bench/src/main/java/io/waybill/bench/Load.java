package io.waybill.bench;

import io.waybill.sender.SenderConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Tasks that lie in the topic and are sent again and again: before each start the sender's group is
 * put back to where it is to begin. So rounds differ in nothing but what they measure, and nobody
 * waits for loads to be written.
 */
final class Load {
  private static final String GROUP = SenderConfig.groupId(Traffic.TYPE);

  /** Written between two waits for the broker. */
  private static final int BATCH = 50_000;

  private final Installation at;
  private final Map<TopicPartition, Long> begins;
  private final Map<TopicPartition, Long> ends;
  private Map<TopicPartition, Long> startedFrom = Map.of();

  private Load(Installation at, Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {
    this.at = at;
    this.begins = begins;
    this.ends = ends;
  }

  /** Writes so many, to each destination as many as to any other. */
  static Load write(Installation at, int tasks, int destinations, int payloadBytes) {
    Map<TopicPartition, Long> begins = at.ends(Lab.TASKS);
    write(
        tasks,
        number ->
            at.task(
                number % destinations,
                Traffic.payload(Receiver.nowMicros(), payloadBytes),
                Traffic.ORDINARY));
    return new Load(at, begins, at.ends(Lab.TASKS));
  }

  /** Writes one record. */
  interface Writer {
    Future<RecordMetadata> write(int number);
  }

  /** Writes so many records and waits until the broker has them. */
  static void write(int records, Writer writer) {
    List<Future<RecordMetadata>> writes = new ArrayList<>();
    for (int number = 0; number < records; number++) {
      writes.add(writer.write(number));
      if (writes.size() == BATCH) {
        Lab.written(writes);
        writes.clear();
      }
    }
    Lab.written(writes);
  }

  /** So many tasks it has. */
  long size() {
    return sum(ends) - sum(begins);
  }

  /** Puts the group so that so many are left, of each partition the same share. */
  void rewind(long left) {
    double share = Math.min(1, (double) left / size());
    Map<TopicPartition, Long> places = new HashMap<>();
    ends.forEach((partition, end) ->
        places.put(
            partition, end - Math.round(share * (end - begins.getOrDefault(partition, 0L)))));
    at.place(GROUP, places);
    startedFrom = places;
  }

  /** How many of it are done since it was rewound, as the group's commits tell. */
  long settled() {
    return sum(at.committed(GROUP, Lab.TASKS)) - sum(startedFrom);
  }

  /**
   * Fails when a partition that had some has none left: the window was not of a sender with work.
   */
  void requireLeft() {
    Map<TopicPartition, Long> done = at.committed(GROUP, Lab.TASKS);
    startedFrom.forEach((partition, from) -> {
      long end = ends.getOrDefault(partition, 0L);
      if (from < end && done.getOrDefault(partition, 0L) >= end) {
        throw new BenchException(
            "the tasks of partition %d ran out before the window ended; run it again with fewer"
                    .formatted(partition.partition())
                + " --seconds");
      }
    });
  }

  private static long sum(Map<TopicPartition, Long> offsets) {
    return offsets.values().stream().mapToLong(Long::longValue).sum();
  }
}
