package io.waybill.app;

import io.waybill.sender.SenderConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Compares brokers with what the promise needs of them. Pure. */
final class BrokerJudge {
  static final String OFFSET_METADATA = "offset.metadata.max.bytes";
  static final String TRANSACTIONS = "__transaction_state";
  static final String OFFSETS = "__consumer_offsets";

  /** From this version on no late message of a transaction ends in the next one: KIP-890. */
  private static final short SAFE_TRANSACTIONS = 2;

  private static final String SET_AND_RESTART =
      "set it in the properties of these brokers, and restart them one after the other";

  private BrokerJudge() {}

  /**
   * Whether commits are taken. With too small a limit a commit is refused with an error that ends
   * the producer, again and again, and only under load.
   */
  static List<Weakness> roomForCommits(BrokerFacts brokers) {
    return ofBrokers(
        brokers,
        OFFSET_METADATA,
        value -> number(value) >= SenderConfig.LONGEST_COMMIT_METADATA,
        "at least " + SenderConfig.LONGEST_COMMIT_METADATA,
        "senders write there which tasks beyond the offset are done, so that a crash repeats only"
            + " what was under way: remove the setting (Kafka's default is 4096) and restart these"
            + " brokers");
  }

  /**
   * Everything that production needs of brokers.
   *
   * @param own those of Kafka's own topics that exist already: once made, they keep what they were
   *     made with
   */
  static List<Weakness> production(BrokerFacts brokers, Map<String, TopicFacts> own) {
    Durability wanted = Durability.PROMISED;
    List<Weakness> all = new ArrayList<>();
    brokers
        .problems()
        .forEach((what, problem) ->
            all.add(
                Weakness.of(
                    "the cluster",
                    what,
                    "not to be read (" + problem + ")",
                    "known",
                    "let this client read the brokers' settings: the ACL DescribeConfigs on the"
                        + " cluster, which `waybill topics acls` prints; if no broker answered in"
                        + " time, start again when they do")));
    if (!brokers.problems().containsKey(BrokerFacts.SETTINGS)
        && brokers.settings().size() < wanted.replicas()
        && !isOneAway(brokers.settings().size(), wanted.replicas(), own)) {
      all.add(
          Weakness.of(
              "the cluster",
              "number of brokers",
              Integer.toString(brokers.settings().size()),
              "at least " + wanted.replicas(),
              "add brokers, or start those that are down: no partition can have "
                  + wanted.replicas()
                  + " replicas"));
    }
    if (!brokers.problems().containsKey(BrokerFacts.FEATURES)
        && brokers.transactionVersion().orElse((short) 0) < SAFE_TRANSACTIONS) {
      all.add(
          Weakness.of(
              "the cluster",
              BrokerFacts.TRANSACTION_VERSION,
              brokers.transactionVersion().map(String::valueOf).orElse("not set"),
              "at least " + SAFE_TRANSACTIONS,
              "kafka-features upgrade --feature transaction.version=2, once all brokers are of"
                  + " Kafka 4.0 or newer"));
    }
    all.addAll(roomForCommits(brokers));
    all.addAll(ofBrokers(brokers, Durability.UNCLEAN, "false"::equals, "false", SET_AND_RESTART));
    all.addAll(ofOwnTopic(brokers, own, OFFSETS, "offsets.topic", Durability.MIN_IN_SYNC, wanted));
    all.addAll(
        ofOwnTopic(
            brokers,
            own,
            TRANSACTIONS,
            "transaction.state.log",
            "transaction.state.log.min.isr",
            wanted));
    return List.copyOf(all);
  }

  /**
   * Whether the cluster has so many brokers although one fewer answers. One that is away is what
   * the replicas are for: who is started meanwhile must not wait until it is back.
   */
  private static boolean isOneAway(int present, int brokers, Map<String, TopicFacts> own) {
    return present == brokers - 1
        && own.values().stream().anyMatch(topic -> topic.replicas() >= brokers);
  }

  /** A topic of Kafka's own: as it is, or, before it is made, as it will be made. */
  private static List<Weakness> ofOwnTopic(
      BrokerFacts brokers,
      Map<String, TopicFacts> own,
      String topic,
      String prefix,
      String minInSync,
      Durability wanted) {
    TopicFacts made = own.get(topic);
    if (made != null) {
      return Weakness.ofTopics(Map.of(topic, TopicJudge.durability(made, wanted)));
    }
    List<Weakness> all = new ArrayList<>();
    all.addAll(atLeast(brokers, prefix + ".replication.factor", wanted.replicas()));
    all.addAll(atLeast(brokers, minInSync, wanted.inSync()));
    return all;
  }

  private static List<Weakness> atLeast(BrokerFacts brokers, String setting, int least) {
    return ofBrokers(
        brokers, setting, value -> number(value) >= least, "at least " + least, SET_AND_RESTART);
  }

  /** Brokers tell their defaults, too; a setting that they do not tell is none of theirs. */
  private static List<Weakness> ofBrokers(
      BrokerFacts brokers, String setting, Predicate<String> good, String wanted, String toDo) {
    Map<String, List<String>> bad = new TreeMap<>();
    Map<String, Map<String, String>> settings = new LinkedHashMap<>(brokers.settings());
    settings.forEach((broker, own) -> {
      String found = own.get(setting);
      if (found != null && !good.test(found)) {
        bad.computeIfAbsent(found, _ -> new ArrayList<>()).add("broker " + broker);
      }
    });
    return bad.entrySet().stream()
        .map(entry -> new Weakness(entry.getValue(), setting, entry.getKey(), wanted, toDo))
        .toList();
  }

  private static long number(String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      return Long.MIN_VALUE;
    }
  }
}
