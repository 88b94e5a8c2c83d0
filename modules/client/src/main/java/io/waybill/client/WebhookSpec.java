package io.waybill.client;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * A webhook while it is being written.
 *
 * <pre>{@code
 * DestinationSpec.webhook("hospital-001", "SIEM Integration")
 *     .url("https://siem.hospital.com/api/audit-events")
 *     .header("Authorization", "Bearer " + token)
 *     .timeout(Duration.ofSeconds(15))
 *     .signed()
 * }</pre>
 */
public final class WebhookSpec extends SpecBuilder<WebhookSpec> {
  WebhookSpec(String organizationId, String label) {
    super(organizationId, label, "webhook");
  }

  @Override
  WebhookSpec self() {
    return this;
  }

  /** Where requests go, http or https. Stored in clear: tokens belong into headers. */
  public WebhookSpec url(String url) {
    return with("url", url);
  }

  /** The same. */
  public WebhookSpec url(URI url) {
    return url(url.toString());
  }

  /** POST (when it is not said), PUT or PATCH. */
  public WebhookSpec method(String method) {
    return with("method", method);
  }

  /** A header of each request. Its value is sealed before it is published. */
  public WebhookSpec header(String name, String value) {
    object("headers").put(name, value);
    return this;
  }

  /** The body is an object with ids, type, metadata and data; otherwise the data byte for byte. */
  public WebhookSpec envelope() {
    return with("body", "envelope");
  }

  /**
   * Each request is signed (Standard Webhooks, v1) with a secret that Waybill makes: {@link
   * SavedDestination#signingSecret}.
   */
  public WebhookSpec signed() {
    object("signing");
    return this;
  }

  /** Signed with this secret ({@code whsec_...}, {@code whsk_...} for v1a). */
  public WebhookSpec signedWith(String secret) {
    object("signing").put("secret", secret);
    return this;
  }

  /** Signed with an Ed25519 key that Waybill makes: {@link SavedDestination#publicKey}. */
  public WebhookSpec signedWithNewPublicKey() {
    object("signing").put("algorithm", "v1a");
    return this;
  }

  /** How long a secret goes on signing when another takes its place; 24 hours when not said. */
  public WebhookSpec signingOverlap(Duration time) {
    object("signing").put("overlap", time.toMillis());
    return this;
  }

  /** {@code Authorization: Basic}. Both are sealed. */
  public WebhookSpec basicAuth(String username, String password) {
    return with("auth", Map.of("type", "basic", "username", username, "password", password));
  }

  /** {@code Authorization: Bearer}. The token is sealed. */
  public WebhookSpec bearerToken(String token) {
    return with("auth", Map.of("type", "bearer", "token", token));
  }

  /** A key in a header of the receiver's choice. It is sealed. */
  public WebhookSpec apiKey(String header, String key) {
    return with("auth", Map.of("type", "api-key", "header", header, "key", key));
  }

  /** Only who is signed by one of these certificates (PEM) is trusted. */
  public WebhookSpec trusting(String caCertificates) {
    object("tls").put("ca", caCertificates);
    return this;
  }

  /** The client's own certificate (PEM) and its key (PKCS#8 in PEM), which is sealed. */
  public WebhookSpec clientCertificate(String certificate, String key) {
    object("tls").put("clientCertificate", certificate);
    object("tls").put("clientKey", key);
    return this;
  }

  /** Bodies are compressed; signatures are then over what is sent. */
  public WebhookSpec gzip() {
    return with("gzip", true);
  }

  /** The start of a refusal's body may stand in status, events and dead letters. */
  public WebhookSpec errorExcerpt() {
    return with("errorExcerpt", true);
  }
}
