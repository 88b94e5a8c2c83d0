package io.waybill.app;

import io.waybill.app.TopicJudge.Difference;
import io.waybill.app.TopicsAdmin.Finding;
import io.waybill.destinations.DestinationsTopology;
import io.waybill.fanout.FanOutTopology;
import io.waybill.status.StatusTopology;
import io.waybill.timer.TimerTopology;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.TopicSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether brokers and topics are as a configuration needs them. Changes nothing. */
final class ClusterCheck {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterCheck.class);
  private static final List<String> STREAMS =
      List.of(
          DestinationsTopology.APPLICATION_ID,
          FanOutTopology.APPLICATION_ID,
          TimerTopology.APPLICATION_ID,
          StatusTopology.APPLICATION_ID);

  private final Admin admin;
  private final TopicsAdmin topics;
  private final WaybillConfig config;

  /**
   * @param admin not closed here
   */
  ClusterCheck(Admin admin, WaybillConfig config) {
    this.admin = admin;
    this.topics = new TopicsAdmin(admin);
    this.config = config;
  }

  /**
   * What was found.
   *
   * @param weaknesses for which nothing may start
   * @param others topics with settings of their own, which keep the promise
   */
  record Report(List<Weakness> weaknesses, List<TopicsAdmin.Row> others) {
    Report {
      weaknesses = List.copyOf(weaknesses);
      others = List.copyOf(others);
    }

    /**
     * @throws IllegalStateException naming every weakness
     */
    void requireNone(Profile profile) {
      if (!weaknesses.isEmpty()) {
        throw new IllegalStateException(inWords(profile));
      }
    }

    /** Every weakness on a line of its own. */
    String inWords(Profile profile) {
      StringBuilder words =
          new StringBuilder("brokers or topics keep less than Waybill promises (profile ")
              .append(profile.word())
              .append("):");
      weaknesses.forEach(
          weakness -> words.append(System.lineSeparator()).append("  ").append(weakness));
      if (profile == Profile.PRODUCTION) {
        words
            .append(System.lineSeparator())
            .append("Where records may be lost, `profile: development` takes brokers as they are");
      }
      return words.toString();
    }
  }

  /** The topics that the configuration needs. */
  static List<TopicSpec> wanted(WaybillConfig config) {
    return TopicCatalog.topics(
        config.partitions(), Role.SENT_TYPES, config.requestTopics().names());
  }

  /** Looks at the topics and at the brokers. */
  Report report() {
    return report(topics.check(wanted(config), config.profile().durability()));
  }

  /**
   * The same where the topics have just been looked at.
   *
   * @throws KafkaProblem when Kafka does not answer
   */
  Report report(List<TopicsAdmin.Row> rows) {
    List<Weakness> all = new ArrayList<>(missing(rows));
    Map<String, List<Difference>> different = new TreeMap<>();
    rows.forEach(row -> different.put(row.topic(), row.differences()));
    switch (config.profile()) {
      case PRODUCTION -> {
        Set<String> names = topics.names();
        different.putAll(internal(names));
        all.addAll(Weakness.ofTopics(different));
        all.addAll(BrokerJudge.production(BrokerFacts.ask(admin), kafkasOwn(names)));
      }
      case DEVELOPMENT -> {
        all.addAll(Weakness.ofTopics(different));
        if (config.roles().stream().anyMatch(Role::isSender)) {
          BrokerFacts brokers = BrokerFacts.ask(admin);
          all.addAll(BrokerJudge.roomForCommits(brokers));
          // Worst case: the limit is too small, and the sender's commits fail loudly.
          brokers
              .problems()
              .forEach((what, problem) ->
                  LOG.atWarn()
                      .addKeyValue("unknown", what)
                      .addKeyValue("problem", problem)
                      .log("brokers do not describe themselves, Kafka's defaults are assumed"));
        }
      }
    }
    return new Report(
        all, rows.stream().filter(row -> row.finding() == Finding.DIFFERENT_SETTING).toList());
  }

  private static List<Weakness> missing(List<TopicsAdmin.Row> rows) {
    List<String> missing =
        rows.stream()
            .filter(row -> row.finding() == Finding.MISSING)
            .map(TopicsAdmin.Row::topic)
            .toList();
    return missing.isEmpty()
        ? List.of()
        : List.of(
            new Weakness(
                missing,
                "topic",
                "missing",
                "there",
                "`waybill topics apply --config FILE` creates it; where it is there, this user may not see"
                    + " it, and `waybill topics acls` says what the user needs"));
  }

  /** The topics of stores, which Kafka Streams makes at the first start of a role. */
  private Map<String, List<Difference>> internal(Collection<String> names) {
    Map<String, List<Difference>> different = new TreeMap<>();
    List<String> internal = names.stream().filter(ClusterCheck::isInternal).toList();
    topics
        .facts(internal)
        .forEach((name, topic) ->
            different.put(name, TopicJudge.compareInternal(topic, config.profile().durability())));
    return different;
  }

  private static boolean isInternal(String topic) {
    return STREAMS.stream().anyMatch(application -> topic.startsWith(application + "-"))
        && (topic.endsWith("-changelog") || topic.endsWith("-repartition"));
  }

  private Map<String, TopicFacts> kafkasOwn(Collection<String> names) {
    return topics.facts(
        Stream.of(BrokerJudge.OFFSETS, BrokerJudge.TRANSACTIONS).filter(names::contains).toList());
  }
}
