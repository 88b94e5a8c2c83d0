package io.waybill.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BeatsTest {
  private static final int COUNTED = 3;

  @Test
  void findsTheBusiestSecondWhereverItBegins() {
    Beats beats = new Beats(COUNTED, 0);
    // 20 a second, and 30 more about the end of the second second.
    for (int i = 0; i < 100; i++) {
      beats.add(COUNTED, TimeUnit.MILLISECONDS.toNanos(50L * i));
    }
    for (int i = 0; i < 30; i++) {
      beats.add(COUNTED, TimeUnit.MILLISECONDS.toNanos(1_850 + 10L * i));
    }
    assertThat(beats.busiestSecond()).isEqualTo(50);
    assertThat(beats.sum()).isEqualTo(130);
  }

  @Test
  void countsOneDestinationOnly() {
    Beats beats = new Beats(COUNTED, 0);
    beats.add(COUNTED + 1, 0);
    beats.add(COUNTED, 0);
    assertThat(beats.sum()).isEqualTo(1);
  }

  @Test
  void tellsTheRateBetweenTwoShares() {
    // A wait of five seconds, 10 a tenth for ten seconds, and a tail.
    StringBuilder text = new StringBuilder("0");
    text.append(" 0".repeat(49)).append(" 10".repeat(100)).append(" 1".repeat(20));
    Beats beats = Beats.parse(text.toString());
    assertThat(beats.perSecond(0.25, 0.75)).isEqualTo(100);
    assertThat(beats.secondsUntil(0)).isEqualTo(5.1);
    assertThat(beats.secondsUntil(0.5)).isEqualTo(10.1);
  }

  @Test
  void crossesToTheLeaderAndBack() {
    Beats beats = new Beats(COUNTED, 0);
    beats.add(COUNTED, TimeUnit.SECONDS.toNanos(400));
    assertThat(Beats.parse(beats.toString()).secondsUntil(1)).isEqualTo(400.1);
    assertThat(Beats.parse(new Beats(COUNTED, 0).toString()).busiestSecond()).isZero();
  }
}
