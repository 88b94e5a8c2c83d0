package io.waybill.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.DestinationType;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatusConfigTest {
  private static final Set<DestinationType> TYPES = Set.of(DestinationType.WEBHOOK);
  private static final Duration TICK = Duration.ofSeconds(1);

  @Test
  void hasTheseDefaults() {
    assertThat(StatusConfig.defaults(TYPES))
        .isEqualTo(
            new StatusConfig(
                TYPES,
                true,
                Duration.ofDays(30),
                Duration.ofSeconds(1),
                1_000,
                Duration.ofMillis(100),
                1_000));
  }

  @Test
  void namesTheFieldThatIsWrong() {
    assertThatThrownBy(() -> config(Duration.ZERO, Duration.ofSeconds(1), 1, TICK, 1))
        .hasMessageContaining("retention must be at least 1 s");
    assertThatThrownBy(() -> config(Duration.ofDays(1), Duration.ofNanos(1), 1, TICK, 1))
        .hasMessageContaining("purgeTick");
    assertThatThrownBy(() -> config(Duration.ofDays(1), TICK, 0, TICK, 1))
        .hasMessageContaining("maxPurgedPerTick");
    assertThatThrownBy(() -> config(Duration.ofDays(1), TICK, 1, Duration.ZERO, 1))
        .hasMessageContaining("fallbackTick");
    assertThatThrownBy(() -> config(Duration.ofDays(1), TICK, 1, TICK, 0))
        .hasMessageContaining("maxFallbacksPerTick");
  }

  private static StatusConfig config(
      Duration retention,
      Duration purgeTick,
      int maxPurged,
      Duration fallbackTick,
      int maxFallbacks) {
    return new StatusConfig(
        TYPES, true, retention, purgeTick, maxPurged, fallbackTick, maxFallbacks);
  }
}
