package io.waybill.channel.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Cidr;
import io.waybill.guard.NameResolver;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    /** Names the {@link #trap} as the place to go to, in every way that its protocol has. */
    SENDS_ELSEWHERE,
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

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  /** Long enough not to matter. */
  private static final Duration LONG_TIMEOUT = Duration.ofSeconds(8);

  /** The credential that {@link #attempt} uses. */
  protected static final String SECRET = "s3cr3t-9f2c7d41e8b04a6a";

  private final List<Channel> channels = new ArrayList<>();

  /** A name that the suite's name server knows; mails to it may go in clear. */
  protected static final String NAME = "receiver.example";

  private final List<AddressGuard> guards = new ArrayList<>();

  /** Nobody may be led here. */
  protected final Trap trap = new Trap();

  /**
   * A channel behind this guard, closed by the suite; mails to 127.0.0.1 and to {@link #NAME} may
   * go in clear.
   */
  protected abstract Channel newChannel(CredentialSource credentials, AddressGuard guard);

  /**
   * An attempt at a host as a destination writes it, wherever that leads.
   *
   * @param host as it stands in a URL
   * @throws IllegalArgumentException when no destination can hold such a host
   */
  protected abstract Attempt attemptAt(String host, int port, Duration timeout);

  /** Opens the credentials of {@link #attempt}, {@link #SECRET} among them. */
  protected abstract CredentialSource credentials();

  /** An attempt at a new receiver of that kind. */
  protected abstract Attempt attempt(Receiver receiver, Duration timeout) throws Exception;

  @AfterEach
  void closeChannels() {
    channels.forEach(Channel::close);
    guards.forEach(AddressGuard::close);
    trap.close();
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

  /** Whatever name is left to be looked up leads to loopback, where the trap is. */
  @ParameterizedTest(name = "\"{0}\"")
  @MethodSource("io.waybill.channel.contract.DeniedHosts#all")
  void aDeniedHostIsNeverCalled(String host) throws Exception {
    Channel channel = channel(credentials(), guard(name -> List.of(LOOPBACK)));

    Optional<Reason> refusal = refusal(channel, host);

    assertThat(refusal.orElse(Reason.INVALID_FIELD))
        .isIn(Reason.ADDRESS_DENIED, Reason.INVALID_FIELD);
    assertThat(trap.calls()).isEmpty();
  }

  /** Empty when no destination can hold that host at all. */
  private Optional<Reason> refusal(Channel channel, String host) throws Exception {
    Attempt attempt;
    try {
      attempt = attemptAt(host, trap.port(), LONG_TIMEOUT);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return switch (outcome(channel, attempt)) {
      case Outcome.Delivered delivered -> throw new AssertionError(delivered);
      case Outcome.Transient failed -> Optional.of(failed.reason());
      case Outcome.Permanent failed -> Optional.of(failed.reason());
    };
  }

  /** So that the test above is known to see calls. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", NAME})
  void anAllowedHostIsCalled(String host) throws Exception {
    Channel channel = channel(credentials(), guard(name -> List.of(LOOPBACK), "127.0.0.0/8"));

    outcome(channel, attemptAt(host, trap.port(), TIMEOUT));

    assertThat(trap.calls()).isNotEmpty().containsOnly(LOOPBACK);
  }

  @Test
  void aNameWithOneDeniedAddressIsCalledAtNone() throws Exception {
    InetAddress denied = InetAddress.ofLiteral("10.0.0.1");
    Channel channel =
        channel(credentials(), guard(name -> List.of(LOOPBACK, denied), "127.0.0.0/8"));

    assertThat(refusal(channel, NAME)).contains(Reason.ADDRESS_DENIED);
    assertThat(trap.calls()).isEmpty();
  }

  /** The name server's second answer would be another: within an attempt nobody asks for it. */
  @Test
  void aNameIsLookedUpOnceForAnAttempt() throws Exception {
    AtomicInteger lookUps = new AtomicInteger();
    InetAddress other = InetAddress.ofLiteral("127.0.0.2");
    Channel channel =
        channel(
            credentials(),
            guard(
                name -> List.of(lookUps.incrementAndGet() == 1 ? LOOPBACK : other),
                "127.0.0.1/32"));

    outcome(channel, attemptAt(NAME, trap.port(), TIMEOUT));

    assertThat(lookUps).hasValue(1);
    assertThat(trap.calls()).isNotEmpty().containsOnly(LOOPBACK);
  }

  @Test
  void aNameThatLeadsElsewhereIsJudgedAnewAtTheNextAttempt() throws Exception {
    AtomicInteger lookUps = new AtomicInteger();
    InetAddress other = InetAddress.ofLiteral("127.0.0.2");
    Channel channel =
        channel(
            credentials(),
            guard(
                name -> List.of(lookUps.incrementAndGet() == 1 ? LOOPBACK : other),
                "127.0.0.1/32"));
    outcome(channel, attemptAt(NAME, trap.port(), TIMEOUT));

    assertThat(refusal(channel, NAME)).contains(Reason.ADDRESS_DENIED);
    assertThat(trap.calls()).isNotEmpty().containsOnly(LOOPBACK);
  }

  @Test
  void nobodyIsSentElsewhere() throws Exception {
    assertThat(outcomeAt(Receiver.SENDS_ELSEWHERE)).isNotInstanceOf(Outcome.Delivered.class);
    assertThat(trap.calls()).isEmpty();
  }

  private Outcome outcomeAt(Receiver receiver) throws Exception {
    return outcome(
        channel(), attempt(receiver, receiver == Receiver.HANGS ? TIMEOUT : LONG_TIMEOUT));
  }

  private Channel channel() {
    return channel(credentials());
  }

  private Channel channel(CredentialSource credentials) {
    return channel(credentials, guard(NameResolver.ofJdk(), "127.0.0.0/8"));
  }

  private AddressGuard guard(NameResolver names, String... allowed) {
    AddressGuard guard = new AddressGuard(names, Stream.of(allowed).map(Cidr::parse).toList(), 2);
    guards.add(guard);
    return guard;
  }

  private Channel channel(CredentialSource credentials, AddressGuard guard) {
    Channel channel = newChannel(credentials, guard);
    channels.add(channel);
    return channel;
  }

  private static Outcome outcome(Channel channel, Attempt attempt) throws Exception {
    return channel.send(attempt).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
