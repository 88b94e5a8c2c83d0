package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

/** Whose word counts: the operator's, except where the promise depends on it. */
class ClientSettingsTest {
  private static StreamsConfig streams(Map<String, String> operators, int standbys) {
    return streams(operators, standbys, Durability.ANY);
  }

  private static StreamsConfig streams(
      Map<String, String> operators, int standbys, Durability durability) {
    Map<String, String> kafka = new HashMap<>(operators);
    kafka.put("bootstrap.servers", "127.0.0.1:9092");
    Properties settings =
        ClientSettings.streams(
            "waybill.timer", kafka, Path.of("state"), "node-1", standbys, durability);
    return new StreamsConfig(settings);
  }

  @Test
  void topicsOfStoresAreMadeAsThePromiseNeedsThem() {
    StreamsConfig settings =
        streams(
            Map.of("replication.factor", "1", "topic.min.insync.replicas", "1"),
            1,
            Durability.PROMISED);

    assertThat(settings.getInt("replication.factor")).isEqualTo(3);
    assertThat(settings.originalsWithPrefix("topic."))
        .containsEntry("min.insync.replicas", "2")
        .containsEntry("unclean.leader.election.enable", "false");
  }

  @Test
  void anOperatorMayHaveMoreReplicasAndInDevelopmentFewer() {
    Map<String, String> four = Map.of("replication.factor", "4", "topic.min.insync.replicas", "3");

    StreamsConfig production = streams(four, 1, Durability.PROMISED);
    assertThat(production.getInt("replication.factor")).isEqualTo(4);
    assertThat(production.originalsWithPrefix("topic.")).containsEntry("min.insync.replicas", "3");
    assertThat(streams(Map.of(), 1).getInt("replication.factor")).as("the brokers'").isEqualTo(-1);
    assertThat(streams(Map.of("replication.factor", "1"), 1).getInt("replication.factor"))
        .isEqualTo(1);
    assertThat(streams(Map.of(), 1).originalsWithPrefix("topic."))
        .doesNotContainKey("min.insync.replicas");
  }

  @Test
  void asksForCopiesWhereTheRoleWantsThem() {
    assertThat(streams(Map.of(), 1).getInt("num.standby.replicas")).isEqualTo(1);
    assertThat(streams(Map.of(), 0).getInt("num.standby.replicas")).isZero();
  }

  @Test
  void anOperatorMayHaveMoreCopiesOrNone() {
    Map<String, String> none = Map.of("num.standby.replicas", "0");
    Map<String, String> two = Map.of("num.standby.replicas", "2");

    assertThat(streams(none, 1).getInt("num.standby.replicas")).isZero();
    assertThat(streams(two, 1).getInt("num.standby.replicas")).isEqualTo(2);
  }

  @Test
  void anOperatorCannotWeakenThePromise() {
    StreamsConfig settings =
        streams(Map.of("processing.guarantee", "at_least_once", "application.id", "another"), 1);

    assertThat(settings.getString("processing.guarantee")).isEqualTo("exactly_once_v2");
    assertThat(settings.getString("application.id")).isEqualTo("waybill.timer");
    assertThat(settings.getMainConsumerConfigs("g", "c", 0))
        .containsEntry("isolation.level", "read_committed");
  }
}
