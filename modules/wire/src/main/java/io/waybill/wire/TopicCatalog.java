package io.waybill.wire;

import io.waybill.domain.DestinationType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Every topic with its partitions and settings. Siblings (requests and their rekeyed form; a type's
 * tasks, express and retry; events, commands and status) have the same number of partitions,
 * because state and destinations are found by partition.
 */
public final class TopicCatalog {
  /** Partitions of a production installation, unless it says otherwise. */
  public static final int DEFAULT_PARTITIONS = 12;

  /** Partitions of the embedded default. */
  public static final int EMBEDDED_PARTITIONS = 3;

  /**
   * Largest record of topics that carry payloads: 10 MiB of data, metadata, and the space that JSON
   * escapes and Avro take around them.
   */
  public static final int MAX_RECORD_BYTES = 12 * 1024 * 1024;

  /**
   * Requests are kept this long, for tasks refer to them: longer than the farthest {@code
   * deliverAt} and the longest retries that a destination can ask for (100, each an hour later)
   * together.
   */
  public static final Duration REQUEST_RETENTION = Duration.ofDays(14);

  /** Dead letters can be replayed this long. */
  public static final Duration DEAD_LETTER_RETENTION = Duration.ofDays(30);

  private static final Duration AUDIT_RETENTION = Duration.ofDays(365);

  private TopicCatalog() {}

  /**
   * The topics of an installation.
   *
   * @param partitions of everything that is spread; the small topics that every process reads whole
   *     and the commands about them have one, so that their records have one order
   * @param types the destination types that it sends
   */
  public static List<TopicSpec> topics(int partitions, Set<DestinationType> types) {
    return topics(partitions, types, Set.of());
  }

  /**
   * The topics of an installation that takes requests on further topics too.
   *
   * @param requestTopics beside {@link Topics#REQUESTS}, and like it
   */
  public static List<TopicSpec> topics(
      int partitions, Set<DestinationType> types, Set<String> requestTopics) {
    List<TopicSpec> topics = new ArrayList<>();
    topics.add(byOthers(payloads(Topics.REQUESTS, partitions, REQUEST_RETENTION)));
    requestTopics.stream()
        .filter(name -> !name.equals(Topics.REQUESTS))
        .sorted()
        .forEach(name -> topics.add(byOthers(payloads(name, partitions, REQUEST_RETENTION))));
    topics.add(payloads(Topics.FAN_OUT_REKEYED, partitions, REQUEST_RETENTION));
    topics.add(payloads(Topics.DEAD_LETTERS, partitions, DEAD_LETTER_RETENTION));
    topics.add(kept(Topics.EVENTS, partitions, REQUEST_RETENTION));
    topics.add(byOthers(payloads(Topics.COMMANDS, partitions, REQUEST_RETENTION)));
    topics.add(compacted(Topics.STATUS, partitions));
    topics.add(compacted(Topics.STATUS_JSON, partitions));
    topics.add(kept(Topics.STATUS_ATTEMPTS, partitions, REQUEST_RETENTION));
    topics.add(kept(Topics.STATUS_SIGNALS, partitions, REQUEST_RETENTION));
    topics.add(compacted(Topics.DESTINATION_HEALTH, partitions));
    topics.add(byOthers(kept(Topics.DESTINATION_COMMANDS, partitions, REQUEST_RETENTION)));
    topics.add(kept(Topics.DESTINATION_RESULTS, partitions, REQUEST_RETENTION));
    topics.add(kept(Topics.AUDIT, partitions, AUDIT_RETENTION));
    topics.add(kept(Topics.ALERTS, partitions, DEAD_LETTER_RETENTION));
    topics.add(kept(Topics.ALERTS_JSON, partitions, DEAD_LETTER_RETENTION));
    topics.add(compacted(Topics.DESTINATIONS, 1));
    topics.add(compacted(Topics.DESTINATION_SECRETS, 1));
    topics.add(compacted(Topics.CONTROL, 1));
    // A handful a day: one partition keeps a pause and its end in the order in which they came.
    topics.add(byOthers(kept(Topics.CONTROL_COMMANDS, 1, REQUEST_RETENTION)));
    types.stream()
        .sorted()
        .forEach(type -> {
          topics.add(payloads(Topics.tasks(type), partitions, REQUEST_RETENTION));
          topics.add(payloads(Topics.expressTasks(type), partitions, REQUEST_RETENTION));
          topics.add(payloads(Topics.retry(type), partitions, REQUEST_RETENTION));
        });
    return List.copyOf(topics);
  }

  private static TopicSpec payloads(String name, int partitions, Duration retention) {
    return new TopicSpec(
        name,
        partitions,
        Map.of(
            "cleanup.policy", "delete",
            "retention.ms", Long.toString(retention.toMillis()),
            "max.message.bytes", Integer.toString(MAX_RECORD_BYTES)));
  }

  private static TopicSpec kept(String name, int partitions, Duration retention) {
    return new TopicSpec(
        name,
        partitions,
        Map.of("cleanup.policy", "delete", "retention.ms", Long.toString(retention.toMillis())));
  }

  /**
   * A topic that others write too. Retention counts from the records' timestamps, and a publisher
   * may write any: a request from 1970 would be deleted minutes after it was acknowledged, read or
   * not. So the broker writes the time.
   */
  private static TopicSpec byOthers(TopicSpec topic) {
    Map<String, String> configs = new HashMap<>(topic.configs());
    configs.put("message.timestamp.type", "LogAppendTime");
    return new TopicSpec(topic.name(), topic.partitions(), configs);
  }

  private static TopicSpec compacted(String name, int partitions) {
    return new TopicSpec(
        name,
        partitions,
        Map.of(
            "cleanup.policy", "compact",
            // Compaction leaves the active segment alone: small ones keep deleted records
            // short-lived.
            "segment.bytes", Integer.toString(32 * 1024 * 1024),
            "min.cleanable.dirty.ratio", "0.2"));
  }
}
