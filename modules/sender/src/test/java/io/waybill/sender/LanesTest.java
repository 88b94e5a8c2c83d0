package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationId;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose turn it is, and what is parked. */
class LanesTest extends LanesFixture {
  @Test
  void lanesTakeTurnsUpToTheCapOfEach() {
    Lanes lanes = lanes(3);
    add(lanes, ONE, 5, 10);
    add(lanes, TWO, 5, 10);
    List<Start> first = dispatch(lanes);
    assertThat(first)
        .extracting(start -> start.task().destinationId())
        .containsExactly(ONE, TWO, ONE, TWO, ONE, TWO);
    assertThat(lanes.waiting()).isEqualTo(14);
    assertThat(dispatch(lanes)).isEmpty();

    end(lanes, first.get(1), Verdict.GOOD);
    assertThat(dispatch(lanes))
        .extracting(start -> start.task().destinationId())
        .containsExactly(TWO);
  }

  @Test
  void thePriorityGoesFirstAndOfEqualOnesTheOldest() {
    Lanes lanes = lanes(1_000);
    add(lanes, ONE, 3, 1);
    add(lanes, ONE, 7, 2);
    add(lanes, ONE, 10, 1);
    add(lanes, ONE, 5, 1);
    List<Start> starts = dispatch(lanes);
    assertThat(priorities(starts)).containsExactly(10, 7, 7, 5, 3);
    assertThat(starts.get(1).work().origin().offset())
        .isLessThan(starts.get(2).work().origin().offset());
  }

  /** One task in ten: the bound. */
  @Test
  void aLowPriorityMovesUnderFullLoadOfHigherOnes() {
    Lanes lanes = lanes(1);
    add(lanes, ONE, 0, 5);
    add(lanes, ONE, 10, 5);
    int low = 0;
    for (int turn = 1; turn <= 50; turn++) {
      add(lanes, ONE, turn % 2 == 0 ? 10 : 7, 1);
      Start start = dispatch(lanes).getFirst();
      low += start.task().priority() == 0 ? 1 : 0;
      assertThat(low).isEqualTo(turn / 10);
      end(lanes, start, Verdict.GOOD);
    }
    assertThat(low).isEqualTo(5);
  }

  /** The same between lanes: of ten starts, one is any lane's. */
  @Test
  void anOrdinaryLaneMovesUnderFullLoadOfExpressLanes() {
    budget = new Budget(5, 1_000_000);
    Lanes lanes = lanes(1_000);
    add(lanes, ONE, 10, 500);
    add(lanes, TWO, 5, 20);
    List<Start> underWay = new ArrayList<>(dispatch(lanes));
    int ordinary = 0;
    for (int turn = 0; turn < 200; turn++) {
      end(lanes, underWay.removeFirst(), Verdict.GOOD);
      List<Start> starts = dispatch(lanes);
      ordinary += (int) starts.stream().filter(start -> start.task().priority() == 5).count();
      underWay.addAll(starts);
    }
    assertThat(ordinary).isBetween(10, 20);
  }

  /** Both together: a hundred starts for each lane in turn. */
  @Test
  void theOldestOfTheLowestPriorityLeavesWithinItsBoundWhateverElseIsSent() {
    budget = new Budget(1, 1_000_000);
    Lanes lanes = lanes(1_000);
    List<DestinationId> express = List.of(ONE, TWO, THREE);
    add(lanes, FOUR, 0, 1);
    int starts = 0;
    boolean hasLeft = false;
    while (!hasLeft) {
      // There is always more of what comes first, everywhere.
      express.forEach(to -> add(lanes, to, 10, 2));
      add(lanes, FOUR, 7, 2);
      Start start = dispatch(lanes).getFirst();
      starts++;
      hasLeft = start.task().priority() == 0;
      end(lanes, start, Verdict.GOOD);
    }
    assertThat(starts).isBetween(200, 100 * 4);
  }

  /**
   * The same while the lane has outgrown its share, and parks what express tasks it has no room
   * for.
   */
  @Test
  void theOldestOfTheLowestPriorityIsNeverParkedForWantOfRoom() {
    Lanes lanes = lanes(1, Double.POSITIVE_INFINITY, 3);
    add(lanes, ONE, 10, 1);
    List<Start> underWay = new ArrayList<>(dispatch(lanes));
    add(lanes, ONE, 0, 1);
    for (int starts = 1; ; starts++) {
      // Above the drain rate for ever: five come for one that leaves.
      add(lanes, ONE, 10, 5);
      dispatch(lanes);
      ticker.advance(Duration.ofMillis(500));
      assertThat(slots(dispatch(lanes), Reason.OVERFLOW)).hasSizeGreaterThan(2);
      assertThat(lanes.waiting()).isEqualTo(3);
      end(lanes, underWay.removeFirst(), Verdict.GOOD);
      Start start = sends(dispatch(lanes)).getFirst();
      underWay.add(start);
      if (start.task().priority() == 0) {
        assertThat(starts).isEqualTo(LaneQueue.OLDEST_EVERY - 1);
        return;
      }
      assertThat(starts).isLessThan(LaneQueue.OLDEST_EVERY);
    }
  }

