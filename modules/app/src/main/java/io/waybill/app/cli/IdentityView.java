package io.waybill.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.WebhookAuth;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookTls;
import java.util.List;
import java.util.function.UnaryOperator;

/** How a webhook's signing, authentication and TLS are shown: as written, credentials masked. */
final class IdentityView {
  /** What a read-back of {@code signing} has beside the definition. */
  private static final List<String> SET_BY_WAYBILL = List.of("publicKey", "previous");

  private IdentityView() {}

  /**
   * Adds what there is.
   *
   * @param mask what is shown of the credential of a name
   */
  static void write(WebhookConfig webhook, UnaryOperator<String> mask, ObjectNode json) {
    webhook.signing().ifPresent(signing -> write(signing, mask, json.putObject("signing")));
    webhook.auth().ifPresent(auth -> write(auth, mask, json.putObject("auth")));
    webhook.tls().ifPresent(tls -> write(tls, mask, json.putObject("tls")));
    if (webhook.gzip()) {
      json.put("gzip", true);
    }
    if (webhook.errorExcerpt()) {
      json.put("errorExcerpt", true);
    }
  }

  private static void write(WebhookSigning signing, UnaryOperator<String> mask, ObjectNode json) {
    WebhookSigning.Key current = signing.current();
    if (current.algorithm() == SigningAlgorithm.HEADERS) {
      json.put("scheme", "headers");
    } else {
      json.put("scheme", "standard-webhooks").put("algorithm", current.algorithm().word());
    }
    json.put("secret", mask.apply(current.credentialName()));
    current.publicKey().ifPresent(key -> json.put("publicKey", key));
    json.put("overlap", signing.overlap().toMillis());
    if (signing.keys().size() > 1) {
      ArrayNode previous = json.putArray("previous");
      for (WebhookSigning.Key key : signing.keys().subList(1, signing.keys().size())) {
        ObjectNode one = previous.addObject().put("algorithm", key.algorithm().word());
        one.put("secret", mask.apply(key.credentialName()));
        key.publicKey().ifPresent(text -> one.put("publicKey", text));
        key.until().ifPresent(until -> one.put("until", until.toString()));
      }
    }
  }

  private static void write(WebhookAuth auth, UnaryOperator<String> mask, ObjectNode json) {
    json.put("type", auth.word());
    if (auth instanceof WebhookAuth.ApiKey key) {
      json.put("header", key.header());
    }
    for (String name : auth.credentialNames()) {
      json.put(name.substring(name.lastIndexOf('.') + 1), mask.apply(name));
    }
  }

  private static void write(WebhookTls tls, UnaryOperator<String> mask, ObjectNode json) {
    tls.ca().ifPresent(pem -> json.put("ca", pem));
    tls.clientCertificate()
        .ifPresent(pem ->
            json.put("clientCertificate", pem).put("clientKey", mask.apply(WebhookTls.CLIENT_KEY)));
  }

  /** Takes from a read-back what a definition must not hold. */
  static void toDefinition(ObjectNode destination) {
    JsonNode signing = destination.at("/config/webhook/signing");
    if (signing instanceof ObjectNode object) {
      object.remove(SET_BY_WAYBILL);
    }
  }
}
