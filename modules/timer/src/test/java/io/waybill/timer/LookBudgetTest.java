package io.waybill.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Of each tick of 50 ms, looks take 20 ms; a task takes one here. */
class LookBudgetTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private long nanos;

  private LookBudget budget(int maxPerTick) {
    return new LookBudget(
        new TimerConfig(
            Duration.ofMillis(50), maxPerTick, Duration.ofMillis(20), Duration.ofSeconds(1)),
        () -> nanos);
  }

  /** How many tasks a look handles that has any number of them. */
  private int handle(LookBudget budget) {
    LookBudget.Look look = budget.look();
    int handled = 0;
    do {
      nanos += MILLI;
      look.count();
      handled++;
    } while (look.allowsMore());
    look.end();
    return handled;
  }

  @Test
  void oneBusyPartitionHasTheWholeTime() {
    LookBudget budget = budget(1_000);

    assertThat(handle(budget)).isEqualTo(20);
  }

  @Test
  void idleLooksTakeNothingFromIt() {
    LookBudget budget = budget(1_000);

    for (int round = 0; round < 3; round++) {
      budget.look().end();
      budget.look().end();
      assertThat(handle(budget)).isEqualTo(20);
      nanos += 50 * MILLI;
    }
  }

  @Test
  void busyPartitionsShareTheTimeFromTheSecondRoundOn() {
    LookBudget budget = budget(1_000);

    assertThat(handle(budget)).isEqualTo(20);
    assertThat(handle(budget)).as("one at least").isEqualTo(1);
    nanos += 50 * MILLI;
    assertThat(handle(budget)).isEqualTo(10);
    assertThat(handle(budget)).isEqualTo(10);
    nanos += 50 * MILLI;
    assertThat(handle(budget)).isEqualTo(10);
    nanos += 50 * MILLI;
    assertThat(handle(budget)).as("alone again").isEqualTo(20);
  }

  @Test
  void aLookHandlesNoMoreThanItsNumber() {
    assertThat(handle(budget(7))).isEqualTo(7);
  }

  @Test
  void whatCameDueBehindABacklogHasHalfOfALook() {
    LookBudget budget = budget(1_000);
    LookBudget.Look look = budget.look();

    nanos += 9 * MILLI;
    assertThat(look.allowsNewest()).isTrue();
    nanos += MILLI;
    assertThat(look.allowsNewest()).isFalse();
    assertThat(look.allowsMore()).isTrue();
  }

  @Test
  void whatCameDueBehindABacklogDoesNotWaitForOtherPartitions() {
    LookBudget budget = budget(1_000);
    handle(budget);

    LookBudget.Look look = budget.look();

    assertThat(look.allowsMore()).isFalse();
    assertThat(look.allowsNewest()).isTrue();
  }
}
