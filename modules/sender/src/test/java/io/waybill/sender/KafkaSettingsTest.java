package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.DestinationType;
import io.waybill.wire.TopicCatalog;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {
  private static final Map<String, String> WEAKENED =
      Map.of(
          "bootstrap.servers", "broker:9092",
          "security.protocol", "SSL",
          "isolation.level", "read_uncommitted",
          "enable.auto.commit", "true",
          "auto.offset.reset", "latest",
          "group.id", "mine",
          "acks", "0",
          "transactional.id", "mine",
          "max.request.size", "1000");

  private final SenderConfig config = new SenderConfig(DestinationType.EMAIL, "a-1", WEAKENED);

  @DisplayName("row 78: keeps what the promises rest on whatever the user says")
  @Test
  void keepsWhatThePromisesRestOnWhateverTheUserSays() {
    assertThat(KafkaSettings.tasks(config))
        .containsEntry("group.id", "waybill.sender.email")
        .containsEntry("group.protocol", "consumer")
        .containsEntry("group.remote.assignor", "range")
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("enable.auto.commit", false)
        .containsEntry("auto.offset.reset", "earliest")
        .containsEntry("security.protocol", "SSL");
    assertThat(KafkaSettings.outcomes(config))
        .containsEntry("transactional.id", "waybill.sender.email.a-1")
        .containsEntry("transaction.timeout.ms", 10_000)
        .containsEntry("acks", "all")
        .containsEntry("security.protocol", "SSL")
        .hasEntrySatisfying(
            "max.request.size",
            size -> assertThat((int) size).isGreaterThan(TopicCatalog.MAX_RECORD_BYTES));
    assertThat(KafkaSettings.singleRecords(config))
        .containsEntry("auto.offset.reset", "none")
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("enable.auto.commit", false);
    assertThat(KafkaSettings.follower(config, "control"))
        .containsEntry("auto.offset.reset", "earliest")
        .containsEntry("isolation.level", "read_committed");
  }

  @Test
  void refusesWhatCannotWork() {
    assertThatThrownBy(() -> new SenderConfig(DestinationType.EMAIL, "a b", WEAKENED))
        .hasMessageContaining("instanceId");
    assertThatThrownBy(() -> new SenderConfig(DestinationType.EMAIL, "a", new HashMap<>()))
        .hasMessageContaining("bootstrap.servers");
    assertThatThrownBy(() -> limits(0, Duration.ofMillis(1))).hasMessageContaining("inFlight");
    assertThatThrownBy(() -> limits(1, Duration.ZERO)).hasMessageContaining("commitInterval");
  }

  @Test
  void aPollNeverOutgrowsWhatAPartitionMayHold() {
    assertThat(SenderLimits.defaults().perPartition()).isEqualTo(500);
    assertThat(SenderLimits.defaults().inFlight()).isEqualTo(1_000);
    assertThat(SenderLimits.defaults().pollRecords()).isEqualTo(125);
    assertThat(Installation.limits(1, 1).pollRecords()).isEqualTo(1);
  }

  private static SenderLimits limits(int inFlight, Duration commitInterval) {
    Duration second = Duration.ofSeconds(1);
    return new SenderLimits(
        inFlight, 1, 1, 1, commitInterval, 1, second, second, second, LaneLimits.defaults());
  }
}
