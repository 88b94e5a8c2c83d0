package io.waybill.channel.email;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.OrganizationId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How often an account is tried, by a time that the test makes. */
class LogInsTest {
  private static final OrganizationId HOSPITAL = new OrganizationId("hospital-001");
  private static final Duration NO_WAIT = Duration.ZERO;

  private final AtomicLong nanos = new AtomicLong(1);
  private final LogIns logIns = new LogIns(nanos::get);
  private final LogIns.Account account = account(HOSPITAL, "wrong");

  private LogIns.Account account(OrganizationId organization, String password) {
    return logIns.account(organization, "smtp.hospital.com", 587, "audit", password);
  }

  /** An attempt whose credentials are refused, where it gets as far as that. */
  private boolean triesInVain(LogIns.Account with) throws InterruptedException {
    if (!(logIns.turn(with, NO_WAIT) instanceof LogIns.Turn.Granted granted)) {
      return false;
    }
    try (granted) {
      boolean tries = granted.enter(NO_WAIT);
      if (tries) {
        granted.refused();
      }
      return tries;
    }
  }

  private void logsIn(LogIns.Account with) throws InterruptedException {
    try (LogIns.Turn.Granted granted = granted(with)) {
      assertThat(granted.enter(NO_WAIT)).isTrue();
      granted.succeeded();
    }
  }

  private LogIns.Turn.Granted granted(LogIns.Account with) throws InterruptedException {
    return (LogIns.Turn.Granted) logIns.turn(with, NO_WAIT);
  }

  @Test
  @DisplayName("F33: 535 to every log-in, tried all the time: never more than 3 in 10 minutes")
  void f33AnAccountIsTriedThreeTimesInTenMinutesAtMost() throws InterruptedException {
    // The worst case: it was right until now, and all that is under way finds out at once.
    logsIn(account);
    List<LogIns.Turn.Granted> connected = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      connected.add(granted(account));
    }
    List<Duration> tries = new ArrayList<>();
    List<LogIns.Turn.Granted> entered = new ArrayList<>();
    for (LogIns.Turn.Granted each : connected) {
      if (each.enter(NO_WAIT)) {
        entered.add(each);
        tries.add(Duration.ZERO);
      }
    }
    assertThat(entered).hasSize(LogIns.AT_A_TIME);
    nanos.addAndGet(Duration.ofMillis(100).toNanos());
    entered.forEach(LogIns.Turn.Granted::refused);
    connected.forEach(LogIns.Turn.Granted::close);

    for (int second = 1; second <= 3_600; second++) {
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      for (int i = 0; i < 3; i++) {
        if (triesInVain(account)) {
          tries.add(Duration.ofSeconds(second));
        }
      }
    }

    assertThat(tries).as("it is tried again, too").hasSizeGreaterThan(10);
    for (int i = 3; i < tries.size(); i++) {
      assertThat(tries.get(i).minus(tries.get(i - 3)))
          .as("from the try at %s to the third after it", tries.get(i - 3))
          .isGreaterThanOrEqualTo(Duration.ofMinutes(10));
    }
  }

  @Test
  void whoWaitsForAPlaceDoesNotLogInWhenOthersWereRefusedMeanwhile() throws InterruptedException {
    logsIn(account);
    LogIns.Turn.Granted first = granted(account);
    LogIns.Turn.Granted second = granted(account);
    LogIns.Turn.Granted late = granted(account);
    assertThat(first.enter(NO_WAIT)).isTrue();
    assertThat(second.enter(NO_WAIT)).isTrue();
    assertThat(late.enter(NO_WAIT)).as("no place").isFalse();
    assertThat(late.pause()).isZero();

    first.refused();
    first.close();

    assertThat(late.enter(NO_WAIT)).isFalse();
    assertThat(late.pause()).isEqualTo(LogIns.PAUSE);
  }

  @Test
  void aPlaceIsGivenBack() throws InterruptedException {
    for (int i = 0; i < 10; i++) {
      logsIn(account);
    }
  }

  @Test
  void otherCredentialsAndOtherOrganizationsAreTriedAtOnce() throws InterruptedException {
    assertThat(triesInVain(account)).isTrue();
    assertThat(triesInVain(account)).isFalse();

    assertThat(triesInVain(account(HOSPITAL, "another"))).isTrue();
    assertThat(triesInVain(account(new OrganizationId("hospital-002"), "wrong"))).isTrue();
    assertThat(triesInVain(account)).as("the refusal still holds").isFalse();
  }

  @Test
  void aRefusalIsNotForgottenForTheSakeOfMany() throws InterruptedException {
    assertThat(triesInVain(account)).isTrue();

    for (int i = 0; i < 1_500; i++) {
      logsIn(account(HOSPITAL, "right-" + i));
    }

    assertThat(triesInVain(account)).isFalse();
  }

  @Test
  void anAccountShowsNeitherUserNorPassword() {
    assertThat(account.toString()).doesNotContain("audit", "wrong", "smtp.hospital.com");
    assertThat(account).isEqualTo(account(HOSPITAL, "wrong"));
    assertThat(account.digest())
        .as("under a key of its own")
        .isNotEqualTo(
            new LogIns(nanos::get)
                .account(HOSPITAL, "smtp.hospital.com", 587, "audit", "wrong")
                .digest());
  }
}
