package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Reason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What one destination leaves to others, when it hangs or has large payloads, or is one of many.
 */
class SeveralLanesTest extends LanesFixture {
  @Test
  void aLaneThatHangsTakesNothingFromOthers() {
    Lanes lanes = lanes(3);
    add(lanes, ONE, 5, 50);
    dispatch(lanes);
    for (int turn = 0; turn < 20; turn++) {
      add(lanes, TWO, 5, 3);
      List<Start> starts = dispatch(lanes);
      assertThat(starts).hasSize(3);
      starts.forEach(start -> end(lanes, start, Verdict.GOOD));
    }
  }

  @Test
  void tasksWithoutLargePayloadsPassThoseThatWaitForBytes() {
    budget = new Budget(1_000, 1_000_000);
    Lanes lanes = lanes(1_000);
    addLarge(lanes, ONE, 5, 300_000, 1);
    addLarge(lanes, THREE, 5, 300_000, 1);
    addLarge(lanes, FOUR, 5, 300_000, 1);
    add(lanes, TWO, 5, 10);
    List<Start> starts = dispatch(lanes);
    assertThat(starts)
        .extracting(start -> start.task().destinationId())
        .hasSize(12)
        .contains(ONE, TWO, THREE);

    // What needs bytes too waits behind it, however little; but for express tasks.
    addLarge(lanes, TWO, 5, 100_000, 5);
    assertThat(dispatch(lanes)).isEmpty();
    addLarge(lanes, TWO, 10, 100_000, 3);
    addLarge(lanes, ONE, 10, 100_000, 2);
    assertThat(dispatch(lanes)).hasSize(4).allMatch(start -> start.task().isExpress());

    end(lanes, starts.getFirst(), Verdict.GOOD);
    assertThat(dispatch(lanes))
        .extracting(start -> start.task().destinationId())
        .as("bytes for the fifth express task; the rest is kept for express")
        .containsExactly(ONE);
  }

  @Test
  void aLaneThatHangsWithLargePayloadsLeavesRoomForOthersAndParksWhatItCannotTake() {
    budget = new Budget(1_000, 1_000_000);
    Lanes lanes = lanes(1_000, Double.POSITIVE_INFINITY, 3);
    addLarge(lanes, ONE, 5, 150_000, 10);
    List<Start> hanging = dispatch(lanes);
    assertThat(hanging).hasSize(2);

    addLarge(lanes, TWO, 5, 150_000, 2);
    assertThat(dispatch(lanes)).extracting(start -> start.task().destinationId()).hasSize(2);
    ticker.advance(Duration.ofMillis(500));
    assertThat(slots(dispatch(lanes), Reason.OVERFLOW)).hasSize(5);

    end(lanes, hanging.getFirst(), Verdict.GOOD);
    assertThat(dispatch(lanes)).extracting(start -> start.task().destinationId()).hasSize(1);
  }

  /** Each may be too old and become a dead letter, with its payload inside. */
  @Test
  void parksNoMoreLargePayloadsAtATimeThanThereAreBytesFor() {
    budget = new Budget(1_000, 1_000_000);
    Lanes lanes = lanes(5);
    add(lanes, ONE, 5, 5);
    dispatch(lanes).forEach(start -> end(lanes, start, Verdict.BAD));
    add(lanes, TWO, 5, 1);
    assertThat(dispatch(lanes)).as("so that something is under way").hasSize(1);

    addLarge(lanes, ONE, 5, 300_000, 5);
    List<Start> parked = dispatch(lanes);
    assertThat(parked).hasSize(3).extracting(Start::order).hasOnlyElementsOfType(Order.Park.class);
    parked.forEach(start -> end(lanes, start, Verdict.NONE));
    assertThat(dispatch(lanes)).hasSize(2);
  }

  @Test
  void aPayloadThatIsLargerThanALanesShareIsSentAlone() {
    budget = new Budget(1_000, 1_000_000);
    Lanes lanes = lanes(1_000);
    addLarge(lanes, ONE, 5, 700_000, 2);
    List<Start> alone = dispatch(lanes);
    assertThat(alone).hasSize(1);
    end(lanes, alone.getFirst(), Verdict.GOOD);
    assertThat(dispatch(lanes)).hasSize(1);
  }

  /** With two at work each has half; of three equal ones a quarter stays free. */
  @Test
  void noneOfSeveralHasMoreUnderWayThanIsFree() {
    budget = new Budget(100, 1_000_000);
    Lanes lanes = lanes(1_000);
    add(lanes, ONE, 5, 200);
    add(lanes, TWO, 5, 200);
    assertThat(sends(dispatch(lanes))).hasSizeBetween(52, 55);
    add(lanes, THREE, 5, 200);
    List<Start> third = sends(dispatch(lanes));
    assertThat(third)
        .hasSizeBetween(12, 14)
        .allMatch(start -> start.task().destinationId().equals(THREE));
    assertThat(budget.freeSends(false)).isPositive();
  }

  @Test
  void oneThatIsSilentTakesNoMoreAndParksWhatItHasMoreThanAFew() {
    freeInPartition = 64;
    Lanes lanes = lanes(100, Double.POSITIVE_INFINITY, 100);
    answersComeAtOnce(lanes);
    add(lanes, ONE, 5, 4);
    add(lanes, TWO, 5, 1);
    List<Start> first = dispatch(lanes);
    assertThat(sends(first)).hasSize(5);
    ticker.advance(Duration.ofMillis(499));
    add(lanes, ONE, 5, 2);
    assertThat(sends(dispatch(lanes))).hasSize(2);

    ticker.advance(Duration.ofMillis(1));
    add(lanes, ONE, 5, 40);
    List<Start> later = dispatch(lanes);
    assertThat(sends(later)).as("an eighth of 64 under way").hasSize(2);
    assertThat(later).as("and as many wait").hasSize(2 + 38 - 8);
    assertThat(lanes.waiting()).isEqualTo(8);

    Start ofOne =
        first.stream().filter(s -> s.task().destinationId().equals(ONE)).findAny().orElseThrow();
    end(lanes, ofOne, Verdict.GOOD);
    assertThat(sends(dispatch(lanes))).as("it answers").hasSize(8);
  }

  private void answersComeAtOnce(Lanes lanes) {
    for (int i = 0; i < 250; i++) {
      add(lanes, THREE, 5, 1);
      sends(dispatch(lanes)).forEach(start -> end(lanes, start, Verdict.GOOD));
    }
  }

  /** As after a start under load: then it is this process that is slow. */
  @Test
  void noneIsSilentWhileNobodyAnswers() {
    freeInPartition = 64;
    Lanes lanes = lanes(100, Double.POSITIVE_INFINITY, 100);
    add(lanes, ONE, 5, 4);
    add(lanes, TWO, 5, 1);
    assertThat(sends(dispatch(lanes))).hasSize(5);
    ticker.advance(Duration.ofSeconds(2));
    add(lanes, ONE, 5, 40);
    assertThat(dispatch(lanes)).allMatch(start -> start.order() instanceof Order.Send);
  }
}
