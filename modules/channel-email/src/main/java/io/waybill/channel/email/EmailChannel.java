package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.channel.Bugs;
import io.waybill.channel.Channel;
import io.waybill.channel.CredentialSource;
import io.waybill.channel.email.cms.PasswordKeys;
import io.waybill.domain.DestinationType;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.guard.AddressGuard;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends mails over SMTP: one attempt is one connection to an address that the guard judged, with
 * one transaction for each recipient who has no mail yet. Outcomes complete on the attempt's
 * virtual thread or on the timer's; dependents must not block.
 *
 * <p>A recipient has his mail when the server says 2xx to its last line. 4xx, and everything that
 * breaks before that reply, is tried again; 5xx to a sender, a recipient or a mail is not. Both
 * kinds of outcome say in {@code doneParts} who needs no further try, so that nobody who has the
 * mail gets it again.
 */
public final class EmailChannel implements Channel {
  private static final Logger log = LoggerFactory.getLogger(EmailChannel.class);

  private final Mailing.Office office;
  private final ThreadFactory threads = Thread.ofVirtual().name("waybill-email-", 0).factory();
  private final ScheduledThreadPoolExecutor timer;
  private final Set<Mailing> underWay = ConcurrentHashMap.newKeySet();

  private EmailChannel(Mailing.Office office) {
    this.office = office;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("waybill-email-timer").factory());
    // Nearly every deadline is called off; without this each would hold its mail till then.
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * A running channel.
   *
   * @param guard shared with other channels, not closed here
   * @param clock for {@code Date}, and for what certificates are still valid
   * @param sslContext whom to trust; {@link SSLContext#getDefault} trusts what the JVM trusts
   */
  public static EmailChannel start(
      EmailSettings settings,
      CredentialSource credentials,
      AddressGuard guard,
      InstantSource clock,
      SSLContext sslContext) {
    return start(settings, credentials, guard, clock, sslContext, new PasswordKeys(clock));
  }

  /** The same with keys of its own making, for tests that make many. */
  static EmailChannel start(
      EmailSettings settings,
      CredentialSource credentials,
      AddressGuard guard,
      InstantSource clock,
      SSLContext sslContext,
      PasswordKeys keys) {
    return new EmailChannel(
        new Mailing.Office(
            new Composer(credentials, keys, clock),
            new Connector(settings, sslContext),
            guard,
            new LogIns(),
            clock));
  }

  @Override
  public DestinationType type() {
    return DestinationType.EMAIL;
  }

  @Override
  public CompletionStage<Outcome> send(Attempt attempt) {
    return start(attempt, false);
  }

  /** Comes as far as a log-in and a NOOP; no recipient hears of it. */
  @Override
  public CompletionStage<Outcome> probe(Attempt attempt) {
    return start(attempt, true);
  }

  private CompletionStage<Outcome> start(Attempt attempt, boolean probing) {
    long startedAt = System.nanoTime();
    try {
      return attempt.destination().config() instanceof EmailConfig config
          ? start(attempt, config, probing, startedAt)
          : CompletableFuture.completedFuture(
              new Outcome.Permanent(
                  Reason.TYPE_MISMATCH, "the destination is not an email one", since(startedAt)));
    } catch (Throwable bug) {
      // Throwable: a caller that gets no outcome waits for ever, and its partition with it.
      report(attempt, bug);
      return CompletableFuture.completedFuture(Mailing.bugOutcome(since(startedAt)));
    }
  }

  private CompletionStage<Outcome> start(
      Attempt attempt, EmailConfig config, boolean probing, long startedAt) {
    Mailing mailing =
        new Mailing(office, attempt, config, startedAt, probing, bug -> report(attempt, bug));
    ScheduledFuture<?> deadline;
    try {
      deadline =
          timer.schedule(
              mailing::onDeadline,
              config.timeout().minus(since(startedAt)).toNanos(),
              TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // Closed: nothing was sent, and the attempt may be made elsewhere.
      mailing.onClose();
      return mailing.outcome();
    }
    underWay.add(mailing);
    CompletionStage<Outcome> outcome =
        mailing
            .outcome()
            .whenComplete((value, failure) -> {
              deadline.cancel(false);
              underWay.remove(mailing);
            });
    if (timer.isShutdown()) {
      // Closing may have looked at the attempts under way before this one joined them.
      mailing.onClose();
      return outcome;
    }
    threads.newThread(mailing).start();
    return outcome;
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
        .log("email channel failed");
  }

  /** Mails that were accepted already stay so: their recipients are in the outcomes. */
  @Override
  public void close() {
    timer.shutdownNow();
    underWay.forEach(Mailing::onClose);
  }
}
