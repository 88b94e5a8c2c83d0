package io.waybill.app.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationType;
import io.waybill.wire.Topics;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StageTest {
  /** Without the hop between partitions nobody could tell that a removed topic is done with. */
  @Test
  void fanOutReadsItsRequestTopicsAndItsOwn() {
    assertThat(Stage.ofRoad(List.of(Topics.REQUESTS, "acme"), Set.of(DestinationType.EMAIL)))
        .filteredOn(stage -> stage.group().equals("waybill.fan-out"))
        .extracting(Stage::topic)
        .containsExactly(Topics.REQUESTS, "acme", Topics.FAN_OUT_REKEYED);
  }
}
