package io.waybill.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.BreakerTrace;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationHealth.Grade;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoDisableTest {
  private static final Instant T = Sample.START;

  /** Of a destination whose first and newest failure lie so far apart. */
  static DestinationHealth failing(int failures, Duration since) {
    return new DestinationHealth(
        new DestinationId("a"),
        Sample.ACME,
        DestinationType.WEBHOOK,
        Grade.of(failures),
        4,
        failures,
        failures,
        failures == 0 ? Optional.empty() : Optional.of(T.minus(since)),
        failures == 0 ? Optional.empty() : Optional.of(T),
        Optional.empty(),
        failures == 0 ? Optional.empty() : Optional.of(Reason.TIMEOUT),
        Duration.ofMillis(20),
        T,
        BreakerTrace.none());
  }

  @ParameterizedTest
  @CsvSource({
    "10, 24h, true",
    "9, 24h, false",
    "10, 23h, false",
    "1000, 1h, false",
    "1, 1000h, false",
    "0, 0h, false"
  })
  void takesBothManyFailuresAndALongTime(int failures, String hours, boolean due) {
    Duration since = Duration.parse("PT" + hours);

    assertThat(AutoDisable.defaults().isDue(failing(failures, since))).isEqualTo(due);
  }

  @Test
  void timeAloneDisablesNobody() {
    // The tenth failure came after an hour, and nothing was tried since.
    DestinationHealth quiet = failing(10, Duration.ofHours(1));

    assertThat(AutoDisable.defaults().isDue(quiet)).isFalse();
    assertThat(AutoDisable.defaults().isNear(quiet, T.plus(Duration.ofHours(30)))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"5, 12h, true", "4, 12h, false", "5, 11h, false"})
  void isNearAtHalfOfBoth(int failures, String hours, boolean near) {
    Duration since = Duration.parse("PT" + hours);

    assertThat(AutoDisable.defaults().isNear(failing(failures, since), T)).isEqualTo(near);
  }

  @Test
  void canBeSwitchedOff() {
    var off = new AutoDisable(false, 1, Duration.ofSeconds(1), 0.5);

    assertThat(off.isDue(failing(100, Duration.ofDays(9)))).isFalse();
    assertThat(off.isNear(failing(100, Duration.ofDays(9)), T)).isFalse();
  }

  @Test
  void refusesWhatCannotBeMeant() {
    Duration day = Duration.ofDays(1);
    assertThatThrownBy(() -> new AutoDisable(true, 0, day, 0.5)).hasMessageContaining("failures");
    assertThatThrownBy(() -> new AutoDisable(true, 1, Duration.ZERO, 0.5))
        .hasMessageContaining("failingFor");
    assertThatThrownBy(() -> new AutoDisable(true, 1, day, 0)).hasMessageContaining("warnAt");
    assertThatThrownBy(() -> new AutoDisable(true, 1, day, Double.NaN))
        .hasMessageContaining("warnAt");
  }
}
