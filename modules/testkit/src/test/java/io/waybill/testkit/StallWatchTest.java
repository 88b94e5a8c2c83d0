package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class StallWatchTest {
  /** A watch that has ended early saw no stall, which must not look like a run without any. */
  @Test
  void aWatchThatHasFailedSaysSoWhateverItIsAsked() {
    StallWatch watch = StallWatch.of("no address", "topic");

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThatThrownBy(watch::records).isInstanceOf(AssertionError.class));
    assertThatThrownBy(watch::longest)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the watch over committed records has failed");
    assertThatThrownBy(watch::close)
        .isInstanceOf(AssertionError.class)
        .hasCauseInstanceOf(RuntimeException.class);
  }
}
