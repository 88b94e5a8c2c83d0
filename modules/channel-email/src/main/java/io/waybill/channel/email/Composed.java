package io.waybill.channel.email;

import io.waybill.domain.MailAddress;
import io.waybill.domain.Reason;
import java.util.List;

/** A mail that can be sent, or why there is none. */
sealed interface Composed {

  /** Ready to be sent. A class, because a record would print addresses. */
  final class Ready implements Composed {
    private final Mail mail;
    private final Protection protection;
    private final MailAddress from;
    private final List<MailAddress> recipients;
    private final Keyring keyring;

    Ready(
        Mail mail,
        Protection protection,
        MailAddress from,
        List<MailAddress> recipients,
        Keyring keyring) {
      this.mail = mail;
      this.protection = protection;
      this.from = from;
      this.recipients = List.copyOf(recipients);
      this.keyring = keyring;
    }

    Mail mail() {
      return mail;
    }

    Protection protection() {
      return protection;
    }

    MailAddress from() {
      return from;
    }

    List<MailAddress> recipients() {
      return recipients;
    }

    Keyring keyring() {
      return keyring;
    }
  }

  /** No mail, but who would send it; for one who only tries the way. */
  final class LogInAlone implements Composed {
    private final Keyring keyring;

    LogInAlone(Keyring keyring) {
      this.keyring = keyring;
    }

    Keyring keyring() {
      return keyring;
    }
  }

  /** Another try may find what is missing. */
  record NotNow(Reason reason, String message) implements Composed {}

  /** The destination cannot be sent to as it is configured, or not with this payload. */
  record Never(Reason reason, String message) implements Composed {}
}
