package io.waybill.channel.webhook;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.EgressException;
import io.waybill.guard.EgressProxy;
import io.waybill.guard.Protocol;
import io.waybill.guard.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt under way: look-up, judgement, connection, request, answer. Whatever ends it first
 * (answer, failure, deadline, shutdown) sets the outcome; everything later is ignored. Steps run on
 * the threads of look-ups, I/O and timer, one after the other or racing.
 */
final class Exchange {
  private final Composer.Composed request;
  private final String host;
  private final InstantSource clock;
  private final long startedAt;
  private final Duration timeout;
  private final Consumer<Throwable> bugs;
  private final CompletableFuture<Outcome> result = new CompletableFuture<>();
  private final AnswerConsumer consumer;
  private volatile boolean begun;
  private volatile boolean addressKnown;
  private volatile @Nullable AnswerHead head;
  private volatile @Nullable Egress egress;
  private final Grip grip = new Grip();

  /**
   * An attempt that has not begun.
   *
   * @param startedAt {@link System#nanoTime} of the call, from which the time-out runs
   * @param bugs hears what should not have happened
   */
  Exchange(
      Composer.Composed request, InstantSource clock, long startedAt, Consumer<Throwable> bugs) {
    this.request = request;
    this.consumer = new AnswerConsumer(request.mayBeQuoted(), this::onHead);
    this.host = request.target().host().getHostName();
    this.clock = clock;
    this.startedAt = startedAt;
    this.timeout = request.target().timeout();
    this.bugs = bugs;
  }

  /** A copy, so that whoever ends it ends nothing of the attempt. */
  CompletionStage<Outcome> outcome() {
    return result.copy();
  }

  /** Starts as soon as the client is made, unless something ends it before. */
  void start(
      AddressGuard guard,
      JudgedAddresses addresses,
      CompletionStage<CloseableHttpAsyncClient> client) {
    client.whenComplete((made, failure) -> {
      try {
        switch (failure) {
          case null -> start(guard, addresses, made);
          case GeneralSecurityException _ -> onUnusableIdentity();
          default -> onBug(failure);
        }
      } catch (Throwable bug) {
        onBug(bug);
      }
    });
  }

  void start(AddressGuard guard, JudgedAddresses addresses, CloseableHttpAsyncClient client) {
    if (result.isDone()) {
      return;
    }
    begun = true;
    guard
        .check(host, request.target().host().getPort(), Protocol.HTTP)
        .whenComplete((verdict, failure) -> {
          if (failure != null) {
            onBug(failure);
            return;
          }
          try {
            proceed(guard, verdict, addresses, client);
          } catch (Throwable bug) {
            // Nobody above would hear it: the stage would never complete.
            onBug(bug);
          }
        });
  }

  private void proceed(
      AddressGuard guard,
      Verdict verdict,
      JudgedAddresses addresses,
      CloseableHttpAsyncClient client) {
    if (result.isDone()) {
      return;
    }
    switch (verdict) {
      case Verdict.Allowed allowed -> {
        addressKnown = true;
        if (guard.proxy().isPresent()) {
          through(guard, guard.proxy().get(), allowed.addresses(), addresses, client);
          return;
        }
        hold(host, allowed.addresses(), addresses);
        call(client);
      }
      case Verdict.Denied denied -> onDenied(denied);
      case Verdict.PortDenied denied ->
          result.complete(new Outcome.Permanent(Reason.ADDRESS_DENIED, denied.inWords(), took()));
      case Verdict.Unresolvable _ ->
          fail(Reason.DNS_FAILURE, host + " has no address, or no name server could tell");
    }
  }

  private void hold(String name, List<InetAddress> held, JudgedAddresses addresses) {
    addresses.hold(name, held);
    var _ = result.whenComplete((outcome, failure) -> addresses.release(name));
  }

  private void through(
      AddressGuard guard,
      EgressProxy proxy,
      List<InetAddress> judged,
      JudgedAddresses addresses,
      CloseableHttpAsyncClient client) {
    // One of them: the proxy does not say which of its answers mean that another might do.
    InetAddress one = judged.get(ThreadLocalRandom.current().nextInt(judged.size()));
    egress = new Egress(proxy, request.target().host(), one);
    guard
        .proxyAddresses()
        .whenComplete((found, failure) -> {
          try {
            if (failure != null || found.isEmpty()) {
              fail(new EgressException("the operator's egress proxy has no address now"));
            } else if (!result.isDone()) {
              hold(proxy.host(), found, addresses);
              call(client);
            }
          } catch (Throwable bug) {
            onBug(bug);
          }
        });
  }

  private void call(CloseableHttpAsyncClient client) {
    HttpClientContext context = grip.newContext(request.target().requestConfig());
    Egress way = egress;
    if (way != null) {
      way.lead(context);
    }
    BasicRequestProducer producer =
        new BasicRequestProducer(request.head(), new BodyProducer(request.body()));
    grip.take(
        client.execute(request.target().host(), producer, consumer, null, context, new Callback()));
  }

  private final class Callback implements FutureCallback<AnswerHead> {
    @Override
    public void completed(AnswerHead answer) {
      if (!isWithTheProxy()) {
        answered(answer);
      }
    }

