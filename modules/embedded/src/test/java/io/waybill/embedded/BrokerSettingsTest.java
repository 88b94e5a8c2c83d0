package io.waybill.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.junit.jupiter.api.Test;

class BrokerSettingsTest {
  private static final Path FOLDER = Path.of("/data/kafka");

  @Test
  void kafkaKnowsEveryKey() {
    // It would not complain: a mistyped key is ignored.
    Properties properties = BrokerSettings.of(FOLDER, 1001, 1002, Map.of());
    assertThat(AbstractKafkaConfig.CONFIG_DEF.names())
        .containsAll(properties.stringPropertyNames());
  }

  @Test
  void overridesWinOverDefaultsButNotOverAddresses() {
    Properties properties =
        BrokerSettings.of(
            FOLDER,
            1001,
            1002,
            Map.of("num.partitions", "7", "listeners", "PLAINTEXT://0.0.0.0:1"));
    assertThat(properties)
        .containsEntry("num.partitions", "7")
        .containsEntry("listeners", "PLAINTEXT://127.0.0.1:1001,CONTROLLER://127.0.0.1:1002")
        .containsEntry("log.dirs", FOLDER.toString());
  }

  @Test
  void aPortThatIsNoneIsRefused() {
    assertThatThrownBy(() -> new EmbeddedBrokerConfig(FOLDER, 70_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("70000");
    assertThatThrownBy(() -> new EmbeddedRegistryConfig(FOLDER, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }
}
