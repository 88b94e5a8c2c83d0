package io.waybill.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.DestinationRules;
import io.waybill.domain.RetryPolicy;
import io.waybill.wire.TopicCatalog;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FanOutConfigTest {
  @Test
  void hasTheDocumentedDefaults() {
    assertThat(FanOutConfig.defaults("id", 12))
        .isEqualTo(
            new FanOutConfig(
                RequestTopics.one("id"),
                12,
                Duration.ofSeconds(5),
                Duration.ofHours(24),
                65_536,
                Duration.ofDays(5),
                Duration.ofMillis(25)));
  }

  @Test
  void leavesTimeForRetriesBeforeARequestIsDropped() {
    RetryPolicy longest =
        RetryPolicy.limited(
            DestinationRules.MAX_RETRIES,
            DestinationRules.MAX_DELAY,
            1,
            DestinationRules.MAX_DELAY,
            1,
            DestinationRules.MAX_TIMEOUT,
            Duration.ofHours(1));

    assertThat(FanOutConfig.DEFAULT_LONGEST_DELIVER_AHEAD.plus(longest.maxAge()))
        .isGreaterThan(Duration.ofDays(9))
        .isLessThan(TopicCatalog.REQUEST_RETENTION.minusDays(1));
  }

  @Test
  void namesWhatIsWrong() {
    assertThatThrownBy(() -> FanOutConfig.defaults(" ", 12))
        .hasMessageContaining("waybill.requests must be");
    assertThatThrownBy(() -> FanOutConfig.defaults("id", 0)).hasMessageContaining("partitions");
    assertThatThrownBy(() ->
            new FanOutConfig(
                RequestTopics.one("id"),
                1,
                Duration.ofSeconds(-1),
                Duration.ofHours(1),
                1,
                Duration.ZERO,
                Duration.ofMillis(1)))
        .hasMessageContaining("grace");
    assertThatThrownBy(() ->
            new FanOutConfig(
                RequestTopics.one("id"),
                1,
                Duration.ZERO,
                Duration.ZERO,
                1,
                Duration.ZERO,
                Duration.ofMillis(1)))
        .hasMessageContaining("dedupeWindow");
  }
}
