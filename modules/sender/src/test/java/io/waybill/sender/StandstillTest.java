package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StandstillTest {
  private final FakeTicker ticker = new FakeTicker();
  private final Standstill standstill = new Standstill(ticker);

  private Order.Send sendBegunNow() {
    return new Order.Send(new Breaker.Permit(0), ticker.nanos());
  }

  @Test
  void turnsOfUsualLengthStopNothing() {
    Order.Send send = sendBegunNow();
    for (int turn = 0; turn < 10; turn++) {
      ticker.advance(Standstill.TOO_LONG);
      standstill.look();
      assertThat(standstill.allowsSends()).isTrue();
    }
    assertThat(standstill.cameDuring(send)).isFalse();
  }

  @Test
  void nothingIsSentUntilTheGroupHasBeenHeard() {
    ticker.advance(Standstill.TOO_LONG.plusMillis(1));
    standstill.look();
    assertThat(standstill.allowsSends()).isFalse();

    ticker.advance(Standstill.HEARD_WITHIN.minusMillis(1));
    standstill.look();
    assertThat(standstill.allowsSends()).isFalse();

    ticker.advance(Duration.ofMillis(1));
    standstill.look();
    assertThat(standstill.allowsSends()).isTrue();
  }

  @Test
  void onlyWhatHadBegunBeforeIsExcused() {
    Order.Send before = sendBegunNow();
    ticker.advance(Duration.ofSeconds(15));
    standstill.look();
    Order.Send after = sendBegunNow();
    assertThat(standstill.cameDuring(before)).isTrue();
    assertThat(standstill.cameDuring(after)).isFalse();
    assertThat(standstill.cameDuring(new Order.Refuse())).isFalse();
  }

  @Test
  void waitingOnPurposeIsNoStandstill() {
    ticker.advance(Duration.ofSeconds(15));
    standstill.waited();
    ticker.advance(Standstill.TOO_LONG);
    standstill.look();
    assertThat(standstill.allowsSends()).isTrue();
  }
}
