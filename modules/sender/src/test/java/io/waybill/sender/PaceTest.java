package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How fast a destination can take what comes back, and when it has been silent for too long. */
class PaceTest {
  private static final double NO_LIMIT = Double.POSITIVE_INFINITY;

  private final CommonPace common = new CommonPace();
  private long now = 1;

  private Pace pace(int inFlight, double perSecond) {
    return new Pace(new LaneLimits(inFlight, perSecond, 100), common);
  }

  private void answers(Pace pace, Duration took, int times) {
    for (int i = 0; i < times; i++) {
      pace.begun(now);
      now += took.toNanos();
      pace.answered(now, took.toNanos());
    }
  }

  @ParameterizedTest(name = "{0} at a time, {1} ms each, {2} a second allowed: {3} come back")
  @CsvSource({
    // Eight tenths of what it can take.
    "100, 100, Infinity, 800",
    "100, 1000, Infinity, 80",
    "10, 100, Infinity, 80",
    // A slow one: ten at least, or what waits would come back after hours.
    "4, 2000, Infinity, 10",
    "1, 30000, Infinity, 10",
    // A rate limit holds for what comes back, too, however little it allows.
    "100, 100, 50, 50",
    "4, 2000, 3, 3",
    "100, 100, 0.5, 0.5",
    // Above what it can take it says nothing.
    "10, 100, 500, 80",
    // Faster than anybody answers over a network.
    "1, 0, Infinity, 800"
  })
  void drainsAtEightTenthsOfItsUsualPaceAndWithinItsRate(
      int inFlight, long millis, double perSecond, double expected) {
    Pace pace = pace(inFlight, perSecond);
    answers(pace, Duration.ofMillis(millis), 300);
    assertThat(pace.drainPerSecond()).isCloseTo(expected, within(expected * 1e-6));
  }

  @Test
  void anAttemptThatFailsSaysNothingOfThePace() {
    Pace pace = pace(100, NO_LIMIT);
    answers(pace, Duration.ofMillis(100), 300);
    pace.begun(now);
    now += Duration.ofSeconds(30).toNanos();
    assertThat(pace.drainPerSecond()).isCloseTo(800, within(0.1));
    assertThat(pace.silentFor(now)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void isSilentAfterHalfASecondOrTwiceItsUsualTime() {
    answers(pace(100, NO_LIMIT), Duration.ofMillis(1), 1_000);
    Pace quick = pace(100, NO_LIMIT);
    answers(quick, Duration.ofMillis(10), 300);
    assertThat(silentAfterMillis(quick)).isEqualTo(500);

    Pace slow = pace(100, NO_LIMIT);
    answers(slow, Duration.ofSeconds(1), 100);
    answers(pace(100, NO_LIMIT), Duration.ofMillis(1), 1_000);
    assertThat(silentAfterMillis(slow)).isEqualTo(2_000);
  }

  @Test
  void noneIsSilentForLessThanFourTimesWhatAllOfThemTake() {
    Pace quick = pace(100, NO_LIMIT);
    answers(quick, Duration.ofMillis(10), 300);
    answers(pace(100, NO_LIMIT), Duration.ofMillis(500), 1_000);
    assertThat(silentAfterMillis(quick)).isEqualTo(2_000);
  }

  @Test
  void oneThatIsAskedNothingIsNotSilent() {
    Pace pace = pace(100, NO_LIMIT);
    pace.begun(now);
    pace.idle();
    now += Duration.ofHours(1).toNanos();
    assertThat(pace.isSilent(now)).isFalse();
    assertThat(pace.silentFor(now)).isZero();
  }

  /** Asked from now on, in steps of ten milliseconds. */
  private long silentAfterMillis(Pace pace) {
    pace.idle();
    pace.begun(now);
    long asked = now;
    while (!pace.isSilent(now)) {
      now += Duration.ofMillis(10).toNanos();
    }
    return Duration.ofNanos(now - asked).toMillis();
  }
}
