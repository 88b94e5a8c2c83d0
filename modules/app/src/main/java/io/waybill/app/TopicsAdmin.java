package io.waybill.app;

import io.waybill.app.TopicJudge.Difference;
import io.waybill.wire.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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
import org.apache.kafka.clients.admin.ListTopicsOptions;
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
    DIFFERENT_PARTITIONS;

    /** In words: {@code as wanted}. */
    String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static Finding of(List<Difference> differences) {
      Set<TopicJudge.Weight> weights =
          differences.stream().map(Difference::weight).collect(Collectors.toSet());
      if (weights.contains(TopicJudge.Weight.PARTITIONS)) {
        return DIFFERENT_PARTITIONS;
      }
      if (weights.contains(TopicJudge.Weight.WEAKER)) {
        return WEAKER_SETTING;
      }
      return weights.isEmpty() ? AS_WANTED : DIFFERENT_SETTING;
    }
  }

  /** One topic's finding, and what is different. */
  record Row(String topic, Finding finding, List<Difference> differences) {
    Row {
      differences = List.copyOf(differences);
    }

    /** Whether the pipeline must not run on it. */
    boolean isFatal() {
      return switch (finding) {
        case MISSING, DIFFERENT_PARTITIONS, WEAKER_SETTING -> true;
        case CREATED, AS_WANTED, DIFFERENT_SETTING -> false;
      };
    }

    /** The differences in words; empty when there is none. */
    String detail() {
      return differences.stream().map(Difference::toString).collect(Collectors.joining("; "));
    }
  }

  /**
   * Creates missing topics and reports all.
   *
   * @param replicationFactor -1 for the brokers' default
   */
  List<Row> apply(List<TopicSpec> wanted, int replicationFactor) {
    Durability durability = Durability.of(replicationFactor);
    List<Row> before = check(wanted, durability);
    Set<String> missing =
        before.stream()
            .filter(row -> row.finding() == Finding.MISSING)
            .map(Row::topic)
            .collect(Collectors.toSet());
    List<NewTopic> topics =
        wanted.stream()
            .filter(spec -> missing.contains(spec.name()))
            .map(spec -> {
              Map<String, String> settings = new HashMap<>(durability.settings());
              settings.putAll(spec.configs());
              return new NewTopic(
                      spec.name(),
                      Optional.of(spec.partitions()),
                      replicationFactor < 0
                          ? Optional.empty()
                          : Optional.of((short) replicationFactor))
                  .configs(settings);
            })
            .toList();
    for (var creation : admin.createTopics(topics).values().entrySet()) {
      create(creation.getKey(), creation.getValue());
    }
    describeOnceKnown(missing);
    return before.stream()
        .map(row ->
            row.finding() == Finding.MISSING
                ? new Row(row.topic(), Finding.CREATED, List.of())
                : row)
        .toList();
  }

  /** Compares without changing anything. */
  List<Row> check(List<TopicSpec> wanted, Durability durability) {
    Set<String> existing = names();
    Map<String, TopicFacts> found =
        facts(wanted.stream().map(TopicSpec::name).filter(existing::contains).toList());
    List<Row> rows = new ArrayList<>();
    for (TopicSpec spec : wanted) {
      TopicFacts topic = found.get(spec.name());
      List<Difference> differences =
          topic == null ? List.of() : TopicJudge.compare(spec, topic, durability);
      rows.add(
          new Row(
              spec.name(), topic == null ? Finding.MISSING : Finding.of(differences), differences));
    }
    return rows;
  }

  /** Of all topics that this client may see, Kafka's own included. */
  Set<String> names() {
    return await(
        admin.listTopics(new ListTopicsOptions().listInternal(true)).names(), "list topics");
  }

  /** What Kafka tells of topics that exist. */
  Map<String, TopicFacts> facts(Collection<String> topics) {
    Map<String, TopicDescription> described =
        await(admin.describeTopics(topics).allTopicNames(), "describe topics");
    Map<String, Config> configs = configs(described.keySet());
    Map<String, TopicFacts> facts = new TreeMap<>();
    described.forEach((name, description) ->
        facts.put(
            name, TopicFacts.of(description, configs.getOrDefault(name, new Config(List.of())))));
    return facts;
  }

  /** Kafka's id of a topic; of one just created, which not every broker has heard of yet, too. */
  public String topicId(String topic) {
    Map<String, TopicDescription> described = describeOnceKnown(Set.of(topic));
    return described.values().iterator().next().topicId().toString();
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

  static <T> T await(KafkaFuture<T> future, String what) {
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
