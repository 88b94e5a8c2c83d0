package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StandstillTest {
  private final FakeTicker ticker = new FakeTicker();
  private final AtomicLong answers = new AtomicLong(7);
  private final Standstill standstill = new Standstill(ticker, answers::get);

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
    standstill.polls();
    ticker.advance(Standstill.TOO_LONG.plusMillis(1));
    standstill.look();
    assertThat(standstill.allowsSends()).isFalse();

    // It may have been on its way since before.
    answers.incrementAndGet();
    standstill.polls();
    assertThat(standstill.allowsSends()).isFalse();

    ticker.advance(Standstill.TOO_LONG);
    standstill.look();
    standstill.polls();
    assertThat(standstill.allowsSends()).as("time alone says nothing").isFalse();

    answers.incrementAndGet();
    assertThat(standstill.allowsSends()).as("what it said is still to be polled").isFalse();
    standstill.polls();
    assertThat(standstill.allowsSends()).as("counted before it is acted on").isFalse();
    standstill.polls();
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
