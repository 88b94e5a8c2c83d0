package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.BreakerTrace;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a lane takes up of what others know of its destination. */
class LaneLearningTest extends LanesFixture {
  private static BreakerTrace trace(int failures, Instant lastFailureAt) {
    return new BreakerTrace(failures, failures, 0, Optional.of(lastFailureAt), Optional.empty());
  }

  private void recalls(BreakerTrace trace, long version) {
    recalled = Optional.of(new BreakerMemory.Recalled(trace, version));
  }

  @Test
  void aNewLaneKnowsWhatOthersHaveLearnt() {
    recalls(trace(5, ticker.now().minusSeconds(20)), 1);
    Lanes lanes = lanes(10);
    add(lanes, ONE, 5, 4);
    List<Start> parked = dispatch(lanes);
    List<Instant> slots = slots(parked, Reason.BREAKER_OPEN);
    assertThat(slots).hasSize(4);
    assertThat(slots.getFirst()).isEqualTo(ticker.now().plusSeconds(40));

    ticker.advance(Duration.ofSeconds(41));
    add(lanes, ONE, 5, 20);
    assertThat(sends(dispatch(lanes))).hasSize(BreakerPolicy.PROBES);
  }

  /** Else every restart would be one more try with credentials that were refused. */
  @Test
  void aNewLaneKnowsThatCredentialsWereRefused() {
    recalls(BreakerTrace.none().afterRefusal(ticker.now().minusSeconds(90)), 1);
    Lanes lanes = lanes(10);
    add(lanes, ONE, 5, 4);
    List<Instant> slots = slots(dispatch(lanes), Reason.BREAKER_OPEN);
    assertThat(slots).hasSize(4);
    assertThat(slots.getFirst()).isEqualTo(ticker.now().plusSeconds(300 - 90));
  }

  @Test
  void aNewLaneCountsOnFromTheFailuresThatOthersHaveSeen() {
    recalls(trace(4, ticker.now().minusSeconds(20)), 1);
    Lanes lanes = lanes(1);
    add(lanes, ONE, 5, 3);
    end(lanes, dispatch(lanes).getFirst(), Verdict.BAD);
    assertThat(slots(dispatch(lanes), Reason.BREAKER_OPEN)).hasSize(2);
  }

  @Test
  void whatOthersLearntOfAnOlderVersionIsForgottenWithTheFirstTaskOfANewerOne() {
    recalls(trace(5, ticker.now()), 2);
    Lanes lanes = lanes(10);
    add(lanes, ONE, 2, 5, 1);
    assertThat(slots(dispatch(lanes), Reason.BREAKER_OPEN)).hasSize(1);
    add(lanes, ONE, 3, 9, 2);
    assertThat(sends(dispatch(lanes))).hasSize(2);
  }

  @Test
  void aLaneTakesUpWhatItHearsLateUntilItHasAnOutcomeOfItsOwn() {
    Lanes lanes = lanes(2);
    add(lanes, ONE, 5, 4);
    List<Start> sent = dispatch(lanes);
    assertThat(sent).hasSize(2);

    recalls(trace(5, ticker.now()), 1);
    end(lanes, sent.getFirst(), Verdict.NONE);
    assertThat(slots(dispatch(lanes), Reason.BREAKER_OPEN)).hasSize(2);

    // Its own answer is newer than whatever the topic says.
    ticker.advance(Duration.ofSeconds(61));
    recalled = Optional.empty();
    add(lanes, ONE, 9, 3);
    List<Start> probes = dispatch(lanes);
    probes.forEach(probe -> end(lanes, probe, Verdict.GOOD));
    add(lanes, ONE, 9, 1);
    end(lanes, dispatch(lanes).getFirst(), Verdict.GOOD);
    recalls(trace(7, ticker.now()), 1);
    add(lanes, ONE, 9, 1);
    assertThat(sends(dispatch(lanes))).hasSize(1);
  }

  @Test
  void aLaneWhosePartitionComesBackTakesUpOnlyWhatIsNewerThanItsOwnOutcomes() {
    Lanes lanes = lanes(2);
    add(lanes, ONE, 5, 1);
    end(lanes, dispatch(lanes).getFirst(), Verdict.GOOD);
    ticker.advance(Duration.ofSeconds(1));
    recalls(trace(5, ticker.now().minusSeconds(2)), 1);
    lanes.gained(0);
    add(lanes, ONE, 5, 1);
    Start newest = sends(dispatch(lanes)).getFirst();
    end(lanes, newest, Verdict.GOOD);

    ticker.advance(Duration.ofSeconds(1));
    recalls(trace(5, ticker.now()), 1);
    lanes.gained(1);
    add(lanes, ONE, 5, 1);
    Start ofAnother = sends(dispatch(lanes)).getFirst();
    end(lanes, ofAnother, Verdict.NONE);
    lanes.gained(0);
    add(lanes, ONE, 5, 1);
    assertThat(slots(dispatch(lanes), Reason.BREAKER_OPEN)).hasSize(1);
  }

  @Test
  void laneOfAPartitionThatHadAnOwnerIsProbedUntilItsFirstOutcomeOrForTwoSeconds() {
    Lanes lanes = lanes(10);
    lanes.gained(0);
    add(lanes, ONE, 5, 20);
    add(lanes, TWO, 5, 20);
    List<Start> first = sends(dispatch(lanes));
    assertThat(first).hasSize(2 * BreakerPolicy.PROBES);

    end(lanes, first.getFirst(), Verdict.GOOD);
    List<Start> more = sends(dispatch(lanes));
    assertThat(more)
        .as("one has answered, and gets its ten")
        .hasSize(8)
        .allMatch(start -> start.task().destinationId().equals(ONE));

    ticker.advance(Lanes.CAUTION.minusMillis(1));
    assertThat(sends(dispatch(lanes))).isEmpty();
    ticker.advance(Duration.ofMillis(1));
    assertThat(sends(dispatch(lanes)))
        .hasSize(7)
        .allMatch(start -> start.task().destinationId().equals(TWO));
  }
}
