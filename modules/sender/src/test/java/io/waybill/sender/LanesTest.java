package io.waybill.sender;

import static io.waybill.sender.TestTasks.aTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.BreakerTrace;
import io.waybill.domain.DestinationId;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Whose turn it is, without Kafka and by a time that the test makes. */
class LanesTest {
  private static final DestinationId ONE = new DestinationId("one");
  private static final DestinationId TWO = new DestinationId("two");
  private static final DestinationId THREE = new DestinationId("three");
  private static final DestinationId FOUR = new DestinationId("four");

  private final FakeTicker ticker = new FakeTicker();
  private final AssignedPartition partition =
      new AssignedPartition(new TopicPartition("tasks", 0), Optional.empty(), List.of());
  private final Started started = new Started();
  private Budget budget = new Budget(1_000, 1_000_000);
  private Optional<BreakerMemory.Recalled> recalled = Optional.empty();
  private int freeInPartition = 1_000_000;
  private long offset;

  private record Start(Work work, Order order) {
    Task task() {
      return work.content() instanceof Work.TaskRecord(Task task) ? task : null;
    }
  }

  private final class Started implements Lanes.Starter {
    final List<Start> all = new ArrayList<>();

    @Override
    public boolean allows(Work work) {
      return budget.allowsSend(work.payloadBytes(), work.isExpress());
    }

    @Override
    public int freeForAttempts(Work work) {
      return Math.min(budget.freeSends(work.isExpress()), freeInPartition);
    }

    @Override
    public int freePlaces(Work work) {
      return freeInPartition;
    }

    @Override
    public boolean allowsParking(Work work) {
      return budget.allowsParking(work.payloadBytes());
    }

    @Override
    public void start(Work work, Order order) {
      all.add(new Start(work, order));
      if (order instanceof Order.Send) {
        budget.sendStarted(work.payloadBytes(), work.isExpress());
      } else {
        budget.parkingStarted(work.payloadBytes());
      }
    }

    List<Start> take() {
      List<Start> taken = List.copyOf(all);
      all.clear();
      return taken;
    }
  }

  private Lanes lanes(int inFlight, double perSecond) {
    return lanes(inFlight, perSecond, 10_000);
  }

  private Lanes lanes(int inFlight, double perSecond, int waiting) {
    BreakerPolicy policy = BreakerPolicy.defaults();
    return new Lanes(
        new LaneLimits(inFlight, perSecond, waiting),
        budget.shareOfOne(),
        () -> new FakeBreaker(policy, ticker),
        _ -> recalled,
        ticker);
  }

  private Lanes lanes(int inFlight) {
    return lanes(inFlight, Double.POSITIVE_INFINITY);
  }

  private void add(Lanes lanes, DestinationId destination, int priority, int count) {
    add(lanes, destination, 1, priority, count);
  }

  private void add(Lanes lanes, DestinationId destination, long version, int priority, int count) {
    add(lanes, aTask().to(destination).version(version).priority(priority), count);
  }

  private void addLarge(
      Lanes lanes, DestinationId destination, int priority, long size, int count) {
    TaskPayload payload = new TaskPayload.Reference(new RecordOrigin("requests", 0, 0), "00", size);
    add(lanes, aTask().to(destination).priority(priority).payload(payload), count);
  }

  private void add(Lanes lanes, TestTasks.ATask like, int count) {
    for (int i = 0; i < count; i++) {
      Task task = like.createdAt(ticker.now().plusNanos(offset)).build();
      Work work =
          new Work(
              partition,
              partition.progress().received(offset).orElseThrow(),
              new RecordOrigin("tasks", 0, offset++),
              new Work.TaskRecord(task),
              1);
      lanes.add(work, started);
    }
  }

  private List<Start> dispatch(Lanes lanes) {
    lanes.dispatch(started);
    return started.take();
  }

  private void end(Lanes lanes, Start start, Verdict verdict) {
    if (start.order() instanceof Order.Send) {
      budget.sendEnded(start.work().payloadBytes(), start.work().isExpress());
    } else {
      budget.parkingEnded(start.work().payloadBytes());
    }
    lanes.ended(start.work(), start.order(), verdict);
  }

  private static List<Integer> priorities(List<Start> starts) {
    return starts.stream().map(start -> start.task().priority()).toList();
  }

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

  /** The same while the lane has outgrown its share, and parks what express tasks it has no room for. */
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

  private static List<Instant> slots(List<Start> starts, Reason reason) {
    List<Instant> slots = new ArrayList<>();
    for (Start start : starts) {
      assertThat(start.order())
          .isInstanceOfSatisfying(
              Order.Park.class,
              park -> {
                assertThat(park.reason()).isEqualTo(reason);
                slots.add(park.dueAt());
              });
    }
    return slots;
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

  private static List<Start> sends(List<Start> starts) {
    return starts.stream().filter(start -> start.order() instanceof Order.Send).toList();
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
