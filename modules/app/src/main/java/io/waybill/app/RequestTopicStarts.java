package io.waybill.app;

import io.waybill.fanout.FanOutConfig;
import io.waybill.fanout.FanOutTopology;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * Where fan-out begins to read a topic of requests: where it left off, and at the begin of one that
 * is new. Kafka forgets the offsets of a topic that a living group reads no more after {@code
 * offsets.retention.minutes}, seven days; what is read from the begin then was sent before, and no
 * claim tells so any more. So a topic with a history that the group knows nothing of is refused.
 */
final class RequestTopicStarts {
  private final Admin admin;

  /**
   * @param admin not closed here
   */
  RequestTopicStarts(Admin admin) {
    this.admin = admin;
  }

  /**
   * What one partition holds.
   *
   * @param begin the oldest offset that there still is
   * @param end the offset after the newest record
   * @param firstYoung of the first record that claims still cover; negative when there is none
   */
  record Extent(long begin, long end, long firstYoung) {
    /** Whether it holds records that were published before what claims cover. */
    boolean hasOld() {
      return begin < end && (firstYoung < 0 || firstYoung > begin);
    }
  }

  /**
   * Refuses topics whose history may have been sent already.
   *
   * @throws IllegalStateException naming each, and what to do
   * @throws KafkaProblem when Kafka does not tell
   */
  void require(Set<String> topics, Instant now) {
    Set<String> committed =
        TopicsAdmin.await(
                admin
                    .listConsumerGroupOffsets(FanOutTopology.APPLICATION_ID)
                    .partitionsToOffsetAndMetadata(),
                "tell where fan-out left off")
            .entrySet()
            .stream()
            .filter(entry -> entry.getValue() != null)
            .map(entry -> entry.getKey().topic())
            .collect(Collectors.toSet());
    Set<String> unknown = unknown(topics, committed);
    if (!unknown.isEmpty()) {
      requireNoHistory(extents(unknown, now.minus(FanOutConfig.DEFAULT_DEDUPE_WINDOW)));
    }
  }

  /** The topics that the group does not know, once it knows any: a new installation knows none. */
  static Set<String> unknown(Set<String> topics, Set<String> committed) {
    Set<String> unknown = new TreeSet<>(topics);
    unknown.removeAll(committed);
    return committed.isEmpty() ? Set.of() : unknown;
  }

  /**
   * Young records are no history: a topic may be new and its first requests published while fan-out
   * was restarted, which must not keep it from starting.
   */
  static void requireNoHistory(Map<String, List<Extent>> extents) {
    List<String> refused =
        extents.entrySet().stream()
            .filter(topic -> topic.getValue().stream().anyMatch(Extent::hasOld))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    if (refused.isEmpty()) {
      return;
    }
    String group = FanOutTopology.APPLICATION_ID;
    throw new IllegalStateException(
        "requestTopics names "
            + String.join(", ", refused)
            + ", with requests that are older than "
            + FanOutConfig.DEFAULT_DEDUPE_WINDOW.toHours()
            + " h, and group "
            + group
            + " has no offset there: it never read them, or it is so long ago that Kafka has"
            + " forgotten. From the begin it would send again what may have been sent. Name a new"
            + " topic instead, or say where to begin, with every fan-out process stopped:"
            + refused.stream()
                .map(topic ->
                    " kafka-consumer-groups --bootstrap-server BROKER --group "
                        + group
                        + " --topic "
                        + topic
                        + " --reset-offsets --to-latest --execute")
                .collect(Collectors.joining(";"))
            + " (--to-earliest sends all, --to-datetime what came since)");
  }

  private Map<String, List<Extent>> extents(Set<String> topics, Instant young) {
    List<TopicPartition> partitions =
        TopicsAdmin.await(admin.describeTopics(topics).allTopicNames(), "describe " + topics)
            .values()
            .stream()
            .flatMap(topic ->
                topic.partitions().stream()
                    .map(partition -> new TopicPartition(topic.name(), partition.partition())))
            .toList();
    Map<TopicPartition, ListOffsetsResultInfo> begins = offsets(partitions, OffsetSpec.earliest());
    Map<TopicPartition, ListOffsetsResultInfo> ends = offsets(partitions, OffsetSpec.latest());
    Map<TopicPartition, ListOffsetsResultInfo> youngs =
        offsets(partitions, OffsetSpec.forTimestamp(young.toEpochMilli()));
    return partitions.stream()
        .collect(
            Collectors.groupingBy(
                TopicPartition::topic,
                Collectors.mapping(
                    partition ->
                        new Extent(
                            offset(begins, partition),
                            offset(ends, partition),
                            offset(youngs, partition)),
                    Collectors.toList())));
  }

  private Map<TopicPartition, ListOffsetsResultInfo> offsets(
      Collection<TopicPartition> of, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    of.forEach(partition -> wanted.put(partition, which));
    return TopicsAdmin.await(admin.listOffsets(wanted).all(), "tell offsets of request topics");
  }

  private static long offset(
      Map<TopicPartition, ListOffsetsResultInfo> offsets, TopicPartition partition) {
    ListOffsetsResultInfo info = offsets.get(partition);
    return info == null ? -1 : info.offset();
  }
}
