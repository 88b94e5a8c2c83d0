package io.waybill.channel.contract;

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
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** What the contract's tests stand on: channels, guards and receivers, closed together. */
public abstract class ContractRig {
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

  /** Short enough to wait for. */
  static final Duration TIMEOUT = Duration.ofMillis(700);

  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  /** Long enough not to matter. */
  static final Duration LONG_TIMEOUT = Duration.ofSeconds(20);

  /** The credential that {@link #attempt} uses. */
  protected static final String SECRET = "s3cr3t-9f2c7d41e8b04a6a";

  final List<Channel> channels = new ArrayList<>();

  /** A name that the suite's name server knows; mails to it may go in clear. */
  protected static final String NAME = "receiver.example";

  final List<AddressGuard> guards = new ArrayList<>();
  final List<ConnectProxy> proxies = new ArrayList<>();

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

  /** Empty when no destination can hold that host at all. */
  Optional<Reason> refusal(Channel channel, String host) throws Exception {
    Attempt attempt;
    try {
      attempt = attemptAt(host, trap.port(), LONG_TIMEOUT);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return Optional.of(reason(outcome(channel, attempt)));
  }

  static Outcome probe(Channel channel, Attempt attempt) throws Exception {
    return channel.probe(attempt).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  static Reason reason(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered delivered -> throw new AssertionError(delivered);
      case Outcome.Transient failed -> failed.reason();
      case Outcome.Permanent failed -> failed.reason();
    };
  }

  Outcome outcomeAt(Receiver receiver) throws Exception {
    return outcome(
        channel(), attempt(receiver, receiver == Receiver.HANGS ? TIMEOUT : LONG_TIMEOUT));
  }

  Channel channel() {
    return channel(credentials());
  }

  Channel channel(CredentialSource credentials) {
    return channel(credentials, guard(NameResolver.ofJdk(), "127.0.0.0/8"));
  }

  AddressGuard guard(NameResolver names, String... allowed) {
    AddressGuard guard = new AddressGuard(names, Stream.of(allowed).map(Cidr::parse).toList(), 2);
    guards.add(guard);
    return guard;
  }

  AddressGuard guard(NameResolver names, Set<Integer> allowedPorts, String... allowed) {
    AddressGuard guard =
        new AddressGuard(
            names, Stream.of(allowed).map(Cidr::parse).toList(), allowedPorts, 2, Optional.empty());
    guards.add(guard);
    return guard;
  }

  Channel channel(CredentialSource credentials, AddressGuard guard) {
    Channel channel = newChannel(credentials, guard);
    channels.add(channel);
    return channel;
  }

  static Outcome outcome(Channel channel, Attempt attempt) throws Exception {
    return channel.send(attempt).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
