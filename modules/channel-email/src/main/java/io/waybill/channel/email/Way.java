package io.waybill.channel.email;

import io.waybill.domain.Reason;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.EgressProxy;
import io.waybill.guard.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The way of one attempt to where mails are handed over: look-up, judgement, connection, TLS. */
final class Way {
  private final Connector connector;
  private final AddressGuard guard;
  private final Place place;
  private final Supplier<Duration> remaining;
  private final Grip grip;
  private volatile boolean addressKnown;
  private volatile boolean withTheProxy;

  /**
   * A way that nobody has gone yet.
   *
   * @param remaining what is left of the attempt's time
   * @param grip holds each socket before it blocks
   */
  Way(
      Connector connector,
      AddressGuard guard,
      Place place,
      Supplier<Duration> remaining,
      Grip grip) {
    this.connector = connector;
    this.guard = guard;
    this.place = place;
    this.remaining = remaining;
    this.grip = grip;
  }

  Place place() {
    return place;
  }

  Grip grip() {
    return grip;
  }

  Duration remaining() {
    return remaining.get();
  }

  /** Whether the look-up is over; any thread may ask. */
  boolean knowsAddress() {
    return addressKnown;
  }

  /** Whether the operator's proxy has been asked and has not let this through; for any thread. */
  boolean isWithTheProxy() {
    return withTheProxy;
  }

  /**
   * All that may be dialled. Asked once in an attempt.
   *
   * @throws Ended when the host is denied or cannot be resolved
   */
  List<InetAddress> judged() throws Ended {
    String host = place.host();
    return switch (await(guard.check(host, place.port(), place.protocol()))) {
      case Verdict.Allowed allowed -> {
        addressKnown = true;
        yield allowed.addresses();
      }
      case Verdict.Denied denied -> throw denied(denied);
      case Verdict.PortDenied denied ->
          throw new Ended(new Failure(Reason.ADDRESS_DENIED, denied.inWords()), true);
      case Verdict.Unresolvable _ ->
          throw new Ended(
              new Failure(
                  Reason.DNS_FAILURE, host + " has no address, or no name server could tell"));
    };
  }

  /** A connection to the first judged address that answers. */
  Socket connect(List<InetAddress> judged) throws IOException, Ended {
    Socket plain = dial(judged);
    return place.tls() ? connector.secured(plain, place.host(), place.port()) : plain;
  }

  private Socket dial(List<InetAddress> judged) throws IOException, Ended {
    String host = place.host();
    int port = place.port();
    Optional<EgressProxy> proxy = guard.proxy();
    if (proxy.isEmpty()) {
      return connector.dial(host, port, judged, remaining, grip::hold);
    }
    withTheProxy = true;
    List<InetAddress> proxyAddresses = await(guard.proxyAddresses());
    Socket through =
        connector.dialThrough(
            proxy.get(), proxyAddresses, host, port, judged, remaining, grip::hold);
    withTheProxy = false;
    return through;
  }

  private <T> T await(CompletionStage<T> answer) throws Ended {
    try {
      return answer
          .toCompletableFuture()
          .get(Math.max(1, remaining.get().toMillis()), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // The deadline says so too, and says it first.
      throw new Ended(
          new Failure(Reason.TIMEOUT, "no name server knew an address of " + place.host()));
    } catch (ExecutionException e) {
      throw new IllegalStateException("the guard failed, which it must not", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopped();
    }
  }

  static Ended stopped() {
    return new Ended(new Failure(Reason.CONNECTION_LOST, "this sender was stopped"));
  }

  private Ended denied(Verdict.Denied denied) {
    String host = place.host();
    String hint = ", where nothing is sent; the operator can allow networks with --allow-cidr";
    if (AddressGuard.literal(host).isPresent()) {
      String message = host + " is in " + denied.network() + " (" + denied.what() + ")" + hint;
      // No name can come to mean something else here.
      return new Ended(new Failure(Reason.ADDRESS_DENIED, message), true);
    }
    // Which address it was would tell a tenant about networks that he cannot see.
    return new Ended(
        new Failure(
            Reason.ADDRESS_DENIED,
            host + " has an address in a private or reserved network" + hint));
  }
}
