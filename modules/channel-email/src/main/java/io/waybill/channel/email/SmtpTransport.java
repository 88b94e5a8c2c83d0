package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.domain.MailAddress;
import io.waybill.domain.Reason;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hands mails over by SMTP: a transaction for each recipient, on a connection that an earlier
 * attempt of the same destination left, or on a new one.
 *
 * <p>A server may close a connection at any time that nobody uses, and so one that was left is
 * asked first. Where it is gone all the same before anything of a mail was sent, the mail goes by a
 * new one: that is no failure of the destination's. What was sent in part is not sent twice.
 */
final class SmtpTransport implements Transport {
  private static final int PATIENCE_WITH_AN_IDLE_ONE = 2_000;
  private static final int PATIENCE_AT_THE_END = 1_000;

  private final Connector connector;
  private final IdleLines idle;
  private final InstantSource clock;
  private final Attempt attempt;
  private final Way way;
  private final Keyring keyring;
  private final boolean probing;
  private final Opening opening;
  private final String host;
  private final Session session;
  private final MailMaker maker;
  private List<InetAddress> judged = List.of();
  private @Nullable Dialogue dialogue;
  private IdleLines.@Nullable Line line;
  private boolean usedBefore;
  private boolean kept;

  SmtpTransport(Mailing.Office office, Attempt attempt, Way way, Keyring keyring, boolean probing) {
    this.connector = office.connector();
    this.idle = office.idle();
    this.clock = office.clock();
    this.attempt = attempt;
    this.way = way;
    this.keyring = keyring;
    this.probing = probing;
    this.opening = new Opening(office.logIns(), attempt, way, keyring);
    this.host = way.place().host();
    this.session = connector.session(host);
    this.maker = new MailMaker(session);
  }

  @Override
  public String accepted() {
    return "250";
  }

  @Override
  public Reason refusedWith() {
    return Reason.SMTP_PERMANENT;
  }

  @Override
  public void open() throws Ended {
    judged = way.judged();
    // Whoever tries the way wants to know whether the credentials are still good.
    if (probing || !goesOn()) {
      begin();
    }
  }

  private boolean goesOn() {
    for (Optional<IdleLines.Line> next = idle.take(attempt, way.place(), judged);
        next.isPresent();
        next = idle.take(attempt, way.place(), judged)) {
      IdleLines.Line left = next.get();
      way.grip().hold(left.socket());
      try {
        way.grip().waitNoLongerThan(PATIENCE_WITH_AN_IDLE_ONE);
        if (left.dialogue().isAlive()) {
          way.grip().waitNoLongerThan(connector.replyMillis(way::remaining));
          dialogue = left.dialogue();
          line = left;
          usedBefore = true;
          return true;
        }
      } catch (SocketException e) {
        // Closed, by its server or by the deadline.
        usedBefore = false;
      }
      way.grip().drop();
    }
    return false;
  }

  private void begin() throws Ended {
    Dialogue anew = new Dialogue(session, keyring);
    usedBefore = false;
    line = null;
    dialogue = anew;
    opening.begin(anew, judged);
    line = new IdleLines.Line(anew, way.grip().held(), way.place(), attempt);
  }

  @Override
  public Handed offer(Composed.Ready mail, MailAddress recipient) throws Ended {
    MimeMessage message;
    try {
      message =
          maker.message(
              mail.mail(),
              mail.protection(),
              attempt.task(),
              mail.from(),
              recipient,
              clock.instant());
    } catch (MessagingException e) {
      throw new IllegalStateException("a mail of checked parts cannot be made", e);
    }
    boolean mayBeGone = usedBefore;
    usedBefore = false;
    try {
      Reply reply = say(mail, recipient, message);
      if (mayBeGone && isGone(reply)) {
        return afresh(mail, recipient, message);
      }
      return meaning(reply);
    } catch (MessagingException | IOException e) {
      if (mayBeGone && !current().dialogue().hasBegunAMessage()) {
        return afresh(mail, recipient, message);
      }
      throw broken(e);
    }
  }

  private Handed afresh(Composed.Ready mail, MailAddress recipient, MimeMessage message)
      throws Ended {
    way.grip().drop();
    begin();
    try {
      return meaning(say(mail, recipient, message));
    } catch (MessagingException | IOException e) {
      throw broken(e);
    }
  }

  private Reply say(Composed.Ready mail, MailAddress recipient, MimeMessage message)
      throws MessagingException, IOException {
    current().countMail();
    return current().dialogue().offer(mail.from().address(), recipient.address(), message);
  }

  private IdleLines.Line current() {
    IdleLines.Line found = line;
    if (found == null) {
      throw new IllegalStateException("not opened");
    }
    return found;
  }

  /** The server had closed the connection, or was about to, before it saw anything of the mail. */
  private boolean isGone(Reply reply) {
    return !current().dialogue().hasBegunAMessage()
        && (reply.isGoodBye() || (reply.code() == Reply.NONE && current().dialogue().hungUp()));
  }

  private Ended broken(Exception cause) {
    // Between the message's last dot and the reply to it nobody knows whether it was taken: worst
    // case, this recipient gets it twice.
    return new Ended(
        Failures.of(cause, host)
            .orElseGet(
                () -> new Failure(Reason.CONNECTION_LOST, "the connection to " + host + " broke")));
  }

  private Handed meaning(Reply reply) throws Ended {
    if (reply.isTaken()) {
      return new Handed.Taken(reply.reference());
    }
    if (reply.isForGood()) {
      // Where the sender is not wanted none of the others gets anything either.
      return new Handed.Never(
          Reason.SMTP_PERMANENT,
          reply.code() + " to " + reply.about(),
          reply.step() == Reply.Step.MAIL);
    }
    if (reply.isForNow() && !reply.isGoodBye() && reply.step() != Reply.Step.MAIL) {
      return new Handed.NotNow(notNow(reply));
    }
    throw new Ended(givenUp(reply));
  }

  private Failure notNow(Reply reply) {
    return new Failure(
        Reason.SMTP_TRANSIENT, host + " answered " + reply.code() + " to " + reply.about());
  }

  /** Why nothing else is said to this server in this attempt. */
  private Failure givenUp(Reply reply) {
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
    return Opening.noReply(current().dialogue(), host);
  }

  @Override
  public String probe() throws Ended {
    int code;
    try {
      code = current().dialogue().ask();
    } catch (MessagingException e) {
      throw broken(e);
    }
    if (code < 200 || code > 299) {
      throw new Ended(givenUp(new Reply(Reply.Step.MAIL, code, "")));
    }
    return Integer.toString(code);
  }

  @Override
  public void leave() {
    IdleLines.Line mine = line;
    if (mine != null && !probing && mine.dialogue().isBetweenMails() && way.grip().letGo()) {
      kept = true;
      idle.give(attempt, mine);
    }
  }

  @Override
  public void close() {
    Dialogue mine = dialogue;
    if (mine == null || kept) {
      return;
    }
    try {
      // Nobody waits for this any more, and the deadline is called off.
      way.grip().waitNoLongerThan(PATIENCE_AT_THE_END);
      mine.close();
    } catch (MessagingException | SocketException e) {
      // A courtesy; the mails are the server's or they are not.
      return;
    }
  }
}
