package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.embedded.EmbeddedBrokerConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class KafkaImageTest {
  @Test
  void theImageReadsEveryEmbeddedDefaultAsItWasMeant() {
    Map<String, String> environment = new HashMap<>();
    EmbeddedBrokerConfig.defaults()
        .forEach((property, value) -> environment.put(KafkaImage.variable(property), value));

    Properties read = KafkaImage.properties(environment);

    assertThat(read)
        .containsExactlyInAnyOrderEntriesOf(Map.copyOf(EmbeddedBrokerConfig.defaults()));
  }

  @Test
  void keepsHyphensAndUnderscores() {
    assertThat(KafkaImage.properties(Map.of(KafkaImage.variable("a.b-c_d"), "x")))
        .containsExactly(Map.entry("a.b-c_d", "x"));
  }

  @Test
  void leavesOtherVariablesToTheScript() {
    assertThat(KafkaImage.properties(Map.of("CLUSTER_ID", "x", "KAFKA_HEAP_OPTS", "-Xmx1g")))
        .isEmpty();
  }
}