  @Test
  void keepsAFifthForExpress() {
    budget = new Budget(100, 1_000_000);
    Lanes lanes = lanes(1_000);
    add(lanes, ONE, 5, 200);
    assertThat(dispatch(lanes)).hasSize(80);
    add(lanes, TWO, 10, 10);
    add(lanes, ONE, 8, 30);
    List<Start> express = dispatch(lanes);
    // The two leave as many free as each of them has.
    assertThat(express).hasSizeBetween(13, 14).allMatch(start -> start.task().isExpress());
    assertThat(express).extracting(start -> start.task().destinationId()).contains(ONE, TWO);
  }

  @Test
  void keepsToTheRateAndGivesBackWhatCameToNoAttempt() {
    Lanes lanes = lanes(1_000, 4);
    add(lanes, ONE, 5, 40);
    List<Start> burst = dispatch(lanes);
    assertThat(burst).hasSize(4);
    ticker.advance(Duration.ofMillis(249));
    assertThat(dispatch(lanes)).isEmpty();
    ticker.advance(Duration.ofMillis(2));
    assertThat(dispatch(lanes)).hasSize(1);
    int sent = 5;
    for (int i = 0; i < 50; i++) {
      ticker.advance(Duration.ofMillis(100));
      sent += dispatch(lanes).size();
    }
    assertThat(sent).as("5 seconds at 4 a second").isBetween(24, 26);

    assertThat(dispatch(lanes)).isEmpty();
    end(lanes, burst.getFirst(), Verdict.NONE);
    assertThat(dispatch(lanes)).hasSize(1);
  }

  /** F33: none of those that wait may try the same credentials, which could lock the account. */
  @Test
  void parksAllForFiveMinutesAtTheFirstRefusalOfCredentials() {
    Lanes lanes = lanes(1);
    add(lanes, ONE, 5, 20);
    add(lanes, TWO, 5, 1);
    List<Start> first = dispatch(lanes);
    assertThat(first).hasSize(2);
    first.forEach(start ->
        end(
            lanes,
            start,
            start.task().destinationId().equals(ONE) ? Verdict.REFUSED : Verdict.GOOD));

    List<Instant> slots = slots(dispatch(lanes), Reason.BREAKER_OPEN);

    assertThat(slots)
        .hasSize(19)
        .allMatch(due -> !due.isBefore(ticker.now().plus(Duration.ofMinutes(5))));
    ticker.advance(Duration.ofMinutes(5).minusMillis(1));
    add(lanes, ONE, 9, 1);
    add(lanes, TWO, 5, 1);
    assertThat(sends(dispatch(lanes)))
        .extracting(start -> start.task().destinationId())
        .containsExactly(TWO);
    ticker.advance(Duration.ofMillis(2));
    add(lanes, ONE, 9, 1);
    assertThat(sends(dispatch(lanes))).hasSize(1);
  }

  /** Its owner has given the right ones: what was refused says nothing of them. */
  @Test
  void sendsAtOnceWhenTheDestinationWasChangedAfterARefusalOfCredentials() {
    Lanes lanes = lanes(1);
    add(lanes, ONE, 1, 5, 3);
    end(lanes, dispatch(lanes).getFirst(), Verdict.REFUSED);
    assertThat(slots(dispatch(lanes), Reason.BREAKER_OPEN)).hasSize(2);
    add(lanes, ONE, 1, 5, 1);
    assertThat(slots(dispatch(lanes), Reason.BREAKER_OPEN)).as("behind them").hasSize(1);

    add(lanes, ONE, 2, 5, 1);

    assertThat(sends(dispatch(lanes))).hasSize(1);
  }