    @Override
    public void failed(Exception cause) {
      onFailure(cause);
    }

    @Override
    public void cancelled() {
      fail(Reason.CONNECTION_LOST, "the connection to " + host + " was given up");
    }
  }

  private void onHead(AnswerHead received) {
    if (isWithTheProxy()) {
      // What the client hands over as the answer is the proxy's to CONNECT.
      fail(EgressException.answered(received.status()));
      grip.breakOff();
      return;
    }
    head = received;
  }

  /** Whether all that happens now is between this side and the operator's proxy. */
  private boolean isWithTheProxy() {
    Egress way = egress;
    return way != null && !way.isThrough();
  }

  private void fail(EgressException refusal) {
    fail(Reason.EGRESS_UNAVAILABLE, String.valueOf(refusal.getMessage()));
  }

  private void onFailure(Exception cause) {
    AnswerHead received = head;
    if (received != null) {
      // Status said, body broken or endless: the receiver has decided, and the body is not wanted.
      answered(received);
      return;
    }
    if (isWithTheProxy() && (cause instanceof IOException || cause instanceof HttpException)) {
      fail(EgressException.unreachable());
      return;
    }
    Failures.of(cause, host, consumer.sawInterimAnswer(), hasOwnAuthorities())
        .ifPresentOrElse(failure -> fail(failure.reason(), failure.message()), () -> onBug(cause));
  }

  private boolean hasOwnAuthorities() {
    return request.target().identity().tls().filter(TlsIdentity::hasAuthorities).isPresent();
  }

  private void onDenied(Verdict.Denied denied) {
    if (AddressGuard.literal(host).isPresent()) {
      String network = denied.network() + " (" + denied.what() + ")";
      result.complete(
          new Outcome.Permanent(
              Reason.ADDRESS_DENIED,
              host
                  + " is in "
                  + network
                  + ", where nothing is sent; the operator can allow networks with --allow-cidr",
              took()));
      return;
    }
    // Which address it was would tell a tenant about networks that he cannot see. Names can come to
    // mean something else, so this one may be right tomorrow.
    fail(
        Reason.ADDRESS_DENIED,
        host
            + " has an address in a private or reserved network, where nothing is sent; the"
            + " operator can allow networks with --allow-cidr");
  }

  /** The destination's certificates or key cannot be used here. */
  private void onUnusableIdentity() {
    result.complete(
        new Outcome.Permanent(
            Reason.INVALID_CREDENTIAL,
            "this JVM cannot use the certificates or the key in config.webhook.tls: give others",
            took()));
  }

  /** Whether there is an outcome. */
  boolean hasEnded() {
    return result.isDone();
  }

  /**
   * Whether the attempt's time is over.
   *
   * @param now of {@link System#nanoTime}
   */
  boolean isOverdue(long now) {
    return now - startedAt >= timeout.toNanos();
  }

  /** The attempt's time is over. */
  void onDeadline() {
    AnswerHead received = head;
    if (received != null) {
      answered(received);
    } else if (!begun) {
      fail(
          Reason.TIMEOUT,
          "the request to " + host + " was not ready within " + timeout.toMillis() + " ms");
    } else if (isWithTheProxy()) {
      fail(
          new EgressException(
              "the operator's egress proxy let nothing through within "
                  + timeout.toMillis()
                  + " ms"));
    } else if (addressKnown) {
      fail(Reason.TIMEOUT, host + " did not answer within " + timeout.toMillis() + " ms");
    } else {
      fail(
          Reason.TIMEOUT,
          "no name server knew an address of " + host + " within " + timeout.toMillis() + " ms");
    }
    grip.breakOff();
  }

  /** The channel closes. */
  void onClose() {
    AnswerHead received = head;
    if (received != null) {
      answered(received);
    } else {
      fail(Reason.CONNECTION_LOST, "this sender was stopped before " + host + " answered");
    }
    grip.breakOff();
  }

  private void onBug(Throwable bug) {
    if (result.complete(bugOutcome(took()))) {
      bugs.accept(bug);
    }
    grip.breakOff();
  }

  static Outcome bugOutcome(Duration took) {
    return new Outcome.Transient(
        Reason.CHANNEL_ERROR,
        "the webhook channel itself failed; its log says where",
        Optional.empty(),
        took);
  }

  private void answered(AnswerHead answer) {
    if (consumer.refusal().isEmpty()) {
      complete(answer);
      return;
    }
    // To look for credentials in 64 KiB takes long, and this may be the thread that serves all.
    var _ =
        Thread.startVirtualThread(() -> {
          try {
            complete(answer);
          } catch (Throwable bug) {
            onBug(bug);
          }
        });
  }

  private void complete(AnswerHead answer) {
    result.complete(
        Answers.outcome(
            answer,
            host,
            request.target().credentials(),
            consumer.refusal(),
            clock.instant(),
            took()));
  }

  private void fail(Reason reason, String message) {
    result.complete(new Outcome.Transient(reason, message, Optional.empty(), took()));
  }

  private Duration took() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }
}
