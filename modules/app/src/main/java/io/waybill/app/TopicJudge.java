package io.waybill.app;

import io.waybill.wire.TopicCatalog;
import io.waybill.wire.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Compares topics with what they are to be. Pure. */
final class TopicJudge {
  static final String PARTITIONS = "partitions";
  static final String REPLICAS = "replication factor";
  static final String CLEANUP = "cleanup.policy";
  private static final String COMPACT = "compact";
  private static final String RETENTION_BYTES = "retention.bytes";
  private static final String RETENTION = "retention.ms";
  private static final String LARGEST = "max.message.bytes";
  private static final String TIMESTAMP_TYPE = "message.timestamp.type";
  private static final String OLDEST = "message.timestamp.before.max.ms";
  private static final String NEWEST = "message.timestamp.after.max.ms";

  /** Kafka's default, for which everything but payloads is bounded. */
  private static final long USUAL_LARGEST = 1_048_588;

  /** How far the clocks of our machines and of the brokers may be apart. */
  private static final long CLOCKS_APART = 60_000;

  private TopicJudge() {}

  /** What a difference means. */
  enum Weight {
    /** Keeps the promise, and is somebody's choice. */
    OTHER,
    /** Keeps less than the promise needs, or takes smaller records. */
    WEAKER,
    /** State and destinations are found by partition. */
    PARTITIONS
  }

  /** One setting that is not as wanted. */
  record Difference(String setting, String found, String wanted, Weight weight) {
    @Override
    public String toString() {
      return setting + " is " + found + ", wanted " + wanted;
    }
  }

  /** In what a topic of the catalog differs from it. */
  static List<Difference> compare(TopicSpec spec, TopicFacts topic, Durability durability) {
    List<Difference> differences = new ArrayList<>();
    if (topic.partitions() != spec.partitions()) {
      differences.add(
          new Difference(
              PARTITIONS,
              Integer.toString(topic.partitions()),
              Integer.toString(spec.partitions()),
              Weight.PARTITIONS));
    }
    for (var wanted : new TreeMap<>(spec.configs()).entrySet()) {
      String found = topic.setting(wanted.getKey()).orElse("none");
      if (!wanted.getValue().equals(found)) {
        boolean weaker = isWeaker(wanted.getKey(), found, wanted.getValue());
        differences.add(
            new Difference(
                wanted.getKey(), found, wanted.getValue(), weaker ? Weight.WEAKER : Weight.OTHER));
      }
    }
    if (!spec.configs().containsKey(LARGEST)) {
      atLeast(topic, LARGEST, USUAL_LARGEST).ifPresent(differences::add);
    }
    if (!COMPACT.equals(spec.configs().get(CLEANUP))) {
      // A full topic would drop what nobody has read yet.
      topic
          .setting(RETENTION_BYTES)
          .filter(bytes -> number(bytes) >= 0)
          .ifPresent(bytes ->
              differences.add(new Difference(RETENTION_BYTES, bytes, "-1", Weight.WEAKER)));
    }
    differences.addAll(timestamps(topic));
    differences.addAll(durability(topic, durability));
    return List.copyOf(differences);
  }

  /** In what a topic that Kafka Streams made for a store is too weak. */
  static List<Difference> compareInternal(TopicFacts topic, Durability durability) {
    List<Difference> differences = new ArrayList<>();
    if (topic.name().endsWith("-changelog")) {
      topic
          .setting(CLEANUP)
          .filter(policy -> !policy.contains(COMPACT))
          .ifPresent(
              policy -> differences.add(new Difference(CLEANUP, policy, COMPACT, Weight.WEAKER)));
    }
    differences.addAll(timestamps(topic));
    differences.addAll(durability(topic, durability));
    return List.copyOf(differences);
  }

  /** In what a topic keeps less than that. */
  static List<Difference> durability(TopicFacts topic, Durability wanted) {
    List<Difference> differences = new ArrayList<>();
    if (topic.replicas() < wanted.replicas()) {
      differences.add(
          new Difference(
              REPLICAS,
              Integer.toString(topic.replicas()),
              "at least " + wanted.replicas(),
              Weight.WEAKER));
    }
    if (wanted.inSync() > 1) {
      atLeast(topic, Durability.MIN_IN_SYNC, wanted.inSync()).ifPresent(differences::add);
    }
    if (wanted.clean() && topic.setting(Durability.UNCLEAN).equals(Optional.of("true"))) {
      differences.add(new Difference(Durability.UNCLEAN, "true", "false", Weight.WEAKER));
    }
    return List.copyOf(differences);
  }

  /**
   * Records bear the time at which their request came, which may be two weeks ago: a broker that
   * refuses such records would stop the role that writes them, for ever.
   */
  private static List<Difference> timestamps(TopicFacts topic) {
    if (topic.setting(TIMESTAMP_TYPE).equals(Optional.of("LogAppendTime"))) {
      return List.of();
    }
    List<Difference> differences = new ArrayList<>();
    atLeast(topic, OLDEST, TopicCatalog.REQUEST_RETENTION.toMillis()).ifPresent(differences::add);
    atLeast(topic, NEWEST, CLOCKS_APART).ifPresent(differences::add);
    return differences;
  }

  /** A setting that is not told has Kafka's default, which is enough; -1 is never one of these. */
  private static Optional<Difference> atLeast(TopicFacts topic, String setting, long least) {
    return topic
        .setting(setting)
        .filter(value -> number(value) < least)
        .map(value -> new Difference(setting, value, "at least " + least, Weight.WEAKER));
  }

  /**
   * Whether records would be lost, or refused for ever, with this setting: kept for less long,
   * deleted instead of compacted, or cut off at a smaller size.
   */
  private static boolean isWeaker(String key, String found, String wanted) {
    return switch (key) {
      case CLEANUP, TIMESTAMP_TYPE -> true;
      case LARGEST -> number(found) < number(wanted);
      // -1 keeps for ever; what is not told is none of ours.
      case RETENTION -> number(found) < number(wanted) && !found.equals("-1");
      default -> false;
    };
  }

  private static long number(String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      return Long.MIN_VALUE;
    }
  }
}
