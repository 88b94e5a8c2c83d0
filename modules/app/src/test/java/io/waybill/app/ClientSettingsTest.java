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
    Map<String, String> kafka = new HashMap<>(operators);
    kafka.put("bootstrap.servers", "127.0.0.1:9092");
    Properties settings =
        ClientSettings.streams("waybill.timer", kafka, Path.of("state"), "node-1", standbys);
    return new StreamsConfig(settings);
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
