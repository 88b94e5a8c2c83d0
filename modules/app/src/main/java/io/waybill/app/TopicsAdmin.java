package io.waybill.app;

import io.waybill.wire.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Compares an installation's topics with what they are to be, and creates those that are missing.
 * What exists is never altered: another number of partitions or another retention is for an
 * operator to decide, and is reported.
 */
public final class TopicsAdmin {
  private static final long WITHIN_SECONDS = 15;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final Admin admin;

  /**
   * @param admin not closed here
   */
  public TopicsAdmin(Admin admin) {
    this.admin = admin;
  }

  /** What stands against what is to be. */
  public enum Finding {
    CREATED,
    AS_WANTED,
    MISSING,
    /** Some setting is not the wanted one, but keeps the promise. */
    DIFFERENT_SETTING,
    /** Some setting keeps less, or takes smaller records, than the promise needs. */
    WEAKER_SETTING,
    /** The number of partitions is not the wanted one. */
    DIFFERENT_PARTITIONS
  }

  /** One topic's finding, and what is different in words. */
  public record Row(String topic, Finding finding, String detail) {
    /** Whether the pipeline must not run on it. */
    public boolean isFatal() {
      return switch (finding) {
        case MISSING, DIFFERENT_PARTITIONS, WEAKER_SETTING -> true;
        case CREATED, AS_WANTED, DIFFERENT_SETTING -> false;
      };
    }
  }

  /**
   * Creates missing topics and reports all.
   *
   * @param replicationFactor -1 for the brokers' default
   */
  public List<Row> apply(List<TopicSpec> wanted, int replicationFactor) {
    List<Row> before = check(wanted);
    Set<String> missing =
        before.stream()
            .filter(row -> row.finding() == Finding.MISSING)
            .map(Row::topic)
            .collect(Collectors.toSet());
    List<NewTopic> topics =
        wanted.stream()
            .filter(spec -> missing.contains(spec.name()))
            .map(spec ->
                new NewTopic(
                        spec.name(),
                        Optional.of(spec.partitions()),
                        replicationFactor < 0
                            ? Optional.empty()
                            : Optional.of((short) replicationFactor))
                    .configs(spec.configs()))
            .toList();
    for (var creation : admin.createTopics(topics).values().entrySet()) {
      create(creation.getKey(), creation.getValue());
    }
    describeOnceKnown(missing);
    return before.stream()
        .map(row ->
            row.finding() == Finding.MISSING ? new Row(row.topic(), Finding.CREATED, "") : row)
        .toList();
  }

  /** Compares without changing anything. */
  public List<Row> check(List<TopicSpec> wanted) {
    Map<String, TopicDescription> existing = describe(wanted);
    Map<String, Config> configs = configs(existing.keySet());
    List<Row> rows = new ArrayList<>();
    for (TopicSpec spec : wanted) {
      TopicDescription description = existing.get(spec.name());
      if (description == null) {
        rows.add(new Row(spec.name(), Finding.MISSING, ""));
      } else {
        rows.add(
            compare(spec, description, configs.getOrDefault(spec.name(), new Config(List.of()))));
      }
    }
    return rows;
  }

  /** Kafka's id of a topic; of one just created, which not every broker has heard of yet, too. */
  public String topicId(String topic) {
    Map<String, TopicDescription> described = describeOnceKnown(Set.of(topic));
    return described.values().iterator().next().topicId().toString();
  }

  private static Row compare(TopicSpec spec, TopicDescription description, Config config) {
    int partitions = description.partitions().size();
    if (partitions != spec.partitions()) {
      return new Row(
          spec.name(),
          Finding.DIFFERENT_PARTITIONS,
          "has " + partitions + " partitions, configured are " + spec.partitions());
    }
    Map<String, String> different = new TreeMap<>();
    boolean weaker = false;
    for (var wanted : spec.configs().entrySet()) {
      ConfigEntry entry = config.get(wanted.getKey());
      String actual = entry == null ? "" : entry.value();
      if (!wanted.getValue().equals(actual)) {
        different.put(
            wanted.getKey(),
            (actual.isEmpty() ? "none" : actual) + ", wanted " + wanted.getValue());
        weaker |= isWeaker(wanted.getKey(), actual, wanted.getValue());
      }
    }
    if (different.isEmpty()) {
      return new Row(spec.name(), Finding.AS_WANTED, "");
    }
    return new Row(
        spec.name(),
        weaker ? Finding.WEAKER_SETTING : Finding.DIFFERENT_SETTING,
        "has " + different);
  }

  /**
   * Whether records would be lost, or refused for ever, with this setting: kept for less long,
   * deleted instead of compacted, or cut off at a smaller size.
   */
  private static boolean isWeaker(String key, String actual, String wanted) {
    return switch (key) {
      case "cleanup.policy", "message.timestamp.type" -> true;
      case "max.message.bytes" ->
          actual.isEmpty() || Long.parseLong(actual) < Long.parseLong(wanted);
      // -1 keeps for ever.
      case "retention.ms" ->
          actual.isEmpty()
              || (Long.parseLong(actual) >= 0 && Long.parseLong(actual) < Long.parseLong(wanted));
      default -> false;
    };
  }

  private Map<String, TopicDescription> describe(List<TopicSpec> wanted) {
    Set<String> names = await(admin.listTopics().names(), "list topics");
    List<String> existing = wanted.stream().map(TopicSpec::name).filter(names::contains).toList();
    return await(admin.describeTopics(existing).allTopicNames(), "describe topics");
  }

  /** The controller answers that a topic is made before every broker has heard of it. */
  private Map<String, TopicDescription> describeOnceKnown(Set<String> topics) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WITHIN_SECONDS);
    while (true) {
      try {
        return await(admin.describeTopics(topics).allTopicNames(), "describe " + topics);
      } catch (KafkaProblem e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() > end) {
          throw e;
        }
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaProblem("interrupted while waiting for new topics", e);
    }
  }

  private Map<String, Config> configs(Set<String> topics) {
    List<ConfigResource> resources =
        topics.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    Map<String, Config> configs = new HashMap<>();
    await(admin.describeConfigs(resources).all(), "read topic settings")
        .forEach((resource, config) -> configs.put(resource.name(), config));
    return configs;
  }

  private static void create(String topic, KafkaFuture<Void> creation) {
    try {
      await(creation, "create topic " + topic);
    } catch (KafkaProblem e) {
      // Another process was faster: that is what was wanted.
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  private static <T> T await(KafkaFuture<T> future, String what) {
    try {
      return future.get(WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new KafkaProblem("Kafka could not " + what + ": " + cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new KafkaProblem(
          "Kafka did not "
              + what
              + " within "
              + WITHIN_SECONDS
              + " s; check bootstrap.servers and that the brokers are up",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaProblem("interrupted while waiting to " + what, e);
    }
  }
}
