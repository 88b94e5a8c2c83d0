package io.waybill.channel.webhook;

import io.waybill.channel.Attempt;
import io.waybill.channel.Bugs;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.WebhookConfig;
import io.waybill.guard.AddressGuard;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.core5.io.CloseMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends webhooks: one attempt is one HTTP/1.1 request, sent at most once, to an address that the
 * guard judged. Outcomes complete on I/O, look-up and timer threads; dependents must not block.
 *
 * <p>2xx is delivered; 408, 425, 429, 5xx and everything that breaks on the way is transient; other
 * answers are permanent. The status line decides: what becomes of the answer's body does not
 * matter, and no more than 64 KiB of it is read.
 */
public final class WebhookChannel implements Channel {
  private static final Logger log = LoggerFactory.getLogger(WebhookChannel.class);

  /** How late a deadline may be noticed. */
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  private static final Duration FORGET_EVERY = Duration.ofSeconds(1);

  /** Each has two threads; destinations with TLS of their own are few. */
  private static final int MOST_OWN_CLIENTS = 200;

  /** An array that grows by doubling, and what is taken out of it. */
  private static final int ED25519_COPIES = 3;

  private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);

  private final Targets targets;
  private final AddressGuard guard;
  private final InstantSource clock;
  private final JudgedAddresses addresses = new JudgedAddresses();
  private final CloseableHttpAsyncClient client;
  private final TlsClients ownClients;
  private final ScheduledThreadPoolExecutor timer;

  /** And those that have ended since the last look: it costs less than to take each out. */
  private final Queue<Exchange> underWay = new ConcurrentLinkedQueue<>();

  private WebhookChannel(
      WebhookSettings settings,
      CredentialSource credentials,
      AddressGuard guard,
      InstantSource clock,
      SSLContext sslContext) {
    this.targets = new Targets(new TargetMaker(credentials, settings.connectTimeout()));
    this.guard = guard;
    this.clock = clock;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("waybill-webhook-timer").factory());
    this.client = HardenedClient.build(settings, addresses, sslContext, timer::isShutdown);
    this.ownClients =
        new TlsClients(
            identity -> started(settings.withIoThreads(1), identity),
            MOST_OWN_CLIENTS,
            System::nanoTime,
            VIRTUAL);
  }

  /**
   * A running channel.
   *
   * @param guard shared with other channels, not closed here
   * @param clock for {@code webhook-timestamp} and dates in {@code Retry-After}
   * @param sslContext whom to trust; {@link SSLContext#getDefault} trusts what the JVM trusts
   */
  public static WebhookChannel start(
      WebhookSettings settings,
      CredentialSource credentials,
      AddressGuard guard,
      InstantSource clock,
      SSLContext sslContext) {
    WebhookChannel channel = new WebhookChannel(settings, credentials, guard, clock, sslContext);
    channel.start();
    return channel;
  }

  private void start() {
    client.start();
    // One look at all of them: nearly no deadline is ever reached, and a timer each costs more.
    every(LOOK_EVERY, this::endOverdue);
    every(FORGET_EVERY, targets::forgetOld);
    every(FORGET_EVERY, ownClients::tidy);
  }

  private void every(Duration pause, Runnable task) {
    var _ =
        timer.scheduleWithFixedDelay(task, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void endOverdue() {
    long now = System.nanoTime();
    underWay.removeIf(exchange -> exchange.hasEnded() || endIfOverdue(exchange, now));
  }

  private static boolean endIfOverdue(Exchange exchange, long now) {
    if (!exchange.isOverdue(now)) {
      return false;
    }
    try {
      exchange.onDeadline();
    } catch (RuntimeException | Error e) {
      // What hears of the outcome failed; a timer's task that throws would never run again.
      log.atError().setCause(Bugs.withoutMessages(e)).log("webhook deadline failed");
    }
    return true;
  }

  @Override
  public DestinationType type() {
    return DestinationType.WEBHOOK;
  }

  /** Whether the I/O threads live. When they do not, every attempt fails; only a restart helps. */
  public boolean isRunning() {
    return switch (client.getStatus()) {
      // The client's threads may still be about to take up their work.
      case INACTIVE, ACTIVE -> true;
      case SHUTTING_DOWN, SHUT_DOWN -> false;
    };
  }

  /**
   * The payload is sent from where it lies. A compressed body lies beside it, and is hardly larger
   * at worst; Java's Ed25519 keeps what it signs, and copies it once more at the end.
   */
  @Override
  public long footprint(Optional<Destination> destination, long payloadBytes) {
    boolean isGzip = destination.filter(WebhookChannel::compresses).isPresent();
    boolean isEd25519 = destination.filter(WebhookChannel::signsSlowly).isPresent();
    return payloadBytes * (1 + (isGzip ? 1 : 0) + (isEd25519 ? ED25519_COPIES : 0));
  }

  private static boolean compresses(Destination destination) {
    return destination.config() instanceof WebhookConfig config && config.gzip();
  }

  private static boolean signsSlowly(Destination destination) {
    return destination.config() instanceof WebhookConfig config
        && config.signing().stream()
            .flatMap(signing -> signing.keys().stream())
            .anyMatch(key -> key.algorithm() == SigningAlgorithm.V1A);
  }

  @Override
  public CompletionStage<Outcome> send(Attempt attempt) {
    long startedAt = System.nanoTime();
    try {
      return attempt.destination().config() instanceof WebhookConfig config
          ? send(attempt, config, startedAt)
          : ended(
              new Outcome.Permanent(
                  Reason.TYPE_MISMATCH, "the destination is not a webhook", since(startedAt)));
    } catch (Throwable bug) {
      // Throwable: a caller that gets no outcome waits for ever, and its partition with it.
      report(attempt, bug);
      return ended(Exchange.bugOutcome(since(startedAt)));
    }
  }

  private CloseableHttpAsyncClient started(WebhookSettings settings, TlsIdentity identity)
      throws GeneralSecurityException {
    CloseableHttpAsyncClient own =
        HardenedClient.build(settings, addresses, identity.context(), timer::isShutdown);
    own.start();
    return own;
  }

  private CompletionStage<Outcome> send(Attempt attempt, WebhookConfig config, long startedAt) {
    return switch (targets.of(attempt, config)) {
      case Prepared.Ready(Target target) when Composer.takesLong(attempt, config, target) ->
          CompletableFuture.supplyAsync(
                  () -> Composer.compose(attempt, config, target, clock.instant()), VIRTUAL)
              .thenCompose(request -> start(attempt, request, startedAt))
              .exceptionally(bug -> {
                report(attempt, bug);
                return Exchange.bugOutcome(since(startedAt));
              });
      case Prepared.Ready(Target target) ->
          start(attempt, Composer.compose(attempt, config, target, clock.instant()), startedAt);
      case Prepared.NotNow(Reason reason, String message) ->
          ended(new Outcome.Transient(reason, message, Optional.empty(), since(startedAt)));
      case Prepared.Never(Reason reason, String message) ->
          ended(new Outcome.Permanent(reason, message, since(startedAt)));
    };
  }

  private CompletionStage<Outcome> start(
      Attempt attempt, Composer.Composed request, long startedAt) {
    Exchange exchange = new Exchange(request, clock, startedAt, bug -> report(attempt, bug));
    underWay.add(exchange);
    CompletionStage<Outcome> outcome = exchange.outcome();
    if (timer.isShutdown()) {
      // Closing may have looked at the attempts under way before this one joined them; and without
      // the timer it would have no deadline. Nothing was sent, it may be made elsewhere.
      exchange.onClose();
      return outcome;
    }
    if (exchange.isOverdue(System.nanoTime())) {
      // Making the request took all the time: nothing is begun that could still arrive.
      exchange.onDeadline();
      return outcome;
    }
    Optional<TlsIdentity> identity = request.target().identity().tls();
    if (identity.isEmpty()) {
      exchange.start(guard, addresses, client);
      return outcome;
    }
    TlsClients.Loan own = ownClients.lend(identity.get());
    var _ = outcome.whenComplete((value, failure) -> own.giveBack());
    exchange.start(guard, addresses, own.client());
    return outcome;
  }

  private static CompletionStage<Outcome> ended(Outcome outcome) {
    return CompletableFuture.completedFuture(outcome);
  }

  private static Duration since(long startedAt) {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  private static void report(Attempt attempt, Throwable bug) {
    log.atError()
        .setCause(Bugs.withoutMessages(bug))
        .addKeyValue("taskId", attempt.task().taskId())
        .addKeyValue("destinationId", attempt.destination().id())
        .addKeyValue("attempt", attempt.number())
        .log("webhook channel failed");
  }

  @Override
  public void close() {
    timer.shutdownNow();
    underWay.stream().filter(exchange -> !exchange.hasEnded()).forEach(Exchange::onClose);
    targets.forgetAll();
    client.close(CloseMode.IMMEDIATE);
    ownClients.close();
  }
}
