package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationType;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TopicCatalogTest {
  @Test
  void theTimeOfWhatOthersWriteIsTheBrokers() {
    assertThat(TopicCatalog.topics(3, Set.of(DestinationType.WEBHOOK)))
        .filteredOn(topic -> "LogAppendTime".equals(topic.configs().get("message.timestamp.type")))
        .extracting(TopicSpec::name)
        .containsExactlyInAnyOrder(
            Topics.REQUESTS, Topics.COMMANDS, Topics.CONTROL_COMMANDS, Topics.DESTINATION_COMMANDS);
  }
}
