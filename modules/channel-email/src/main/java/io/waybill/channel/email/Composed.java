package io.waybill.channel.email;

import io.waybill.domain.MailAddress;
import io.waybill.domain.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mail that can be sent, or why there is none. */
sealed interface Composed {

  /** Ready to be sent. A class, because a record would print addresses. */
  final class Ready implements Composed {
    private final Mail mail;
    private final Protection protection;
    private final MailAddress from;
    private final List<MailAddress> recipients;
    private final Dialogue.@Nullable LogIn logIn;

    Ready(
        Mail mail,
        Protection protection,
        MailAddress from,
        List<MailAddress> recipients,
        Dialogue.@Nullable LogIn logIn) {
      this.mail = mail;
      this.protection = protection;
      this.from = from;
      this.recipients = List.copyOf(recipients);
      this.logIn = logIn;
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

    Dialogue.@Nullable LogIn logIn() {
      return logIn;
    }
  }

  /** No mail, but who would send it; for one who only tries the way. */
  final class LogInAlone implements Composed {
    private final Dialogue.@Nullable LogIn logIn;

    LogInAlone(Dialogue.@Nullable LogIn logIn) {
      this.logIn = logIn;
    }

    Dialogue.@Nullable LogIn logIn() {
      return logIn;
    }
  }

  /** Another try may find what is missing. */
  record NotNow(Reason reason, String message) implements Composed {}

  /** The destination cannot be sent to as it is configured, or not with this payload. */
  record Never(Reason reason, String message) implements Composed {}
}
