package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PulseTest {
  private final FakeTicker ticker = new FakeTicker();
  private final Pulse pulse = new Pulse(ticker);

  private void turn(boolean held, Duration later) {
    ticker.advance(later);
    pulse.sendsHeld(held);
    pulse.turned();
  }

  /** As long as a group with heartbeats of 5 s takes: no reason to call anybody. */
  @Test
  void aStandstillThatIsOverSoonIsNoProblem() {
    turn(true, Duration.ofSeconds(3));
    turn(true, Pulse.HELD_USUALLY);
    assertThat(pulse.hindrance()).isEmpty();
    turn(false, Duration.ofSeconds(5));
    turn(true, Duration.ofSeconds(3));
    turn(true, Pulse.HELD_USUALLY);
    assertThat(pulse.hindrance()).as("counted from its own beginning").isEmpty();
  }

  /** Each standstill begins the wait anew, so sends may be held for ever while all else is well. */
  @Test
  void sendsThatAreHeldAgainAndAgainAreAProblemUntilTheyGoOn() {
    for (int standstill = 0; standstill < 4; standstill++) {
      turn(true, Duration.ofSeconds(6));
    }
    assertThat(pulse.hindrance())
        .hasValueSatisfying(
            words -> assertThat(words).startsWith("nothing has been sent for 18 s: "));
    assertThat(pulse.standstill()).as("a restart would not help").isEmpty();

    turn(false, Duration.ofSeconds(1));
    assertThat(pulse.hindrance()).isEmpty();
  }
}
