package io.waybill.channel.email;

import io.waybill.channel.email.cms.Envelope;
import io.waybill.domain.MailAddress;
import java.util.Map;

/** What keeps the content of a mail from those that it passes. Never printed. */
sealed interface Protection {

  /** The connection to the server, and nothing behind it. */
  record ConnectionAlone() implements Protection {}

  /** Each recipient's mail opens with his own key. */
  final class ByCertificates implements Protection {
    private final Map<MailAddress, Envelope> envelopes;

    ByCertificates(Map<MailAddress, Envelope> envelopes) {
      this.envelopes = Map.copyOf(envelopes);
    }

    Envelope of(MailAddress recipient) {
      Envelope found = envelopes.get(recipient);
      if (found == null) {
        throw new IllegalStateException("a recipient without a certificate came this far");
      }
      return found;
    }
  }

  /** All recipients' mails open with one password. */
  final class ByPassword implements Protection {
    private final Envelope envelope;
    private final String cover;

    ByPassword(Envelope envelope, String cover) {
      this.envelope = envelope;
      this.cover = cover;
    }

    Envelope envelope() {
      return envelope;
    }

    /** What everybody can read. */
    String cover() {
      return cover;
    }
  }
}
