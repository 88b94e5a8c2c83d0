package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.MailAddress;
import io.waybill.domain.MailService;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.guard.AddressGuard;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt under way: mail, look-up, judgement, connection, a hand-over for each recipient.
 * {@link #run} does it on a thread of its own; whatever ends it first (the last reply, a failure,
 * the deadline, shutdown) sets the outcome, and everything later is ignored. Breaking off closes
 * the socket, which ends a thread that waits in it.
 */
final class Mailing implements Runnable {

  /** What all attempts of a channel share. */
  record Office(
      Composer composer,
      Connector connector,
      Endpoints endpoints,
      AddressGuard guard,
      LogIns logIns,
      IdleLines idle,
      InstantSource clock) {}

  private static final Failure BUG =
      new Failure(Reason.CHANNEL_ERROR, "the email channel itself failed; its log says where");

  private final Office office;
  private final Attempt attempt;
  private final EmailConfig config;
  private final Place place;
  private final String host;
  private final long startedAt;
  private final boolean probing;
  private final Consumer<Throwable> bugs;
  private final CompletableFuture<Outcome> result = new CompletableFuture<>();
  private final Grip grip = new Grip();
  private final Way way;
  private volatile @Nullable Tally tally;

  /**
   * An attempt that has not begun.
   *
   * @param startedAt {@link System#nanoTime} of the call, from which the time-out runs
   * @param probing whether no mail is to be sent
   * @param bugs hears what should not have happened
   */
  Mailing(
      Office office,
      Attempt attempt,
      EmailConfig config,
      long startedAt,
      boolean probing,
      Consumer<Throwable> bugs) {
    this.office = office;
    this.attempt = attempt;
    this.config = config;
    this.place = office.endpoints().of(config.service());
    this.host = place.host();
    this.startedAt = startedAt;
    this.probing = probing;
    this.bugs = bugs;
    this.way = new Way(office.connector(), office.guard(), place, this::remaining, grip);
  }

  CompletableFuture<Outcome> outcome() {
    return result;
  }

  @Override
  public void run() {
    try {
      Composed composed =
          probing
              ? office.composer().composeLogIn(attempt, config)
              : office.composer().compose(attempt, config);
      switch (composed) {
        case Composed.Ready ready -> send(ready);
        case Composed.LogInAlone alone -> probe(transport(alone.keyring()));
        case Composed.NotNow(Reason reason, String message) ->
            result.complete(new Outcome.Transient(reason, message, Optional.empty(), took()));
        case Composed.Never(Reason reason, String message) ->
            result.complete(new Outcome.Permanent(reason, message, took()));
      }
    } catch (Throwable bug) {
      // Throwable: a caller that gets no outcome waits for ever, and its partition with it.
      onBug(bug);
    } finally {
      grip.breakOff();
    }
  }

  private Transport transport(Keyring keyring) {
    return switch (config.service()) {
      case EmailConfig.Smtp _ -> new SmtpTransport(office, attempt, way, keyring, probing);
      case MailService.Ses ses ->
          http(
              keyring,
              new SesApi(
                  ses,
                  place,
                  keyring,
                  attempt.task(),
                  office.connector().session(host),
                  office.clock()));
      case MailService.SendGrid _ ->
          http(keyring, new SendGridApi(place, keyring, attempt.task(), office.clock()));
    };
  }

  private Transport http(Keyring keyring, MailApi api) {
    return new HttpTransport(office.logIns(), attempt, way, keyring, api);
  }

  private void send(Composed.Ready mail) {
    Transport transport = transport(mail.keyring());
    Tally counted =
        new Tally(
            attempt.task(), host, mail.recipients(), transport.accepted(), transport.refusedWith());
    tally = counted;
    if (counted.toTry().isEmpty()) {
      // The destination has lost recipients since the last attempt.
      result.complete(counted.outcome(Optional.empty(), took()));
      return;
    }
    try {
      Outcome outcome = outcome(transport, mail, counted);
      transport.leave();
      result.complete(outcome);
    } finally {
      transport.close();
    }
  }

  private Outcome outcome(Transport transport, Composed.Ready mail, Tally counted) {
    try {
      transport.open();
      return counted.outcome(offerAll(transport, mail, counted), took());
    } catch (Ended end) {
      Failure why = end.failure();
      return end.isForGood()
          ? new Outcome.Permanent(why.reason(), why.message(), took())
          : counted.outcome(Optional.of(why), took());
    }
  }

  /** Goes the way as far as the first mail, and says nothing of a mail. */
  private void probe(Transport transport) {
    try {
      Outcome outcome = answerToProbe(transport);
      transport.leave();
      result.complete(outcome);
    } finally {
      transport.close();
    }
  }

  private Outcome answerToProbe(Transport transport) {
    try {
      transport.open();
      return new Outcome.Delivered(transport.probe(), Optional.empty(), took());
    } catch (Ended end) {
      Failure why = end.failure();
      return end.isForGood()
          ? new Outcome.Permanent(why.reason(), why.message(), took())
          : new Outcome.Transient(why.reason(), why.message(), why.retryAfter(), took());
    }
  }

  /** Sends to each recipient; what kept some from their mail, if anything did. */
  private Optional<Failure> offerAll(Transport transport, Composed.Ready mail, Tally counted)
      throws Ended {
    Optional<Failure> last = Optional.empty();
    List<MailAddress> toTry = counted.toTry();
    for (int i = 0; i < toTry.size(); i++) {
      MailAddress recipient = toTry.get(i);
      switch (transport.offer(mail, recipient)) {
        case Handed.Taken(String reference) -> counted.taken(recipient, reference);
        case Handed.Never never when never.ofAll() -> {
          toTry.subList(i, toTry.size()).forEach(each -> counted.refusedForGood(each, never));
          return last;
        }
        case Handed.Never never -> counted.refusedForGood(recipient, never);
        case Handed.NotNow(Failure failure) -> last = Optional.of(failure);
      }
    }
    return last;
  }

  /** The attempt's time is over. */
  void onDeadline() {
    end(timeout());
  }

  /** The channel closes. */
  void onClose() {
    end(
        new Failure(
            Reason.CONNECTION_LOST, "this sender was stopped before " + host + " answered"));
  }

  private void end(Failure failure) {
    Tally counted = tally;
    result.complete(
        counted == null
            ? new Outcome.Transient(
                failure.reason(), failure.message(), failure.retryAfter(), took())
            : counted.outcome(Optional.of(failure), took()));
    grip.breakOff();
  }

  private Failure timeout() {
    String time = " within " + config.timeout().toMillis() + " ms";
    if (way.isWithTheProxy()) {
      return new Failure(
          Reason.EGRESS_UNAVAILABLE, "the operator's egress proxy let nothing through" + time);
    }
    return way.knowsAddress()
        ? new Failure(Reason.TIMEOUT, host + " did not take the mail" + time)
        : new Failure(Reason.TIMEOUT, "no name server knew an address of " + host + time);
  }

  private void onBug(Throwable bug) {
    if (!result.isDone()) {
      // Before the outcome, which sends its reader to the log.
      bugs.accept(bug);
    }
    end(BUG);
  }

  static Outcome bugOutcome(Duration took) {
    return new Outcome.Transient(BUG.reason(), BUG.message(), Optional.empty(), took);
  }

  private Duration remaining() {
    return config.timeout().minus(took());
  }

  private Duration took() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }
}
