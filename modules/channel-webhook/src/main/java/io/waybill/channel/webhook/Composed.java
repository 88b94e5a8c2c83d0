package io.waybill.channel.webhook;

import io.waybill.domain.Reason;
import java.util.List;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHttpRequest;

/** A request that can be sent, or why there is none. */
sealed interface Composed {

  /** Ready to be sent. A class, because a record would print the credentials in its head. */
  final class Ready implements Composed {
    private final HttpHost target;
    private final BasicHttpRequest head;
    private final byte[] body;
    private final List<String> configured;

    Ready(HttpHost target, BasicHttpRequest head, byte[] body, List<String> configured) {
      this.target = target;
      this.head = head;
      this.body = body;
      this.configured = List.copyOf(configured);
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

    /** The values of the configured headers, never to be repeated anywhere. */
    List<String> configured() {
      return configured;
    }
  }

  /** Another try may find what is missing. */
  record NotNow(Reason reason, String message) implements Composed {}

  /** The destination cannot be sent to as it is configured. */
  record Never(Reason reason, String message) implements Composed {}
}