  @Test
  void parksInsteadOfSendingWhileTheBreakerIsOpenAndProbesAfterwards() {
    Lanes lanes = lanes(5);
    add(lanes, ONE, 5, 20);
    add(lanes, TWO, 5, 1);
    List<Start> first = dispatch(lanes);
    assertThat(first).hasSize(6);
    first.forEach(start ->
        end(lanes, start, start.task().destinationId().equals(ONE) ? Verdict.BAD : Verdict.GOOD));

    List<Start> parked = dispatch(lanes);
    assertThat(parked)
        .hasSize(15)
        .extracting(Start::order)
        .allSatisfy(order ->
            assertThat(order)
                .isInstanceOfSatisfying(
                    Order.Park.class,
                    park -> {
                      assertThat(park.reason()).isEqualTo(Reason.BREAKER_OPEN);
                      assertThat(park.dueAt())
                          .isAfterOrEqualTo(ticker.now().plus(Duration.ofSeconds(60)));
                    }));
    add(lanes, TWO, 5, 1);
    assertThat(dispatch(lanes)).extracting(Start::order).hasOnlyElementsOfType(Order.Send.class);

    ticker.advance(Duration.ofSeconds(61));
    add(lanes, ONE, 5, 20);
    List<Start> probes = dispatch(lanes);
    assertThat(probes).hasSize(BreakerPolicy.PROBES);
    probes.forEach(probe -> end(lanes, probe, Verdict.GOOD));
    assertThat(dispatch(lanes)).hasSize(5);
  }

  @Test
  void aDestinationThatItsOwnerHasChangedIsTrustedAgain() {
    Lanes lanes = lanes(5);
    add(lanes, ONE, 5, 5);
    List<Start> failing = dispatch(lanes);
    failing.forEach(start -> end(lanes, start, Verdict.BAD));

    add(lanes, ONE, 2, 5, 5);

    assertThat(dispatch(lanes))
        .hasSize(5)
        .extracting(Start::order)
        .hasOnlyElementsOfType(Order.Send.class);
  }

  @Test
  void parksWhatDoesNotFitOneSlotAfterTheOtherAndNewTasksBehindIt() {
    Lanes lanes = lanes(2, Double.POSITIVE_INFINITY, 3);
    add(lanes, ONE, 5, 10);
    add(lanes, TWO, 5, 2);
    List<Start> sent = dispatch(lanes);
    assertThat(sent).hasSize(4).extracting(Start::order).hasOnlyElementsOfType(Order.Send.class);

    ticker.advance(Duration.ofMillis(499));
    assertThat(dispatch(lanes)).as("busy for a moment only").isEmpty();
    ticker.advance(Duration.ofMillis(1));
    List<Instant> slots = slots(dispatch(lanes), Reason.OVERFLOW);
    assertThat(slots).hasSize(5).isSorted().doesNotHaveDuplicates();
    assertThat(slots.getFirst()).isAfterOrEqualTo(ticker.now().plusSeconds(1));
    assertThat(lanes.waiting()).isEqualTo(3);

    // There is room again, but what is parked comes first. Express need not wait for it.
    sent.forEach(start -> end(lanes, start, Verdict.GOOD));
    dispatch(lanes).forEach(start -> end(lanes, start, Verdict.GOOD));
    dispatch(lanes).forEach(start -> end(lanes, start, Verdict.GOOD));
    assertThat(lanes.waiting()).isZero();
    add(lanes, ONE, 7, 1);
    List<Instant> behind = slots(started.take(), Reason.OVERFLOW);
    assertThat(behind).hasSize(1);
    assertThat(behind.getFirst()).isAfter(slots.getLast());
    add(lanes, ONE, 9, 1);
    add(lanes, TWO, 5, 1);
    assertThat(dispatch(lanes)).extracting(Start::order).hasOnlyElementsOfType(Order.Send.class);

    ticker.advance(Duration.ofSeconds(5));
    add(lanes, ONE, 5, 1);
    assertThat(dispatch(lanes)).extracting(Start::order).hasOnlyElementsOfType(Order.Send.class);
  }

  @Test
  void parksNothingWhereTheProcessHasNoRoom() {
    budget = new Budget(2, 1_000_000);
    Lanes lanes = lanes(100, Double.POSITIVE_INFINITY, 3);
    add(lanes, ONE, 5, 50);
    assertThat(dispatch(lanes)).hasSize(2);
    ticker.advance(Duration.ofSeconds(10));
    assertThat(dispatch(lanes)).isEmpty();
    assertThat(lanes.waiting()).isEqualTo(48);
  }

  @Test
  void forgetsWhatIsWithdrawnOrFenced() {
    Lanes lanes = lanes(1_000);
    add(lanes, ONE, 5, 4);
    lanes.withdraw(work -> work.origin().offset() < 2);
    assertThat(lanes.waiting()).isEqualTo(2);
    partition.fence();
    assertThat(dispatch(lanes)).isEmpty();
    assertThat(lanes.waiting()).isZero();
  }
}
