package io.waybill.channel.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.Cidr;
import io.waybill.guard.EgressProxy;
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

  private static final long MOST_POURED = 32 * 1024 * 1024;

  /** Long enough not to matter. */
  private static final Duration LONG_TIMEOUT = Duration.ofSeconds(20);

  /** The credential that {@link #attempt} uses. */
  protected static final String SECRET = "s3cr3t-9f2c7d41e8b04a6a";

  private final List<Channel> channels = new ArrayList<>();

  /** A name that the suite's name server knows; mails to it may go in clear. */
  protected static final String NAME = "receiver.example";

  /** What the operator's user and password are on the way to the proxy. */
  private static final String LOG_IN = "Proxy-Authorization: Basic d2F5YmlsbDpsZXQgbWUgb3V0\r\n";

  private final List<AddressGuard> guards = new ArrayList<>();
  private final List<ConnectProxy> proxies = new ArrayList<>();

  /** What {@link Receiver#TRICKLES} and {@link Receiver#FLOODS} pour out. */
  protected final Flood flood = new Flood();

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
    flood.end();
    channels.forEach(Channel::close);
    guards.forEach(AddressGuard::close);
    proxies.forEach(ConnectProxy::close);
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
    return Optional.of(reason(outcome(channel, attempt)));
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

  @ParameterizedTest
  @EnumSource(EgressProxy.Asks.class)
  void goesThroughTheOperatorsProxy(EgressProxy.Asks asks) throws Exception {
    ConnectProxy proxy = proxy(ConnectProxy.Manner.LETS_THROUGH);
    Channel channel = channelThrough(proxy, asks);
    Attempt attempt = attempt(Receiver.ACCEPTS, LONG_TIMEOUT);

    assertThat(outcome(channel, attempt)).isInstanceOf(Outcome.Delivered.class);
    assertThat(proxy.askedFor()).singleElement().asString().startsWith("127.0.0.1:");
    assertThat(String.join("", proxy.heads())).doesNotContain(SECRET).contains(LOG_IN);
  }

  /** What was judged is what is asked for: a proxy's own look-up may answer differently. */
  @Test
  void asksTheProxyForTheJudgedAddress() throws Exception {
    ConnectProxy proxy = proxy(ConnectProxy.Manner.LETS_THROUGH);

    outcome(
        channelThrough(proxy, EgressProxy.Asks.BY_ADDRESS), attemptAt(NAME, trap.port(), TIMEOUT));

    assertThat(proxy.askedFor()).containsExactly("127.0.0.1:" + trap.port());
    assertThat(trap.calls()).hasSize(1);
  }

  @Test
  void asksTheProxyForTheNameWhereTheOperatorSaysSo() throws Exception {
    ConnectProxy proxy = proxy(ConnectProxy.Manner.LETS_THROUGH);

    outcome(channelThrough(proxy, EgressProxy.Asks.BY_NAME), attemptAt(NAME, trap.port(), TIMEOUT));

    assertThat(proxy.askedFor()).containsExactly(NAME + ":" + trap.port());
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.2", "10.0.0.1", "[::1]", "169.254.169.254"})
  void theProxyIsNeverAskedForWhatIsDenied(String host) throws Exception {
    ConnectProxy proxy = proxy(ConnectProxy.Manner.LETS_THROUGH);

    assertThat(refusal(channelThrough(proxy, EgressProxy.Asks.BY_NAME), host).orElseThrow())
        .isIn(Reason.ADDRESS_DENIED, Reason.INVALID_FIELD);
    assertThat(proxy.heads()).isEmpty();
  }

  /** None of it is the destination's: it spends none of its attempts and opens no breaker. */
  @ParameterizedTest
  @EnumSource(
      value = ConnectProxy.Manner.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "LETS_THROUGH")
  void theProxysFaultsAreNotTheDestinations(ConnectProxy.Manner manner) throws Exception {
    Channel channel = channelThrough(proxy(manner), EgressProxy.Asks.BY_ADDRESS);
    Duration timeout = manner == ConnectProxy.Manner.HANGS ? TIMEOUT : LONG_TIMEOUT;

    Outcome outcome = outcome(channel, attempt(Receiver.ACCEPTS, timeout));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.EGRESS_UNAVAILABLE);
              assertThat(failed.message()).startsWith("the operator's egress proxy ");
            });
  }

  @Test
  void aProxyThatIsNotThereIsNotTheDestinationsFault() throws Exception {
    ConnectProxy proxy = proxy(ConnectProxy.Manner.LETS_THROUGH);
    Channel channel = channelThrough(proxy, EgressProxy.Asks.BY_ADDRESS);
    proxy.close();

    assertThat(outcome(channel, attempt(Receiver.ACCEPTS, LONG_TIMEOUT)))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.EGRESS_UNAVAILABLE));
  }

  @ParameterizedTest
  @EnumSource(
      value = Receiver.class,
      names = {"REFUSES_FOR_NOW", "REFUSES_FOR_GOOD", "TALKS_GARBAGE", "HANGS", "HANGS_UP"})
  void whatComesThroughTheProxyIsTheDestinations(Receiver receiver) throws Exception {
    Channel channel =
        channelThrough(proxy(ConnectProxy.Manner.LETS_THROUGH), EgressProxy.Asks.BY_ADDRESS);
    Duration timeout = receiver == Receiver.HANGS ? TIMEOUT : LONG_TIMEOUT;

    Outcome through = outcome(channel, attempt(receiver, timeout));

    assertThat(reason(through))
        .isNotEqualTo(Reason.EGRESS_UNAVAILABLE)
        .isEqualTo(reason(outcome(channel(), attempt(receiver, timeout))));
    assertThat(through).hasSameClassAs(outcome(channel(), attempt(receiver, timeout)));
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

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "[::1]", "169.254.169.254", NAME})
  void aProbeGoesThroughTheSameGuard(String host) throws Exception {
    Channel channel = channel(credentials(), guard(name -> List.of(LOOPBACK)));

    assertThat(reason(probe(channel, attemptAt(host, trap.port(), TIMEOUT))))
        .isIn(Reason.ADDRESS_DENIED, Reason.INVALID_FIELD);
    assertThat(trap.calls()).isEmpty();
  }

  @Test
  void aProbeTellsNoSecret() throws Exception {
    assertThat(probe(channel(), attempt(Receiver.ECHOES_CREDENTIALS, LONG_TIMEOUT)).toString())
        .doesNotContain(SECRET);
  }

  private static Outcome probe(Channel channel, Attempt attempt) throws Exception {
    return channel.probe(attempt).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private ConnectProxy proxy(ConnectProxy.Manner manner) {
    ConnectProxy proxy = new ConnectProxy(manner);
    proxies.add(proxy);
    return proxy;
  }

  private Channel channelThrough(ConnectProxy proxy, EgressProxy.Asks asks) {
    AddressGuard guard =
        new AddressGuard(
            name -> List.of(LOOPBACK),
            List.of(Cidr.parse("127.0.0.1/32")),
            2,
            Optional.of(
                new EgressProxy(
                    "proxy.internal",
                    proxy.port(),
                    asks,
                    Optional.of(new EgressProxy.LogIn("waybill", "let me out")))));
    guards.add(guard);
    return channel(credentials(), guard);
  }

  private static Reason reason(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered delivered -> throw new AssertionError(delivered);
      case Outcome.Transient failed -> failed.reason();
      case Outcome.Permanent failed -> failed.reason();
    };
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
    return channel.send(attempt).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
