package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Brokers as they describe themselves against what production needs of them. */
class BrokerJudgeTest {
  private static final Map<String, String> GOOD =
      Map.of(
          "offset.metadata.max.bytes", "4096",
          "unclean.leader.election.enable", "false",
          "offsets.topic.replication.factor", "3",
          "min.insync.replicas", "2",
          "transaction.state.log.replication.factor", "3",
          "transaction.state.log.min.isr", "2");

  private static BrokerFacts brokers(Map<String, Map<String, String>> settings) {
    return new BrokerFacts(settings, Optional.of((short) 2), Map.of());
  }

  private static Map<String, Map<String, String>> three() {
    return new HashMap<>(Map.of("1", GOOD, "2", GOOD, "3", GOOD));
  }

  private static Map<String, String> with(String setting, String value) {
    Map<String, String> settings = new HashMap<>(GOOD);
    settings.put(setting, value);
    return settings;
  }

  private static TopicFacts topic(String name, int replicas, String inSync) {
    return new TopicFacts(name, 50, replicas, Map.of("min.insync.replicas", inSync));
  }

  @Test
  void takesBrokersAsTheyAreToBe() {
    assertThat(BrokerJudge.production(brokers(three()), Map.of())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "offset.metadata.max.bytes, 1024, at least 3900",
    "unclean.leader.election.enable, true, false",
    "offsets.topic.replication.factor, 1, at least 3",
    "min.insync.replicas, 1, at least 2",
    "transaction.state.log.replication.factor, 2, at least 3",
    "transaction.state.log.min.isr, 1, at least 2",
  })
  void namesEachBrokerThatIsWeaker(String setting, String value, String wanted) {
    Map<String, Map<String, String>> brokers = three();
    brokers.put("1", with(setting, value));
    brokers.put("3", with(setting, value));

    assertThat(BrokerJudge.production(brokers(brokers), Map.of()))
        .singleElement()
        .satisfies(weakness -> {
          assertThat(weakness.places()).containsExactly("broker 1", "broker 3");
          assertThat(weakness.setting()).isEqualTo(setting);
          assertThat(weakness.found()).isEqualTo(value);
          assertThat(weakness.wanted()).isEqualTo(wanted);
          assertThat(weakness.toDo()).contains("restart");
        });
  }

  @Test
  void aTopicThatExistsCountsAndNotWhatItWouldBeMadeWith() {
    Map<String, Map<String, String>> brokers = three();
    brokers.replaceAll((id, settings) -> with("transaction.state.log.replication.factor", "1"));

    assertThat(
            BrokerJudge.production(
                brokers(brokers),
                Map.of("__transaction_state", topic("__transaction_state", 3, "2"))))
        .isEmpty();
    assertThat(
            BrokerJudge.production(
                brokers(three()),
                Map.of("__consumer_offsets", topic("__consumer_offsets", 1, "1"))))
        .extracting(Weakness::toString)
        .hasSize(2)
        .allSatisfy(text -> assertThat(text).startsWith("__consumer_offsets: "))
        .anySatisfy(
            text -> assertThat(text).contains("replication factor is 1, must be at least 3"))
        .anySatisfy(text -> assertThat(text).contains("min.insync.replicas is 1"));
  }

  @Test
  void countsBrokersAndAsksForSafeTransactions() {
    assertThat(
            BrokerJudge.production(
                new BrokerFacts(Map.of("1", GOOD), Optional.empty(), Map.of()), Map.of()))
        .extracting(Weakness::setting)
        .containsExactly("number of brokers", "transaction.version");
    assertThat(
            BrokerJudge.production(
                new BrokerFacts(three(), Optional.of((short) 1), Map.of()), Map.of()))
        .singleElement()
        .asString()
        .contains("transaction.version is 1, must be at least 2")
        .contains("upgrade --feature transaction.version=2");
  }

  @Test
  void aBrokerThatIsAwayCountsWhenTopicsLieOnIt() {
    BrokerFacts two = brokers(Map.of("1", GOOD, "3", GOOD));

    assertThat(
            BrokerJudge.production(
                two, Map.of("__consumer_offsets", topic("__consumer_offsets", 3, "2"))))
        .isEmpty();
    assertThat(BrokerJudge.production(two, Map.of()))
        .extracting(Weakness::setting)
        .containsExactly("number of brokers");
  }

  @Test
  void whatCannotBeReadIsNotTakenForGood() {
    var silent =
        new BrokerFacts(
            Map.of(),
            Optional.empty(),
            Map.of("settings", "not authorized", "features", "too old"));

    assertThat(BrokerJudge.production(silent, Map.of()))
        .extracting(Weakness::setting)
        .containsExactly("features", "settings");
    assertThat(BrokerJudge.production(silent, Map.of()).toString())
        .contains("not authorized")
        .contains("DescribeConfigs");
  }

  @Test
  void sendersNeedRoomBesideTheirOffsets() {
    assertThat(BrokerJudge.roomForCommits(brokers(three()))).isEmpty();
    assertThat(BrokerJudge.roomForCommits(brokers(Map.of("1", Map.of())))).isEmpty();
    List<Weakness> weaknesses =
        BrokerJudge.roomForCommits(
            brokers(
                Map.of(
                    "1", with(BrokerJudge.OFFSET_METADATA, "1024"),
                    "2", GOOD,
                    "3", with(BrokerJudge.OFFSET_METADATA, "0"))));
    assertThat(weaknesses)
        .extracting(Weakness::places)
        .containsExactly(List.of("broker 3"), List.of("broker 1"));
  }
}
