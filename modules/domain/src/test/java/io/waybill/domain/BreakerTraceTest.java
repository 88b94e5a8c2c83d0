package io.waybill.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class BreakerTraceTest {
  private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");

  /** One letter for each attempt, a second apart: F failed, R was refused, A was answered. */
  private static BreakerTrace after(String attempts) {
    BreakerTrace trace = BreakerTrace.none();
    for (int i = 0; i < attempts.length(); i++) {
      Instant at = BEGIN.plusSeconds(i);
      trace =
          switch (attempts.charAt(i)) {
            case 'F' -> trace.afterFailure(at);
            case 'R' -> trace.afterRefusal(at);
            default -> trace.afterAnswer(at);
          };
    }
    return trace;
  }

  @Test
  void countsFailuresInARow() {
    assertThat(after("AFFF").failures()).isEqualTo(3);
    assertThat(after("FFFFAFF").failures()).isEqualTo(2);
    assertThat(after("FFFF").lastFailureAt()).contains(BEGIN.plusSeconds(3));
  }

  @Test
  void remembersTheLongestRowUntilThreeAttemptsInARowWereAnswered() {
    assertThat(after("FFFFFAAFAA").longestRow()).isEqualTo(5);
    assertThat(after("FFFFFAAF").failures()).isEqualTo(1);
    assertThat(after("FFFFFAAA").longestRow()).isZero();
    assertThat(after("FFFFFAAA").isClear()).isTrue();
    assertThat(after("FFFFFAA").isClear()).isFalse();
    assertThat(after("FFFFFAAAFF").longestRow()).isEqualTo(2);
  }

  @Test
  void aRefusalOfCredentialsIsARowThatEveryBreakerOpensAt() {
    assertThat(after("R").isRefused()).isTrue();
    assertThat(after("R").longestRow()).isEqualTo(BreakerTrace.REFUSED);
    assertThat(after("FFR").failures()).isEqualTo(3);
    assertThat(after("R").lastFailureAt()).contains(BEGIN);
    assertThat(after("RFAA").isRefused()).as("until it is trusted").isTrue();
    assertThat(after("RAAA").isClear()).isTrue();
    assertThat(after("FFFFFF").isRefused()).isFalse();
    BreakerTrace well = after("FFFA");
    assertThat(well.afterRefusal(BEGIN.plusMillis(2_999))).as("older").isEqualTo(well);
  }

  /** Events of one destination come through several partitions. */
  @Test
  void anAttemptThatIsOlderThanTheNewestOfTheOtherKindChangesNothing() {
    BreakerTrace failing = after("AFFF");
    assertThat(failing.afterAnswer(BEGIN.plusMillis(2_999))).isEqualTo(failing);
    assertThat(failing.afterFailure(BEGIN.plusMillis(1_500)).failures())
        .as("failures may come in any order")
        .isEqualTo(4);
    assertThat(failing.afterFailure(BEGIN.plusMillis(1_500)).lastFailureAt())
        .isEqualTo(failing.lastFailureAt());
    BreakerTrace well = after("FFFA");
    assertThat(well.afterFailure(BEGIN.plusMillis(2_999))).isEqualTo(well);
  }

  @Test
  void tellsTheNewestOfBothKinds() {
    assertThat(BreakerTrace.none().newestAt()).isEmpty();
    assertThat(after("F").newestAt()).contains(BEGIN);
    assertThat(after("A").newestAt()).contains(BEGIN);
    assertThat(after("FA").newestAt()).contains(BEGIN.plusSeconds(1));
    assertThat(after("AF").newestAt()).contains(BEGIN.plusSeconds(1));
  }
}
