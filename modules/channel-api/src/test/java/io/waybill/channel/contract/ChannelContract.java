package io.waybill.channel.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every channel keeps to, whatever it sends over. */
public abstract class ChannelContract extends EgressContract {
  /** Time that an outcome may come after its deadline, on a busy machine. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  private static final long MOST_POURED = 32 * 1024 * 1024;

  @Test
  void sendsTheTypeThatItSays() throws Exception {
    Attempt attempt = attempt(Receiver.ACCEPTS, LONG_TIMEOUT);

    assertThat(channel().type()).isEqualTo(attempt.destination().type());
  }

  @Test
  void acceptedIsDelivered() throws Exception {
    assertThat(outcomeAt(Receiver.ACCEPTS)).isInstanceOf(Outcome.Delivered.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = Receiver.class,
      names = {"REFUSES_FOR_NOW", "HANGS", "TALKS_GARBAGE", "HANGS_UP", "IS_NOT_THERE"})
  void whatMayPassIsTransient(Receiver receiver) throws Exception {
    assertThat(outcomeAt(receiver)).isInstanceOf(Outcome.Transient.class);
  }

  @Test
  void refusedForGoodIsPermanent() throws Exception {
    assertThat(outcomeAt(Receiver.REFUSES_FOR_GOOD)).isInstanceOf(Outcome.Permanent.class);
  }

  @DisplayName("row 101: ends within the timeout")
  @ParameterizedTest
  @EnumSource(
      value = Receiver.class,
      names = {"HANGS", "TRICKLES", "FLOODS"})
  void endsWithinTheTimeout(Receiver receiver) throws Exception {
    Attempt attempt = attempt(receiver, TIMEOUT);
    Channel channel = channel();
    long start = System.nanoTime();

    Outcome outcome = outcome(channel, attempt);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.plus(SLACK));
    assertThat(outcome.took()).isLessThan(TIMEOUT.plus(SLACK));
    assertThat(outcome).isNotInstanceOf(Outcome.Delivered.class);
  }

  @Test
  void returnsBeforeTheReceiverAnswers() throws Exception {
    Attempt attempt = attempt(Receiver.HANGS, Duration.ofSeconds(20));
    Channel channel = channel();

    CompletableFuture<Outcome> outcome = channel.send(attempt).toCompletableFuture();

    assertThat(outcome).isNotDone();
  }

  /** The loopback's own buffers take some megabytes that nobody has read. */
  @Test
  void anEndlessAnswerIsReadToALimitAndItsConnectionClosed() throws Exception {
    outcome(channel(), attempt(Receiver.FLOODS, LONG_TIMEOUT));

    assertThat(flood.isDammedWithin(LONG_TIMEOUT)).as("the channel hung up").isTrue();
    assertThat(flood.poured()).isBetween(1L, MOST_POURED);
  }

  @Test
  void anAnswerThatTricklesIsCutOffAtTheDeadline() throws Exception {
    outcome(channel(), attempt(Receiver.TRICKLES, TIMEOUT));

    assertThat(flood.isDammedWithin(LONG_TIMEOUT)).as("the channel hung up").isTrue();
  }

  @ParameterizedTest
  @EnumSource(Receiver.class)
  void noOutcomeTellsASecretInAnyForm(Receiver receiver) throws Exception {
    Outcome outcome = outcome(channel(), attempt(receiver, TIMEOUT));

    assertThat(Forms.of(SECRET).areIn(outcome.toString())).isFalse();
  }

  @Test
  void whoRepeatsCredentialsIsNoReasonToDeliver() throws Exception {
    assertThat(outcomeAt(Receiver.ECHOES_CREDENTIALS)).isNotInstanceOf(Outcome.Delivered.class);
  }

  /** Not supported, so it changes nothing: neither for others nor for the attempt itself. */
  @Test
  void cancellingWhatWasReturnedDisturbsNobody() throws Exception {
    Attempt trickling = attempt(Receiver.TRICKLES, TIMEOUT);
    Attempt good = attempt(Receiver.ACCEPTS, LONG_TIMEOUT);
    Channel channel = channel();

    channel.send(trickling).toCompletableFuture().cancel(true);

    assertThat(outcome(channel, good)).isInstanceOf(Outcome.Delivered.class);
    assertThat(flood.isDammedWithin(LONG_TIMEOUT)).as("the deadline still holds").isTrue();
  }

  @Test
  void aBugIsAnOutcome() throws Exception {
    Channel channel =
        channel((secrets, config) -> {
          throw new IllegalStateException("a bug that quotes " + SECRET);
        });

    Outcome outcome = outcome(channel, attempt(Receiver.ACCEPTS, LONG_TIMEOUT));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.CHANNEL_ERROR));
    assertThat(outcome.toString()).doesNotContain(SECRET);
  }

  @Test
  void aKeyThatCannotBeHadIsTransient() throws Exception {
    Channel channel = channel((secrets, config) -> new CredentialSource.KeyUnavailable("no key"));

    assertThat(outcome(channel, attempt(Receiver.ACCEPTS, LONG_TIMEOUT)))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.KEY_UNAVAILABLE));
  }

  @DisplayName("row 73: a broken seal is permanent")
  @Test
  void aBrokenSealIsPermanent() throws Exception {
    Channel channel = channel((secrets, config) -> new CredentialSource.Broken("made for another"));

    assertThat(outcome(channel, attempt(Receiver.ACCEPTS, LONG_TIMEOUT)))
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.INTEGRITY));
  }

  @Test
  void closingEndsWhatIsUnderWay() throws Exception {
    Attempt attempt = attempt(Receiver.HANGS, Duration.ofMinutes(1));
    Channel channel = channel();
    CompletableFuture<Outcome> underWay = channel.send(attempt).toCompletableFuture();

    channel.close();

    assertThat(underWay.get(5, TimeUnit.SECONDS)).isInstanceOf(Outcome.Transient.class);
    assertThat(outcome(channel, attempt)).isInstanceOf(Outcome.Transient.class);
  }

  @Test
  void aProbeOfAWayThatIsOpenSaysSo() throws Exception {
    assertThat(probe(channel(), attempt(Receiver.ACCEPTS, LONG_TIMEOUT)))
        .isInstanceOf(Outcome.Delivered.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = Receiver.class,
      names = {"HANGS", "TALKS_GARBAGE", "HANGS_UP", "IS_NOT_THERE", "FLOODS"})
  void aProbeOfAWayThatIsBlockedSaysSo(Receiver receiver) throws Exception {
    assertThat(probe(channel(), attempt(receiver, TIMEOUT))).isInstanceOf(Outcome.Transient.class);
  }

  @Test
  void aProbeTellsNoSecret() throws Exception {
    assertThat(probe(channel(), attempt(Receiver.ECHOES_CREDENTIALS, LONG_TIMEOUT)).toString())
        .doesNotContain(SECRET);
  }
}
