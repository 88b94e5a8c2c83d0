package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many attempts a second may begin, by a time that the test makes. */
class TokenBucketTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private static int takeAll(TokenBucket bucket, long now) {
    int taken = 0;
    while (bucket.nanosUntilNext(now) == 0) {
      bucket.take();
      taken++;
    }
    return taken;
  }

  @Test
  void savesUpWhatOneSecondHasAndNoMore() {
    TokenBucket bucket = new TokenBucket(20, 0);
    assertThat(takeAll(bucket, 0)).as("begins full").isEqualTo(20);
    assertThat(takeAll(bucket, SECOND / 2)).isEqualTo(10);
    assertThat(takeAll(bucket, 3_600 * SECOND)).as("after an hour").isEqualTo(20);
  }

  @Test
  void tellsWhenTheNextMayBegin() {
    TokenBucket bucket = new TokenBucket(4, 0);
    takeAll(bucket, 0);
    assertThat(bucket.nanosUntilNext(0)).isEqualTo(SECOND / 4);
    assertThat(bucket.nanosUntilNext(SECOND / 8)).isEqualTo(SECOND / 8);
    assertThat(bucket.nanosUntilNext(SECOND / 4)).isZero();
  }

  @Test
  void allowsOneNowAndThenWhenTheRateIsBelowOne() {
    TokenBucket bucket = new TokenBucket(0.1, 0);
    assertThat(takeAll(bucket, 0)).isEqualTo(1);
    assertThat(bucket.nanosUntilNext(0)).isEqualTo(10 * SECOND);
    assertThat(takeAll(bucket, 9 * SECOND)).isZero();
    assertThat(takeAll(bucket, 10 * SECOND)).isEqualTo(1);
  }

  @Test
  void takesBackWhatWasNotNeededButNeverMoreThanASecondsWorth() {
    TokenBucket bucket = new TokenBucket(3, 0);
    takeAll(bucket, 0);
    bucket.giveBack();
    assertThat(takeAll(bucket, 0)).isEqualTo(1);
    for (int i = 0; i < 10; i++) {
      bucket.giveBack();
    }
    assertThat(takeAll(bucket, 0)).isEqualTo(3);
  }

  @Test
  void hasNoEndWithoutALimit() {
    TokenBucket bucket = new TokenBucket(Double.POSITIVE_INFINITY, 0);
    for (int i = 0; i < 100_000; i++) {
      assertThat(bucket.nanosUntilNext(0)).isZero();
      bucket.take();
    }
  }

  /** Whenever it is asked, and however greedy the one who asks. */
  @DisplayName("row 67: no window has more than its time allows and one second saved up")
  @ParameterizedTest
  @ValueSource(doubles = {0.3, 1, 7, 50, 1_000})
  void noWindowHasMoreThanItsTimeAllowsAndOneSecondSavedUp(double perSecond) {
    Random random = new Random(3);
    TokenBucket bucket = new TokenBucket(perSecond, 0);
    List<Long> begun = new ArrayList<>();
    long now = 0;
    while (begun.size() < 2_000) {
      boolean isIdle = random.nextInt(50) == 0;
      long step = (long) (SECOND / perSecond * (isIdle ? 60 : 2) * random.nextDouble());
      now += Math.max(1, step);
      int taken = takeAll(bucket, now);
      for (int i = 0; i < taken; i++) {
        begun.add(now);
      }
    }
    double saved = Math.max(1, perSecond);
    for (int from = 0; from < begun.size(); from += 7) {
      for (int to = from; to < begun.size(); to += 13) {
        double seconds = (begun.get(to) - begun.get(from)) / (double) SECOND;
        assertThat(to - from + 1).isLessThanOrEqualTo((int) (seconds * perSecond + saved + 1e-6));
      }
    }
    double whole = now / (double) SECOND;
    assertThat((double) begun.size()).isGreaterThan(whole * perSecond * 0.2);
  }
}
