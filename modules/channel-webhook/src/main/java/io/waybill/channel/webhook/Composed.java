package io.waybill.channel.webhook;

import io.waybill.domain.Reason;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHttpRequest;

/** A request that can be sent, or why there is none. */
sealed interface Composed {

  /** Ready to be sent. A class, because a record would print the credentials in its head. */
  final class Ready implements Composed {
    private final HttpHost target;
    private final BasicHttpRequest head;
    private final byte[] body;
    private final List<String> unrepeatable;
    private final Optional<TlsIdentity> tls;

    Ready(
        HttpHost target,
        BasicHttpRequest head,
        byte[] body,
        List<String> unrepeatable,
        Optional<TlsIdentity> tls) {
      this.target = target;
      this.head = head;
      this.body = body;
      this.unrepeatable = List.copyOf(unrepeatable);
      this.tls = tls;
    }

    HttpHost target() {
      return target;
    }

    BasicHttpRequest head() {
      return head;
    }

    byte[] body() {
      return body;
    }

    /** Header values and credentials, never to be repeated anywhere. */
    List<String> unrepeatable() {
      return unrepeatable;
    }

    /** Whom to trust and how to show oneself, where it is not as the JVM does. */
    Optional<TlsIdentity> tls() {
      return tls;
    }
  }

  /** Another try may find what is missing. */
  record NotNow(Reason reason, String message) implements Composed {}

  /** The destination cannot be sent to as it is configured. */
  record Never(Reason reason, String message) implements Composed {}
}
