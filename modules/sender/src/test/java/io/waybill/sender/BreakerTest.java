package io.waybill.sender;

import static io.waybill.sender.TestTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.domain.BreakerTrace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The library's breaker, and the tests' own, which must do the same. */
class BreakerTest {
  private static final BreakerPolicy POLICY =
      new BreakerPolicy(5, Duration.ofMillis(300), Duration.ofMillis(1_500));

  /** A breaker and a way to wait until its reset time-out has passed. */
  record Subject(String name, Breaker breaker, Consumer<Breaker> passTime) {
    @Override
    public String toString() {
      return name;
    }

    void afterReset() {
      passTime.accept(breaker);
      assertThat(breaker.openFor()).isZero();
    }

    Breaker.Permit acquire() {
      return breaker.tryAcquire().orElseThrow();
    }

    void fails(int times) {
      for (int i = 0; i < times; i++) {
        breaker.ended(acquire(), Verdict.BAD);
      }
    }
  }

  static Stream<Subject> subjects() {
    FakeTicker ticker = new FakeTicker();
    return Stream.of(
        new Subject(
            "failsafe",
            new FailsafeBreaker(POLICY, Ticker.of(InstantSource.system())),
            breaker -> await().until(() -> breaker.openFor().isZero())),
        new Subject(
            "fake", new FakeBreaker(POLICY, ticker), breaker -> ticker.advance(breaker.openFor())));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void isClosedWhenRenewedAndLearnsNothingFromWhatWasUnderWay(Subject subject) {
    Breaker.Permit underWay = subject.acquire();
    subject.fails(5);

    subject.breaker().renew();

    assertThat(subject.breaker().isClosed()).isTrue();
    subject.fails(4);
    subject.breaker().ended(underWay, Verdict.BAD);
    assertThat(subject.breaker().isClosed()).isTrue();

    subject.breaker().renew();
    subject.fails(4);
    assertThat(subject.breaker().isClosed()).as("forgot the four before").isTrue();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void opensAfterFiveFailuresInARowAndTellsForHowLong(Subject subject) {
    subject.fails(4);
    subject.breaker().ended(subject.acquire(), Verdict.GOOD);
    subject.fails(4);
    subject.breaker().ended(subject.acquire(), Verdict.NONE);
    assertThat(subject.breaker().isClosed()).isTrue();
    assertThat(subject.breaker().openFor()).isZero();

    subject.fails(1);
    assertThat(subject.breaker().isClosed()).isFalse();
    assertThat(subject.breaker().openFor()).isBetween(Duration.ofNanos(1), POLICY.resetTimeout());
    assertThat(subject.breaker().tryAcquire()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void opensAtOnceAndForLongerWhenCredentialsAreRefused(Subject subject) {
    List<Breaker.Permit> underWay = List.of(subject.acquire(), subject.acquire());
    subject.breaker().ended(subject.acquire(), Verdict.REFUSED);

    assertThat(subject.breaker().isClosed()).isFalse();
    assertThat(subject.breaker().openFor())
        .isBetween(POLICY.resetTimeout(), POLICY.refusedTimeout());
    assertThat(subject.breaker().tryAcquire()).isEmpty();
    underWay.forEach(permit -> subject.breaker().ended(permit, Verdict.GOOD));
    assertThat(subject.breaker().openFor()).as("what was under way closes nothing").isPositive();

    subject.afterReset();
    List<Breaker.Permit> probes = List.of(subject.acquire(), subject.acquire(), subject.acquire());
    assertThat(subject.breaker().tryAcquire()).isEmpty();
    subject.breaker().ended(probes.getFirst(), Verdict.REFUSED);
    assertThat(subject.breaker().openFor()).as("a probe, too").isGreaterThan(POLICY.resetTimeout());

    subject.afterReset();
    List<Breaker.Permit> again = List.of(subject.acquire(), subject.acquire(), subject.acquire());
    again.forEach(probe -> subject.breaker().ended(probe, Verdict.GOOD));
    assertThat(subject.breaker().isClosed()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void isRestoredOpenForLongerWhenCredentialsWereRefused(Subject subject) {
    subject.breaker().restore(BreakerTrace.none().afterRefusal(NOW), NOW.plusMillis(100));

    assertThat(subject.breaker().openFor())
        .isBetween(POLICY.resetTimeout(), POLICY.refusedTimeout().minusMillis(100));
    subject.afterReset();
    assertThat(subject.breaker().isClosed()).as("it is probed first").isFalse();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void letsThreeProbeAndClosesWhenAllSucceed(Subject subject) {
    subject.fails(5);
    subject.afterReset();
    List<Breaker.Permit> probes = List.of(subject.acquire(), subject.acquire(), subject.acquire());
    assertThat(subject.breaker().tryAcquire()).isEmpty();
    probes.forEach(probe -> subject.breaker().ended(probe, Verdict.GOOD));
    assertThat(subject.breaker().isClosed()).isTrue();
    assertThat(subject.breaker().tryAcquire()).isPresent();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void opensAgainWhenAProbeFails(Subject subject) {
    subject.fails(5);
    subject.afterReset();
    subject.breaker().ended(subject.acquire(), Verdict.GOOD);
    subject.fails(1);
    assertThat(subject.breaker().openFor()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void givesAProbeOutAgainThatCameToNothing(Subject subject) {
    subject.fails(5);
    subject.afterReset();
    for (int i = 0; i < 20; i++) {
      Breaker.Permit probe = subject.acquire();
      subject.breaker().ended(probe, Verdict.NONE);
    }
    List<Breaker.Permit> probes = List.of(subject.acquire(), subject.acquire(), subject.acquire());
    assertThat(subject.breaker().tryAcquire()).isEmpty();
    assertThat(probes).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void whatBeganBeforeItOpenedSaysNothingLater(Subject subject) {
    Breaker.Permit early = subject.acquire();
    Breaker.Permit earlyToo = subject.acquire();
    subject.fails(5);
    subject.breaker().ended(earlyToo, Verdict.GOOD);
    subject.afterReset();
    Breaker.Permit probe = subject.acquire();
    subject.breaker().ended(early, Verdict.BAD);
    assertThat(subject.breaker().openFor()).isZero();
    subject.breaker().ended(probe, Verdict.GOOD);
    Optional<Breaker.Permit> second = subject.breaker().tryAcquire();
    assertThat(second).isPresent();
  }

  private static BreakerTrace trace(int failures, int longestRow, Instant lastFailureAt) {
    return new BreakerTrace(failures, longestRow, 0, Optional.of(lastFailureAt), Optional.empty());
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void isRestoredClosedWithTheFailuresSoFar(Subject subject) {
    subject.breaker().restore(trace(4, 4, NOW), NOW);

    assertThat(subject.breaker().isClosed()).isTrue();
    subject.fails(1);
    assertThat(subject.breaker().openFor()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void isRestoredOpenForWhatIsLeftAndThenProbed(Subject subject) {
    Instant now = NOW.plusMillis(100);
    subject.breaker().restore(trace(5, 5, NOW), now);

    assertThat(subject.breaker().isClosed()).isFalse();
    assertThat(subject.breaker().openFor())
        .isBetween(Duration.ofMillis(1), POLICY.resetTimeout().minusMillis(100));
    assertThat(subject.breaker().tryAcquire()).isEmpty();

    subject.afterReset();
    List<Breaker.Permit> probes = List.of(subject.acquire(), subject.acquire(), subject.acquire());
    assertThat(subject.breaker().tryAcquire()).isEmpty();
    probes.forEach(probe -> subject.breaker().ended(probe, Verdict.GOOD));
    assertThat(subject.breaker().isClosed()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void isProbedAtOnceWhenTheNewestFailureIsLongAgoAndOpensForTheWholeTimeWhenThatFails(
      Subject subject) {
    // One answer after five failures: still not trusted.
    subject.breaker().restore(trace(1, 5, NOW), NOW.plusSeconds(3_600));

    assertThat(subject.breaker().openFor()).isZero();
    assertThat(subject.breaker().isClosed()).isFalse();
    subject.fails(1);
    assertThat(subject.breaker().openFor())
        .isBetween(POLICY.resetTimeout().dividedBy(2), POLICY.resetTimeout());
  }

  /** Another machine's clock may be ahead, and a record may say anything. */
  @ParameterizedTest
  @MethodSource("subjects")
  void isNeverRestoredOpenForLongerThanItsResetTimeout(Subject subject) {
    subject.breaker().restore(trace(5, 5, NOW.plusSeconds(3_600)), NOW);

    assertThat(subject.breaker().openFor()).isBetween(Duration.ofNanos(1), POLICY.resetTimeout());
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void forgetsWhatItKnewWhenItIsRestored(Subject subject) {
    Breaker.Permit underWay = subject.acquire();
    subject.fails(5);
    subject.breaker().restore(BreakerTrace.none(), NOW);
    subject.breaker().ended(underWay, Verdict.BAD);

    assertThat(subject.breaker().isClosed()).isTrue();
    subject.fails(4);
    assertThat(subject.breaker().isClosed()).isTrue();
  }

  @Test
  void refusesAPolicyThatMakesNoSense() {
    assertThat(BreakerPolicy.defaults())
        .isEqualTo(new BreakerPolicy(5, Duration.ofSeconds(60), Duration.ofMinutes(5)));
    assertThatThrownBy(() -> new BreakerPolicy(0, Duration.ofSeconds(1)))
        .hasMessageContaining("failureThreshold");
    assertThatThrownBy(() -> new BreakerPolicy(5, Duration.ZERO))
        .hasMessageContaining("resetTimeout");
    assertThatThrownBy(() -> new BreakerPolicy(5, Duration.ofHours(2)))
        .hasMessageContaining("resetTimeout");
  }
}
