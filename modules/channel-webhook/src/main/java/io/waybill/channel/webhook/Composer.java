package io.waybill.channel.webhook;

import io.waybill.channel.Attempt;
import io.waybill.domain.Task;
import io.waybill.domain.WebhookConfig;
import java.time.Instant;
import java.util.Optional;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHttpRequest;

/** Makes the request of one attempt. */
final class Composer {
  private Composer() {}

  /** Hashed in less than a tenth of a millisecond. */
  private static final int QUICK_BYTES = 16 * 1024;

  /** A request. A class, because a record would print the credentials in its head. */
  static final class Composed {
    private final Target target;
    private final BasicHttpRequest head;
    private final Body body;
    private final boolean mayBeQuoted;

    private Composed(Target target, BasicHttpRequest head, Body body, boolean mayBeQuoted) {
      this.target = target;
      this.head = head;
      this.body = body;
      this.mayBeQuoted = mayBeQuoted;
    }

    /** Whether the start of a refusal may be kept, which may repeat the payload. */
    boolean mayBeQuoted() {
      return mayBeQuoted;
    }

    Target target() {
      return target;
    }

    BasicHttpRequest head() {
      return head;
    }

    Body body() {
      return body;
    }
  }

  /**
   * Whether {@link #compose} takes so long that a caller who has others to serve lets somebody else
   * do it: compressing, hashing many bytes, or Ed25519.
   */
  static boolean takesLong(Attempt attempt, WebhookConfig config, Target target) {
    Optional<Signer> signer = target.identity().signer();
    boolean manyBytes = attempt.data().size() > QUICK_BYTES;
    return (manyBytes && (config.gzip() || signer.isPresent()))
        || signer.filter(Signer::isSlow).isPresent();
  }

  static Composed compose(Attempt attempt, WebhookConfig config, Target target, Instant now) {
    Task task = attempt.task();
    BasicHttpRequest head = new BasicHttpRequest(target.method(), target.host(), target.path());
    for (Header header : target.headers()) {
      head.addHeader(header);
    }
    head.addHeader("webhook-id", task.taskId().value());
    head.addHeader("webhook-timestamp", Long.toString(now.getEpochSecond()));
    head.addHeader("waybill-delivery-id", task.deliveryId().toString());
    head.addHeader("waybill-attempt", Integer.toString(attempt.number()));
    addIfSafe(head, "waybill-type", task.payloadType());
    task.correlationId().ifPresent(id -> addIfSafe(head, "waybill-correlation-id", id));
    Body plain =
        switch (config.body()) {
          case DATA -> Body.of(attempt.data().bytes());
          case ENVELOPE -> Envelope.of(task, attempt.data());
        };
    Body body = config.gzip() ? Gzip.of(plain) : plain;
    target
        .identity()
        .signer()
        .ifPresent(signer ->
            signer.sign(
                task.taskId().value(), task.deliveryId().toString(), now, body, head::addHeader));
    return new Composed(target, head, body, target.wantsExcerpt() && !attempt.confidential());
  }

  private static void addIfSafe(BasicHttpRequest head, String name, String value) {
    if (isSafe(value)) {
      head.addHeader(name, value);
    }
  }

  /** Visible ASCII without blanks at its ends. */
  private static boolean isSafe(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c >= 0x7f) {
        return false;
      }
    }
    return !value.isEmpty() && value.charAt(0) != ' ' && value.charAt(value.length() - 1) != ' ';
  }
}
