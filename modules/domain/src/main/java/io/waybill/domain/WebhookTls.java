package io.waybill.domain;

import java.util.List;
import java.util.Optional;

/**
 * Whom a webhook's sender trusts and how it shows itself, beyond what the JVM does. The key of the
 * client's certificate is sealed.
 *
 * @param ca certificates in PEM: who signed by none of them is not trusted, whoever else trusts him
 * @param clientCertificate the client's own in PEM, its issuers behind it
 */
public record WebhookTls(Optional<String> ca, Optional<String> clientCertificate) {
  /** Name of the sealed key of the client's certificate: PKCS#8 in PEM. */
  public static final String CLIENT_KEY = "webhook.tls.clientKey";

  /** Names of its sealed credentials. */
  public List<String> credentialNames() {
    return clientCertificate.isPresent() ? List.of(CLIENT_KEY) : List.of();
  }

  /** What there is of it; certificates are long, and nobody reads them in a log. */
  @Override
  public String toString() {
    return "WebhookTls[ca=%s, clientCertificate=%s]"
        .formatted(ca.isPresent(), clientCertificate.isPresent());
  }
}
