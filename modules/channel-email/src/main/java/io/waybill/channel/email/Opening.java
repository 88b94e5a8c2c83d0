package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.domain.Reason;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** How a dialogue with a mail server begins: connection, TLS, log-in. */
final class Opening {
  private final LogIns logIns;
  private final Attempt attempt;
  private final Way way;
  private final String host;

  Opening(LogIns logIns, Attempt attempt, Way way) {
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
    try (LogIns.Turn.Granted _ = logIns.granted(attempt, host, way.remaining())) {
      converse(dialogue, judged);
      if (dialogue.offersLogIn()) {
        logIns.succeeded(attempt);
      }
    }
    if (!dialogue.offersLogIn()) {
      throw new Ended(
          new Failure(
              Reason.CREDENTIALS_REFUSED,
              host + " offers no log-in, but the destination has credentials for it"));
    }
  }

  private void converse(Dialogue dialogue, List<InetAddress> judged) throws Ended {
    try {
      dialogue.begin(way.connect(judged));
    } catch (AuthenticationFailedException e) {
      throw new Ended(logInFailure(dialogue, e));
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

  private Failure logInFailure(Dialogue dialogue, AuthenticationFailedException cause) {
    int code = dialogue.getLastReturnCode();
    if (code >= 500 && code < 600) {
      logIns.refused(attempt);
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
