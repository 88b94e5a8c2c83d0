package io.waybill.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationRulesTest {
  @DisplayName("row 38: limits the timeout")
  @ParameterizedTest
  @CsvSource({"100,0", "300000,0", "99,1", "0,1", "-5,1", "300001,1", "1000000000,1"})
  void limitsTheTimeout(long millis, int errors) {
    assertThat(DestinationRules.checkTimeout("config.webhook", Duration.ofMillis(millis)))
        .hasSize(errors);
  }

  @DisplayName("row 38: limits retries")
  @ParameterizedTest
  @CsvSource({
    "0,1000,1,1000,",
    "100,10,10,3600000,",
    "3,50,2,80,",
    "-1,1000,2,5000,maxRetries",
    "101,1000,2,5000,maxRetries",
    "3,9,2,5000,baseDelay",
    "3,1000,0.5,5000,backoffMultiplier",
    "3,1000,0,5000,backoffMultiplier",
    "3,1000,NaN,5000,backoffMultiplier",
    "3,1000,10.1,5000,backoffMultiplier",
    "3,1000,2,3600001,maxBackoffDelay",
    "3,1000,2,999,maxBackoffDelay",
  })
  void limitsRetries(int retries, long base, double multiplier, long longest, String wrong) {
    RetryConfig retry =
        new RetryConfig(retries, Duration.ofMillis(base), multiplier, Duration.ofMillis(longest));

    assertThat(DestinationRules.checkRetry("config.webhook", retry))
        .extracting(FieldError::field)
        .isEqualTo(wrong == null ? List.of() : List.of("config.webhook.retryConfig." + wrong));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb", "a\u0000"})
  void refusesLabels(String label) {
    assertThat(DestinationRules.checkLabel(label)).hasSize(1);
  }

  @Test
  void takesALabelOf255Characters() {
    assertThat(DestinationRules.checkLabel("ü".repeat(255))).isEmpty();
    assertThat(DestinationRules.checkLabel("ü".repeat(256))).hasSize(1);
  }

  @Test
  void limitsDescriptions() {
    assertThat(DestinationRules.checkDescription(Optional.of("two\nlines"))).isEmpty();
    assertThat(DestinationRules.checkDescription(Optional.of("x".repeat(2001)))).hasSize(1);
  }

  @Test
  void limitsFallbacks() {
    List<DestinationId> ten =
        IntStream.range(0, 10).mapToObj(i -> new DestinationId("backup-" + i)).toList();
    List<DestinationId> eleven =
        IntStream.range(0, 11).mapToObj(i -> new DestinationId("backup-" + i)).toList();
    List<DestinationId> twice = List.of(ten.get(0), ten.get(1), ten.get(0));
    Optional<Duration> minute = Optional.of(Duration.ofMinutes(1));

    assertThat(DestinationRules.checkFallback(Fallback.none())).isEmpty();
    assertThat(DestinationRules.checkFallback(new Fallback(ten, minute))).isEmpty();
    assertThat(codes(new Fallback(eleven, minute))).containsExactly("too-many");
    assertThat(codes(new Fallback(twice, minute))).containsExactly("invalid-value");
    assertThat(codes(new Fallback(List.of(), minute))).containsExactly("invalid-value");
    assertThat(codes(new Fallback(ten, Optional.of(Duration.ofMillis(999)))))
        .containsExactly("out-of-range");
    assertThat(codes(new Fallback(ten, Optional.of(Duration.ofDays(2)))))
        .containsExactly("out-of-range");
  }

  private static List<String> codes(Fallback fallback) {
    return DestinationRules.checkFallback(fallback).stream().map(FieldError::code).toList();
  }
}
