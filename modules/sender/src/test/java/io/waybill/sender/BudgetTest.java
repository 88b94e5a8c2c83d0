package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BudgetTest {
  private final Budget budget = new Budget(10, 100);

  @Test
  void keepsAFifthOfAttemptsForExpressButNotMore() {
    for (int i = 0; i < 8; i++) {
      budget.sendStarted(0, false);
    }
    assertThat(budget.allowsSend(0, false)).isFalse();
    assertThat(budget.allowsSend(0, true)).isTrue();
    budget.sendStarted(0, true);
    budget.sendStarted(0, true);
    assertThat(budget.allowsSend(0, true)).isFalse();
    budget.sendEnded(0, true);
    assertThat(budget.allowsSend(0, false)).isFalse();
    assertThat(budget.allowsSend(0, true)).isTrue();
  }

  @Test
  void keepsAFifthOfBytesForExpress() {
    budget.sendStarted(75, false);
    assertThat(budget.allowsSend(10, false)).isFalse();
    assertThat(budget.allowsSend(10, true)).isTrue();
    budget.holdRecord(80, false);
    assertThat(budget.allowsRecords(false)).isFalse();
    assertThat(budget.allowsRecords(true)).isTrue();
    budget.holdRecord(20, true);
    assertThat(budget.allowsRecords(true)).isFalse();
    budget.releaseRecord(80, false);
    assertThat(budget.allowsRecords(false)).isTrue();
  }

  @Test
  void alwaysLetsOneBegin() {
    budget.holdOutcome(1_000);
    assertThat(budget.allowsSend(1_000, false)).isTrue();
    budget.sendStarted(1_000, false);
    assertThat(budget.allowsSend(1, true)).isFalse();
  }

  @Test
  void whatIsLargerThanAllGoesAloneWhateverElseEnds() {
    budget.sendStarted(0, false);
    budget.holdOutcome(40);
    assertThat(budget.allowsSend(1_000, false)).isTrue();
    budget.holdOutcome(1);
    assertThat(budget.allowsSend(1_000, false)).as("half of it is taken").isFalse();
    assertThat(budget.allowsSend(1_000, true)).as("express has more").isTrue();
    budget.releaseOutcome(1);
    budget.sendStarted(1, false);
    assertThat(budget.allowsSend(1_000, false)).as("another payload is there").isFalse();
  }

  @Test
  void whatHangsDoesNotKeepOthersFromBeingParked() {
    budget.sendStarted(100, false);
    assertThat(budget.allowsParking(60)).isTrue();
    budget.parkingStarted(60);
    assertThat(budget.allowsParking(60)).isFalse();
    assertThat(budget.allowsParking(0)).isTrue();
    budget.parkingEnded(60);
    budget.holdOutcome(60);
    assertThat(budget.allowsParking(60)).as("dead letters not yet committed").isFalse();
    budget.releaseOutcome(60);
    assertThat(budget.allowsParking(60)).isTrue();
  }
}
