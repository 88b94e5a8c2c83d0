package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.domain.Reason;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How a dialogue with a mail server begins: connection, TLS, log-in. */
final class Opening {
  private final LogIns logIns;
  private final Attempt attempt;
  private final Way way;
  private final Keyring keyring;
  private final String host;

  Opening(LogIns logIns, Attempt attempt, Way way, Keyring keyring) {
    this.keyring = keyring;
    this.logIns = logIns;
    this.attempt = attempt;
    this.way = way;
    this.host = way.place().host();
  }

  /**
   * Comes as far as the first mail.
   *
   * @param judged all that may be dialled
   * @throws Ended with why not
   */
  void begin(Dialogue dialogue, List<InetAddress> judged) throws Ended {
    if (!dialogue.logsIn()) {
      converse(dialogue, judged);
      return;
    }
    try (LogIns.Turn.Granted granted =
        Turns.granted(
            logIns,
            keyring.account(logIns, attempt.destination().organizationId(), way.place()),
            host,
            way.remaining())) {
      beginWithLogIn(dialogue, judged, granted);
    }
    if (!dialogue.offersLogIn()) {
      throw new Ended(
          new Failure(
              Reason.CREDENTIALS_REFUSED,
              host + " offers no log-in, but the destination has credentials for it"));
    }
  }

  private void beginWithLogIn(
      Dialogue dialogue, List<InetAddress> judged, LogIns.Turn.Granted granted) throws Ended {
    dialogue.askBeforeLogIn(() -> mayEnter(granted));
    try {
      dialogue.begin(way.connect(judged));
    } catch (MessagingException | IOException e) {
      if (dialogue.hasWithheldLogIn()) {
        throw new Ended(withheld(granted));
      }
      throw new Ended(
          e instanceof AuthenticationFailedException refused
              ? logInFailure(dialogue, refused, granted)
              : openingFailure(dialogue, e));
    }
    // A connection is kept for others, and must not keep this attempt's data with it.
    dialogue.askBeforeLogIn(() -> true);
    if (dialogue.offersLogIn()) {
      granted.succeeded();
    }
  }

  private boolean mayEnter(LogIns.Turn.Granted granted) {
    try {
      return granted.enter(way.remaining());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Failure withheld(LogIns.Turn.Granted granted) {
    Duration pause = granted.pause();
    return pause.isPositive() ? Turns.pause(host, pause) : Turns.tooLate(host);
  }

  private void converse(Dialogue dialogue, List<InetAddress> judged) throws Ended {
    try {
      dialogue.begin(way.connect(judged));
    } catch (MessagingException | IOException e) {
      throw new Ended(openingFailure(dialogue, e));
    }
  }

  private Failure openingFailure(Dialogue dialogue, Exception cause) {
    Optional<Failure> broken = Failures.of(cause, host);
    if (broken.isPresent()) {
      return broken.get();
    }
    int code = dialogue.getLastReturnCode();
    if (code >= 400 && code < 600) {
      return new Failure(Reason.SMTP_TRANSIENT, host + " answered " + code + " before any mail");
    }
    if (code == 250 && !way.place().tls() && !dialogue.offersTls()) {
      return new Failure(
          Reason.TLS_FAILURE,
          host
              + " offers no STARTTLS, and nothing is sent in clear; the operator can allow hosts"
              + " with --allow-unencrypted-smtp");
    }
    return noReply(dialogue, host);
  }

  private Failure logInFailure(
      Dialogue dialogue, AuthenticationFailedException cause, LogIns.Turn.Granted granted) {
    int code = dialogue.getLastReturnCode();
    if (code >= 500 && code < 600) {
      granted.refused();
      return new Failure(
          Reason.CREDENTIALS_REFUSED,
          host
              + " answered "
              + code
              + " to the log-in: update the destination with the right user and password",
          Optional.of(LogIns.PAUSE));
    }
    if (code >= 400 && code < 500) {
      return new Failure(Reason.SMTP_TRANSIENT, host + " answered " + code + " to the log-in");
    }
    if (code >= 200 && code < 400) {
      return new Failure(
          Reason.CREDENTIALS_REFUSED,
          host + " offers no log-in that sends user and password (PLAIN or LOGIN)");
    }
    return Failures.of(cause, host).orElseGet(() -> noReply(dialogue, host));
  }

  /** What it means that there was no reply, or none with a code. */
  static Failure noReply(Dialogue dialogue, String host) {
    return dialogue.hungUp()
        ? new Failure(Reason.CONNECTION_LOST, host + " closed the connection instead of answering")
        : new Failure(Reason.PROTOCOL_ERROR, host + " did not answer in SMTP");
  }
}
