package io.waybill.channel.webhook;

import io.waybill.channel.Attempt;
import io.waybill.channel.Bugs;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.WebhookConfig;
import io.waybill.guard.AddressGuard;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
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

  /** Each has two threads; destinations with TLS of their own are few. */
  private static final int MOST_OWN_CLIENTS = 200;

  private final Composer composer;
  private final AddressGuard guard;
  private final InstantSource clock;
  private final Duration connectTimeout;
  private final JudgedAddresses addresses = new JudgedAddresses();
  private final CloseableHttpAsyncClient client;
  private final TlsClients ownClients;
  private final ScheduledThreadPoolExecutor timer;
  private final Set<Exchange> underWay = ConcurrentHashMap.newKeySet();

  private WebhookChannel(
      WebhookSettings settings,
      CredentialSource credentials,
      AddressGuard guard,
      InstantSource clock,
      SSLContext sslContext) {
    this.composer = new Composer(credentials);
    this.guard = guard;
    this.clock = clock;
    this.connectTimeout = settings.connectTimeout();
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("waybill-webhook-timer").factory());
    // Nearly every deadline is called off; without this each would hold its request till then.
    timer.setRemoveOnCancelPolicy(true);
    this.client = HardenedClient.build(settings, addresses, sslContext, timer::isShutdown);
    this.ownClients =
        new TlsClients(
            identity -> started(settings.withIoThreads(1), identity),
            MOST_OWN_CLIENTS,
            System::nanoTime);
    var _ = timer.scheduleWithFixedDelay(ownClients::tidy, 1, 1, TimeUnit.MINUTES);
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
    channel.client.start();
    return channel;
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
    return switch (composer.compose(attempt, config, clock.instant())) {
      case Composed.Ready ready -> start(attempt, config, ready, startedAt);
      case Composed.NotNow(Reason reason, String message) ->
          ended(new Outcome.Transient(reason, message, Optional.empty(), since(startedAt)));
      case Composed.Never(Reason reason, String message) ->
          ended(new Outcome.Permanent(reason, message, since(startedAt)));
    };
  }

  private CompletionStage<Outcome> start(
      Attempt attempt, WebhookConfig config, Composed.Ready ready, long startedAt) {
    Duration timeout = config.timeout();
    Exchange exchange =
        new Exchange(
            ready,
            clock,
            startedAt,
            timeout,
            connectTimeout,
            config.errorExcerpt(),
            bug -> report(attempt, bug));
    ScheduledFuture<?> deadline;
    try {
      deadline =
          timer.schedule(
              exchange::onDeadline,
              timeout.minus(since(startedAt)).toNanos(),
              TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // Closed: nothing was sent, and the attempt may be made elsewhere.
      exchange.onClose();
      return exchange.outcome();
    }
    underWay.add(exchange);
    CompletionStage<Outcome> outcome =
        exchange
            .outcome()
            .whenComplete((value, failure) -> {
              deadline.cancel(false);
              underWay.remove(exchange);
            });
    if (timer.isShutdown()) {
      // Closing may have looked at the attempts under way before this one joined them.
      exchange.onClose();
      return outcome;
    }
    if (ready.tls().isEmpty()) {
      exchange.start(guard, addresses, client);
      return outcome;
    }
    TlsIdentity identity = ready.tls().get();
    try {
      CloseableHttpAsyncClient own = ownClients.lend(identity);
      var _ = outcome.whenComplete((value, failure) -> ownClients.giveBack(identity));
      exchange.start(guard, addresses, own);
    } catch (GeneralSecurityException e) {
      exchange.onUnusableIdentity();
    }
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
    underWay.forEach(Exchange::onClose);
    client.close(CloseMode.IMMEDIATE);
    ownClients.close();
  }
}
