package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.app.TopicJudge.Difference;
import io.waybill.app.TopicJudge.Weight;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.TopicSpec;
import io.waybill.wire.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Topics as Kafka describes them against what they are to be. */
class TopicJudgeTest {
  private static final Map<String, String> KAFKAS_DEFAULTS =
      Map.of(
          "cleanup.policy", "delete",
          "retention.ms", "604800000",
          "retention.bytes", "-1",
          "max.message.bytes", "1048588",
          "message.timestamp.type", "CreateTime",
          "message.timestamp.before.max.ms", "9223372036854775807",
          "message.timestamp.after.max.ms", "3600000",
          "min.insync.replicas", "2",
          "unclean.leader.election.enable", "false");

  private static TopicSpec spec(String topic) {
    return TopicCatalog.topics(12, Role.SENT_TYPES, Set.of("waybill.requests.acme")).stream()
        .filter(spec -> spec.name().equals(topic))
        .findFirst()
        .orElseThrow();
  }

  /** A topic as the catalog wants it, on brokers with Kafka's defaults. */
  private static TopicFacts good(String topic) {
    Map<String, String> settings = new HashMap<>(KAFKAS_DEFAULTS);
    settings.putAll(spec(topic).configs());
    return new TopicFacts(topic, spec(topic).partitions(), 3, settings);
  }

  private static TopicFacts with(TopicFacts topic, String setting, String value) {
    Map<String, String> settings = new HashMap<>(topic.settings());
    settings.put(setting, value);
    return new TopicFacts(topic.name(), topic.partitions(), topic.replicas(), settings);
  }

  private static List<Difference> compare(TopicFacts topic) {
    return TopicJudge.compare(spec(topic.name()), topic, Durability.PROMISED);
  }

  @Test
  void whatIsMadeAsWantedHasNoDifference() {
    for (TopicSpec spec : TopicCatalog.topics(12, Role.SENT_TYPES)) {
      assertThat(compare(good(spec.name()))).as(spec.name()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "waybill.requests, retention.ms, 1209599999, WEAKER",
    "waybill.requests, retention.ms, -1, OTHER",
    "waybill.requests, retention.ms, 1209600001, OTHER",
    "waybill.requests, retention.bytes, 1073741824, WEAKER",
    "waybill.requests, max.message.bytes, 1048588, WEAKER",
    "waybill.requests, max.message.bytes, 99999999, OTHER",
    "waybill.requests, cleanup.policy, compact, WEAKER",
    "waybill.requests, message.timestamp.type, CreateTime, WEAKER",
    "waybill.requests.acme, message.timestamp.type, CreateTime, WEAKER",
    "waybill.requests, min.insync.replicas, 1, WEAKER",
    "waybill.requests, unclean.leader.election.enable, true, WEAKER",
    "waybill.events, max.message.bytes, 100000, WEAKER",
    "waybill.events, message.timestamp.before.max.ms, 3600000, WEAKER",
    "waybill.events, message.timestamp.after.max.ms, 1000, WEAKER",
    "waybill.status, cleanup.policy, delete, WEAKER",
    "waybill.status, segment.bytes, 1073741824, OTHER",
  })
  void aDifferenceIsWeighed(String topic, String setting, String value, Weight weight) {
    assertThat(compare(with(good(topic), setting, value)))
        .singleElement()
        .satisfies(difference -> {
          assertThat(difference.setting()).isEqualTo(setting);
          assertThat(difference.found()).isEqualTo(value);
          assertThat(difference.weight()).isEqualTo(weight);
        });
  }

  @Test
  void theBrokersOwnTimeMakesOldAndNewRecordsPossible() {
    assertThat(compare(with(good(Topics.REQUESTS), "message.timestamp.before.max.ms", "1000")))
        .isEmpty();
  }

  @Test
  void replicasCountOfThePartitionThatHasFewest() {
    TopicFacts topic = good(Topics.STATUS);
    TopicFacts two = new TopicFacts(topic.name(), topic.partitions(), 2, topic.settings());

    assertThat(compare(two))
        .containsExactly(new Difference("replication factor", "2", "at least 3", Weight.WEAKER));
    assertThat(TopicJudge.compare(spec(Topics.STATUS), two, Durability.ANY)).isEmpty();
  }

  @Test
  void anotherNumberOfPartitionsIsNeverRight() {
    TopicFacts topic = good(Topics.STATUS);

    assertThat(compare(new TopicFacts(topic.name(), 24, 3, topic.settings())))
        .containsExactly(new Difference("partitions", "24", "12", Weight.PARTITIONS));
  }

  @Test
  void topicsOfStoresAreJudgedToo() {
    Map<String, String> settings = new HashMap<>(KAFKAS_DEFAULTS);
    settings.put("cleanup.policy", "compact,delete");
    var claims = new TopicFacts("waybill.fan-out-claims-changelog", 12, 3, settings);
    assertThat(TopicJudge.compareInternal(claims, Durability.PROMISED)).isEmpty();

    TopicFacts weak =
        with(
            new TopicFacts(
                claims.name(), 12, 1, with(claims, "cleanup.policy", "delete").settings()),
            "min.insync.replicas",
            "1");
    assertThat(TopicJudge.compareInternal(weak, Durability.PROMISED))
        .extracting(Difference::setting)
        .containsExactlyInAnyOrder("cleanup.policy", "replication factor", "min.insync.replicas");
  }

  @Test
  void whatIsTheSameOfManyTopicsIsSaidOnceWithWhatToDo() {
    Map<String, List<Difference>> topics = new TreeMap<>();
    for (String topic : List.of(Topics.STATUS, Topics.EVENTS)) {
      topics.put(topic, compare(with(good(topic), "min.insync.replicas", "1")));
    }
    topics.put(Topics.ALERTS, compare(with(good(Topics.ALERTS), "retention.ms", "-1")));

    assertThat(Weakness.ofTopics(topics))
        .singleElement()
        .asString()
        .isEqualTo(
            "waybill.events, waybill.status: min.insync.replicas is 1, must be at least 2;"
                + " kafka-configs --alter --entity-type topics --entity-name TOPIC --add-config"
                + " min.insync.replicas=2");
  }
}
