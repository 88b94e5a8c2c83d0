package io.waybill.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimerConfigTest {
  private static final Duration TICK = Duration.ofMillis(50);
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void hasTheseDefaults() {
    assertThat(TimerConfig.defaults())
        .isEqualTo(new TimerConfig(TICK, 1_000, Duration.ofMillis(20), SECOND));
  }

  @Test
  void namesTheFieldThatIsWrong() {
    assertThatThrownBy(() -> new TimerConfig(Duration.ZERO, 1, TICK, SECOND))
        .hasMessageStartingWith("tick ");
    assertThatThrownBy(() -> new TimerConfig(TICK, 0, TICK, SECOND))
        .hasMessageStartingWith("maxPerTick ");
    assertThatThrownBy(() -> new TimerConfig(TICK, 1, Duration.ZERO, SECOND))
        .hasMessageStartingWith("maxTickTime ");
    assertThatThrownBy(() -> new TimerConfig(TICK, 1, TICK, Duration.ZERO))
        .hasMessageStartingWith("pausedRecheck ");
  }
}
