package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.MailAddress;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.guard.AddressGuard;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt under way: mail, look-up, judgement, connection, a transaction for each recipient.
 * {@link #run} does it on a thread of its own; whatever ends it first (the last reply, a failure,
 * the deadline, shutdown) sets the outcome, and everything later is ignored. Breaking off closes
 * the socket, which ends a thread that waits in it.
 */
final class Mailing implements Runnable {

  /** What all attempts of a channel share. */
  record Office(
      Composer composer,
      Connector connector,
      AddressGuard guard,
      LogIns logIns,
      InstantSource clock) {}

  private static final Failure BUG =
      new Failure(Reason.CHANNEL_ERROR, "the email channel itself failed; its log says where");

  private static final int PATIENCE_AT_THE_END = 1_000;

  private final Office office;
  private final Attempt attempt;
  private final EmailConfig config;
  private final String host;
  private final long startedAt;
  private final boolean probing;
  private final Consumer<Throwable> bugs;
  private final CompletableFuture<Outcome> result = new CompletableFuture<>();
  private final Object socketLock = new Object();
  private @Nullable Socket socket;
  private boolean brokenOff;
  private volatile @Nullable Tally tally;
  private final Opening opening;

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
    this.host = config.smtp().host();
    this.startedAt = startedAt;
    this.probing = probing;
    this.bugs = bugs;
    this.opening = new Opening(office, attempt, config, this::remaining, this::hold);
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
        case Composed.LogInAlone alone -> probe(alone);
        case Composed.NotNow(Reason reason, String message) ->
            result.complete(new Outcome.Transient(reason, message, Optional.empty(), took()));
        case Composed.Never(Reason reason, String message) ->
            result.complete(new Outcome.Permanent(reason, message, took()));
      }
    } catch (Throwable bug) {
      // Throwable: a caller that gets no outcome waits for ever, and its partition with it.
      onBug(bug);
    } finally {
      breakOff();
    }
  }

  private void send(Composed.Ready mail) {
    Tally counted = new Tally(attempt.task(), host, mail.recipients());
    tally = counted;
    if (counted.toTry().isEmpty()) {
      // The destination has lost recipients since the last attempt.
      result.complete(counted.outcome(Optional.empty(), took()));
      return;
    }
    Session session = office.connector().session(host);
    Dialogue dialogue = new Dialogue(session, mail.logIn());
    Outcome outcome;
    try {
      opening.begin(dialogue);
      MailMaker maker = new MailMaker(session);
      outcome = counted.outcome(offerAll(dialogue, maker, mail, counted), took());
    } catch (Ended end) {
      Failure why = end.failure();
      outcome =
          end.isForGood()
              ? new Outcome.Permanent(why.reason(), why.message(), took())
              : counted.outcome(Optional.of(why), took());
    }
    result.complete(outcome);
    quit(dialogue);
  }

  /** Goes the way as far as the first mail, and says nothing of a mail. */
  private void probe(Composed.LogInAlone who) {
    Dialogue dialogue = new Dialogue(office.connector().session(host), who.logIn());
    Outcome outcome;
    try {
      opening.begin(dialogue);
      outcome = answerToProbe(dialogue);
    } catch (Ended end) {
      Failure why = end.failure();
      outcome =
          end.isForGood()
              ? new Outcome.Permanent(why.reason(), why.message(), took())
              : new Outcome.Transient(why.reason(), why.message(), why.retryAfter(), took());
    }
    result.complete(outcome);
    quit(dialogue);
  }

  private Outcome answerToProbe(Dialogue dialogue) throws Ended {
    int code;
    try {
      code = dialogue.ask();
    } catch (MessagingException e) {
      throw new Ended(
          Failures.of(e, host)
              .orElseGet(() ->
                  new Failure(Reason.CONNECTION_LOST, "the connection to " + host + " broke")));
    }
    if (code < 200 || code > 299) {
      throw new Ended(givenUp(dialogue, new Reply(Reply.Step.MAIL, code, "")));
    }
    return new Outcome.Delivered(Integer.toString(code), Optional.empty(), took());
  }

  /** Sends to each recipient; what kept some from their mail, if anything did. */
  private Optional<Failure> offerAll(
      Dialogue dialogue, MailMaker maker, Composed.Ready mail, Tally counted) throws Ended {
    Optional<Failure> last = Optional.empty();
    List<MailAddress> toTry = counted.toTry();
    for (int i = 0; i < toTry.size(); i++) {
      MailAddress recipient = toTry.get(i);
      Reply reply = offer(dialogue, maker, mail, recipient);
      if (reply.isTaken()) {
        counted.taken(recipient, reply.reference());
      } else if (reply.isForGood() && reply.step() == Reply.Step.MAIL) {
        // It is the sender who is not wanted, so none of the others gets anything either.
        toTry.subList(i, toTry.size()).forEach(each -> counted.refusedForGood(each, reply));
        return last;
      } else if (reply.isForGood()) {
        counted.refusedForGood(recipient, reply);
      } else if (reply.isForNow() && !reply.isGoodBye() && reply.step() != Reply.Step.MAIL) {
        last = Optional.of(notNow(reply));
      } else {
        throw new Ended(givenUp(dialogue, reply));
      }
    }
    return last;
  }

  private Reply offer(
      Dialogue dialogue, MailMaker maker, Composed.Ready mail, MailAddress recipient) throws Ended {
    MimeMessage message;
    try {
      message =
          maker.message(
              mail.mail(),
              mail.protection(),
              attempt.task(),
              mail.from(),
              recipient,
              office.clock().instant());
    } catch (MessagingException e) {
      throw new IllegalStateException("a mail of checked parts cannot be made", e);
    }
    try {
      return dialogue.offer(mail.from().address(), recipient.address(), message);
    } catch (MessagingException | IOException e) {
      // Between the message's last dot and the reply to it nobody knows whether it was taken: worst
      // case, this recipient gets it twice.
      throw new Ended(
          Failures.of(e, host)
              .orElseGet(() ->
                  new Failure(Reason.CONNECTION_LOST, "the connection to " + host + " broke")));
    }
  }

  private Failure notNow(Reply reply) {
    return new Failure(
        Reason.SMTP_TRANSIENT, host + " answered " + reply.code() + " to " + reply.about());
  }

  /** Why nothing else is said to this server in this attempt. */
  private Failure givenUp(Dialogue dialogue, Reply reply) {
    if (reply.wantsLogIn()) {
      return new Failure(
          Reason.CREDENTIALS_REFUSED,
          host + " answered " + reply.code() + ": it takes mails from those who log in only");
    }
    if (reply.isForNow()) {
      return notNow(reply);
    }
    if (reply.code() != Reply.NONE) {
      return new Failure(
          Reason.PROTOCOL_ERROR,
          host + " answered " + reply.code() + " to " + reply.about() + ", which means nothing");
    }
    return Opening.noReply(dialogue, host);
  }

  private void quit(Dialogue dialogue) {
    try {
      synchronized (socketLock) {
        if (socket != null) {
          // Nobody waits for this any more, and the deadline is called off.
          socket.setSoTimeout(PATIENCE_AT_THE_END);
        }
      }
      dialogue.close();
    } catch (MessagingException | SocketException e) {
      // A courtesy; the mails are the server's or they are not.
      return;
    }
  }

  private void hold(Socket newSocket) {
    synchronized (socketLock) {
      socket = newSocket;
      if (brokenOff) {
        close(newSocket);
      }
    }
  }

  private void breakOff() {
    synchronized (socketLock) {
      brokenOff = true;
      if (socket != null) {
        close(socket);
      }
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is as closed as it will be.
      return;
    }
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
    breakOff();
  }

  private Failure timeout() {
    String time = " within " + config.timeout().toMillis() + " ms";
    if (opening.isWithTheProxy()) {
      return new Failure(
          Reason.EGRESS_UNAVAILABLE, "the operator's egress proxy let nothing through" + time);
    }
    return opening.knowsAddress()
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
