package io.waybill.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.DestinationType;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatusConfigTest {
  private static final Set<DestinationType> TYPES = Set.of(DestinationType.WEBHOOK);

  @Test
  void hasTheseDefaults() {
    assertThat(StatusConfig.defaults(TYPES))
        .isEqualTo(
            new StatusConfig(TYPES, true, Duration.ofDays(30), Duration.ofSeconds(1), 1_000));
  }

  @Test
  void namesTheFieldThatIsWrong() {
    assertThatThrownBy(() -> new StatusConfig(TYPES, true, Duration.ZERO, Duration.ofSeconds(1), 1))
        .hasMessageContaining("retention must be at least 1 s");
    assertThatThrownBy(
            () -> new StatusConfig(TYPES, true, Duration.ofDays(1), Duration.ofNanos(1), 1))
        .hasMessageContaining("purgeTick");
    assertThatThrownBy(
            () -> new StatusConfig(TYPES, true, Duration.ofDays(1), Duration.ofSeconds(1), 0))
        .hasMessageContaining("maxPurgedPerTick");
  }
}
