package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SenderLimitsTest {
  private static final long MIB = 1024 * 1024;
  private static final SenderLimits USUAL = SenderLimits.defaults();

  @Test
  void areTheUsualOnesWhereTheHeapHasRoom() {
    assertThat(USUAL.within(360 * MIB, 1)).isEqualTo(USUAL);
    assertThat(USUAL.within(1024 * MIB, 3)).isEqualTo(USUAL);
  }

  @Test
  void areLessInASmallerHeap() {
    SenderLimits small = USUAL.within(264 * MIB, 1);

    assertThat(small.bytes()).isEqualTo(40 * MIB);
    assertThat(small.payloadCacheBytes()).isEqualTo(40 * MIB);
    assertThat(small.inFlight()).isEqualTo(USUAL.inFlight());
    assertThat(small.lane()).isEqualTo(USUAL.lane());
  }

  @Test
  void areLessTheMoreSendersShareIt() {
    assertThat(USUAL.within(704 * MIB, 2)).isEqualTo(USUAL.within(384 * MIB, 1));
    assertThat(USUAL.within(704 * MIB, 3).bytes()).isLessThan(64 * MIB);
  }

  @Test
  void alwaysHoldTheLargestPayload() {
    SenderLimits least = USUAL.within(32 * MIB, 3);

    assertThat(least.bytes()).isEqualTo(16 * MIB);
    assertThat(least.payloadCacheBytes()).isZero();
    Budget budget = new Budget(least.inFlight(), least.bytes());
    budget.sendStarted(0, false);
    budget.holdOutcome(MIB);
    assertThat(budget.allowsSend(10 * MIB, false)).isTrue();
  }

  @Test
  void sayWhatTheyNeedAtLeast() {
    long least = SenderLimits.leastHeap(3);

    assertThat(USUAL.within(least, 3).payloadCacheBytes()).isEqualTo(16 * MIB);
    assertThat(USUAL.within(least - 3 * 4, 3).payloadCacheBytes()).isLessThan(16 * MIB);
  }
}
