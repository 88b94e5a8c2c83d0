package io.waybill.app.cli;

import io.waybill.domain.Destination;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.Outcome;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.WebhookConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A tried connection in words: what was tried, what happened, what to do. Holds what outcomes hold:
 * hosts, nothing of a credential, and of an answer its code; where a webhook asks for {@code
 * errorExcerpt}, the start of a refusal too.
 *
 * @param delivered whether a mail or an object was to be made
 */
record ConnectionReport(
    Destination destination, boolean delivered, ConnectionTester.Result result) {

  private static final String THE_OPERATOR =
      "If this address is right, the operator allows its network with allowCidrs (or"
          + " --allow-cidr), its port with allowPorts; otherwise correct the destination.";

  private static final Map<Reason, String> ADVICE =
      Map.ofEntries(
          Map.entry(Reason.ADDRESS_DENIED, THE_OPERATOR),
          Map.entry(
              Reason.DNS_FAILURE,
              "Check the host's spelling, and whether this machine's name server knows it."),
          Map.entry(
              Reason.CONNECTION_REFUSED,
              "Check host and port, that something listens there, and firewalls on the way."),
          Map.entry(
              Reason.CONNECTION_LOST,
              "Check that the port speaks this protocol, and what its log says."),
          Map.entry(
              Reason.TIMEOUT,
              "Check firewalls on the way; if it is only slow, raise the destination's timeout."),
          Map.entry(
              Reason.TLS_FAILURE,
              "Mend the certificate or the protocol at the receiver; certificates are not waived."),
          Map.entry(Reason.PROTOCOL_ERROR, "Check the port: something else seems to answer there."),
          Map.entry(
              Reason.CREDENTIALS_REFUSED,
              "Apply the destination again with the right credentials; do not try often, accounts"
                  + " get locked."),
          Map.entry(
              Reason.KEY_UNAVAILABLE,
              "Give --keyset the file that the senders have: the credentials were sealed with"
                  + " another."),
          Map.entry(Reason.INTEGRITY, "Apply the destination again with its credentials."),
          Map.entry(Reason.INVALID_CREDENTIAL, "Apply the destination again with its credentials."),
          Map.entry(
              Reason.CERTIFICATE_NOT_VALID,
              "Apply the destination again with the recipient's new certificate."),
          Map.entry(
              Reason.EGRESS_UNAVAILABLE,
              "This is the operator's proxy and not the destination: look at its log and rules."),
          Map.entry(
              Reason.HTTP_PERMANENT,
              "The receiver was reached and refuses: look at its log for this time."),
          Map.entry(
              Reason.HTTP_TRANSIENT,
              "The receiver was reached and has trouble: look at its log for this time."),
          Map.entry(Reason.REDIRECT_REFUSED, "Apply the destination again with the final URL."),
          Map.entry(
              Reason.GONE, "The receiver wants no more of this: find out who took its place."),
          Map.entry(
              Reason.STORAGE_PERMANENT,
              "Mend what the store says; with --deliver an object is written to try."),
          Map.entry(Reason.STORAGE_TRANSIENT, "Try again in a while."),
          Map.entry(Reason.SMTP_TRANSIENT, "Try again in a while, or look at the server's log."),
          Map.entry(Reason.SMTP_PERMANENT, "Look at the server's log for this time."),
          Map.entry(
              Reason.TEMPLATE_FIELD_MISSING,
              "Give --data FILE with the fields that the templates ask for."));

  /** What is sent when nothing else was given. */
  static RawJson ownData() {
    return RawJson.of("{\"test\":true,\"message\":\"Somebody runs: waybill destinations test\"}");
  }

  /** The lines of the report by their names, in order. */
  Map<String, String> lines() {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("destination", destination.label() + " (" + destination.id() + ")");
    lines.put("tried", tried());
    lines.put("rules", String.join("; ", result.rules()));
    switch (result.outcome()) {
      case Outcome.Delivered good -> {
        lines.put("result", "ok");
        lines.put(
            "happened", "answered " + good.answer() + " in " + good.took().toMillis() + " ms");
        lines.put("to do", todo());
      }
      case Outcome.Transient failed -> failure(lines, failed.reason(), failed.message());
      case Outcome.Permanent failed -> failure(lines, failed.reason(), failed.message());
    }
    return lines;
  }

  private void failure(Map<String, String> lines, Reason reason, String message) {
    lines.put("result", reason.code());
    lines.put("happened", message + " (after " + result.outcome().took().toMillis() + " ms)");
    lines.put("to do", ADVICE.getOrDefault(reason, "docs/status.md says what this reason means."));
  }

  private String todo() {
    return destination.enabled()
        ? "nothing"
        : "It is disabled: `waybill destinations enable` lets deliveries through.";
  }

  private String tried() {
    return switch (destination.config()) {
      case WebhookConfig webhook ->
          webhook.method() + " of an event of type waybill.test to " + webhook.url().getHost();
      case EmailConfig email ->
          delivered
              ? "a mail through " + email.smtp().host() + " to every recipient"
              : "the way to "
                  + email.smtp().host()
                  + (email.smtp().authenticates() ? ", log-in included" : "")
                  + "; no mail was sent (--deliver sends one)";
      case StorageConfig storage ->
          delivered
              ? "an object in bucket " + storage.bucket()
              : "a look at bucket "
                  + storage.bucket()
                  + " with the destination's credentials; nothing was written (--deliver writes"
                  + " an object)";
    };
  }
}
