package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class BrokerSettingsTest {
  private static ConfigResource broker(int id) {
    return new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(id));
  }

  private static Config taking(String bytes) {
    return new Config(List.of(new ConfigEntry(BrokerSettings.OFFSET_METADATA, bytes)));
  }

  @Test
  void takesKafkasDefaultAndWhateverIsLarger() {
    assertThatCode(() ->
            BrokerSettings.requireRoomForCommits(
                Map.of(broker(1), taking("4096"), broker(2), taking("100000"))))
        .doesNotThrowAnyException();
  }

  @Test
  void takesABrokerThatDoesNotTellToHaveTheDefault() {
    assertThatCode(
            () -> BrokerSettings.requireRoomForCommits(Map.of(broker(1), new Config(List.of()))))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesToStartWhereACommitWouldBeRefusedAndNamesEachBroker() {
    assertThatThrownBy(() ->
            BrokerSettings.requireRoomForCommits(
                Map.of(
                    broker(1), taking("1024"), broker(2), taking("4096"), broker(3), taking("0"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("offset.metadata.max.bytes must be at least 3900")
        .hasMessageContaining("broker 1 has 1024, broker 3 has 0")
        .hasMessageNotContaining("broker 2");
  }
}
