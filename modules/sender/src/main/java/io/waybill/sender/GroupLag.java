package io.waybill.sender;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * How many records a group has not dealt with: the end of each partition, minus the committed
 * offset, minus what the commit's note names as complete beyond it. So a task that hangs for an
 * hour counts as one, not as everything that was done behind it. Of a group that writes no notes it
 * is the usual lag.
 *
 * <p>Told from Kafka alone, so also while nobody of the group runs. Approximate in one way: a
 * transaction's marker occupies an offset, and counts until somebody has read past it.
 */
public final class GroupLag {
  private final Admin admin;
  private final Duration within;

  /**
   * @param admin stays the caller's to close
   * @param within longest that each question to Kafka may take
   */
  public GroupLag(Admin admin, Duration within) {
    this.admin = admin;
    this.within = within;
  }

  /**
   * The lag of a group in each of these topics, which must exist.
   *
   * @throws KafkaException when Kafka does not tell in time
   */
  public Map<String, Long> of(String group, Collection<String> topics) {
    List<TopicPartition> partitions =
        get(admin.describeTopics(topics).allTopicNames()).values().stream()
            .flatMap(topic ->
                topic.partitions().stream()
                    .map(part -> new TopicPartition(topic.name(), part.partition())))
            .toList();
    // The commits first: what is committed meanwhile must not make the lag too small.
    Map<TopicPartition, OffsetAndMetadata> committed =
        get(
            admin
                .listConsumerGroupOffsets(
                    Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(partitions)))
                .partitionsToOffsetAndMetadata(group));
    Map<TopicPartition, Long> begins = offsets(partitions, OffsetSpec.earliest());
    Map<TopicPartition, Long> ends = offsets(partitions, OffsetSpec.latest());
    Map<String, Long> lags = new HashMap<>();
    for (TopicPartition partition : partitions) {
      long lag =
          lag(
              partition,
              begins.getOrDefault(partition, 0L),
              ends.getOrDefault(partition, 0L),
              Optional.ofNullable(committed.get(partition)));
      lags.merge(partition.topic(), lag, Long::sum);
    }
    return lags;
  }

  /**
   * The topics, of those that there are, in which a group has committed something.
   *
   * @throws KafkaException when Kafka does not tell in time
   */
  public Set<String> topics(String group) {
    Set<String> existing = get(admin.listTopics().names());
    return get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .keySet()
        .stream()
        .map(TopicPartition::topic)
        .filter(existing::contains)
        .collect(Collectors.toSet());
  }

  /**
   * The lag in one partition.
   *
   * @param begin the oldest offset that there still is
   * @param end the offset after the newest record that may be read
   */
  static long lag(
      TopicPartition partition, long begin, long end, Optional<OffsetAndMetadata> committed) {
    long from = Math.max(begin, committed.map(OffsetAndMetadata::offset).orElse(begin));
    long lag = Math.max(0, end - from);
    List<OffsetRange> complete =
        committed
            .flatMap(commit -> CommitNote.of(partition, commit))
            .map(CommitNote::complete)
            .orElse(List.of());
    for (OffsetRange range : complete) {
      lag -= Math.max(0, Math.min(range.to(), end) - Math.max(range.from(), from));
    }
    return lag;
  }

  private Map<TopicPartition, Long> offsets(Collection<TopicPartition> of, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> wanted =
        of.stream().collect(Collectors.toMap(Function.identity(), _ -> which));
    // Of what is in open transactions nobody is late yet.
    var options = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
    return get(admin.listOffsets(wanted, options).all()).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> offset(entry.getValue())));
  }

  private static long offset(ListOffsetsResultInfo info) {
    return Math.max(0, info.offset());
  }

  private <T> T get(KafkaFuture<T> answer) {
    try {
      return answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    } catch (java.util.concurrent.TimeoutException e) {
      throw new TimeoutException("no answer within " + within, e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
