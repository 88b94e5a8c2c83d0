package io.waybill.channel.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every channel keeps to, whatever it sends over. */
public abstract class ChannelContract {

  /** How a receiver behaves. */
  public enum Receiver {
    /** Takes everything. */
    ACCEPTS,
    /** Refuses, and would take it later. */
    REFUSES_FOR_NOW,
    /** Refuses, and always will. */
    REFUSES_FOR_GOOD,
    /** Takes the connection and says nothing. */
    HANGS,
    /** Answers a byte at a time and comes to no end. */
    TRICKLES,
    /** Answers without end, as fast as it can, and never says whether it accepted. */
    FLOODS,
    /** Refuses, and repeats every credential that it was sent wherever an answer has room. */
    ECHOES_CREDENTIALS,
    /** Says what its protocol does not know. */
    TALKS_GARBAGE,
    /** Takes the connection and breaks it. */
    HANGS_UP,
    /** Nobody listens there. */
    IS_NOT_THERE
  }

  /** Time that an outcome may come after its deadline, on a busy machine. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  /** Short enough to wait for. */
  private static final Duration TIMEOUT = Duration.ofMillis(700);

  /** Long enough not to matter. */
  private static final Duration LONG_TIMEOUT = Duration.ofSeconds(8);

  /** The credential that {@link #attempt} uses. */
  protected static final String SECRET = "s3cr3t-9f2c7d41e8b04a6a";

  private final List<Channel> channels = new ArrayList<>();

  /** A channel that may reach {@link #attempt}'s receivers. Closed by the suite. */
  protected abstract Channel newChannel(CredentialSource credentials);

  /** Opens the credentials of {@link #attempt}, {@link #SECRET} among them. */
  protected abstract CredentialSource credentials();

  /** An attempt at a new receiver of that kind. */
  protected abstract Attempt attempt(Receiver receiver, Duration timeout) throws Exception;

  @AfterEach
  void closeChannels() {
    channels.forEach(Channel::close);
  }

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

  @Test
  void tellsNoSecret() throws Exception {
    Outcome outcome = outcomeAt(Receiver.ECHOES_CREDENTIALS);

    assertThat(outcome).isNotInstanceOf(Outcome.Delivered.class);
    assertThat(outcome.toString()).doesNotContain(SECRET);
  }

  @Test
  void aBugIsAnOutcome() throws Exception {
    Channel channel =
        channel(secrets -> {
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
    Channel channel = channel(secrets -> new CredentialSource.KeyUnavailable("no key"));

    assertThat(outcome(channel, attempt(Receiver.ACCEPTS, LONG_TIMEOUT)))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.KEY_UNAVAILABLE));
  }

  @Test
  void aBrokenSealIsPermanent() throws Exception {
    Channel channel = channel(secrets -> new CredentialSource.Broken("made for another"));

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

  private Outcome outcomeAt(Receiver receiver) throws Exception {
    return outcome(
        channel(), attempt(receiver, receiver == Receiver.HANGS ? TIMEOUT : LONG_TIMEOUT));
  }

  private Channel channel() {
    return channel(credentials());
  }

  private Channel channel(CredentialSource credentials) {
    Channel channel = newChannel(credentials);
    channels.add(channel);
    return channel;
  }

  private static Outcome outcome(Channel channel, Attempt attempt) throws Exception {
    return channel.send(attempt).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
