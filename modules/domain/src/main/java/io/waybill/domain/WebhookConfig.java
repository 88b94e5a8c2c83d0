package io.waybill.domain;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The part of a webhook's configuration that is not secret. Header values are: publishers put
 * tokens under any name, so every value is sealed and only the names stand here.
 *
 * @param method POST, PUT or PATCH
 * @param headerNames as configured, case kept
 * @param timeout of one attempt, over name resolution, connect, TLS, request and answer
 * @param retry the destination's own policy, else the service's
 * @param tls only with an https URL
 * @param gzip whether the body is compressed; signatures are then over what it is compressed to
 * @param errorExcerpt whether the start of a refusal's body may stand in status, events and dead
 *     letters
 */
public record WebhookConfig(
    URI url,
    String method,
    List<String> headerNames,
    Duration timeout,
    Optional<RetryConfig> retry,
    Body body,
    Optional<WebhookSigning> signing,
    Optional<WebhookAuth> auth,
    Optional<WebhookTls> tls,
    boolean gzip,
    boolean errorExcerpt)
    implements DestinationConfig {

  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  public WebhookConfig {
    headerNames = List.copyOf(headerNames);
  }

  /** Neither signed nor authenticated, with the JVM's TLS, and as plain as can be. */
  public WebhookConfig(
      URI url,
      String method,
      List<String> headerNames,
      Duration timeout,
      Optional<RetryConfig> retry,
      Body body) {
    this(
        url,
        method,
        headerNames,
        timeout,
        retry,
        body,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        false);
  }

  /** The same, signed in another way. */
  public WebhookConfig withSigning(Optional<WebhookSigning> newSigning) {
    return new WebhookConfig(
        url, method, headerNames, timeout, retry, body, newSigning, auth, tls, gzip, errorExcerpt);
  }

  /** What the request's body is. */
  public enum Body {
    /** The payload's data, byte for byte. */
    DATA,
    /** A JSON object with ids, type, metadata and the data spliced in byte for byte. */
    ENVELOPE
  }

  @Override
  public DestinationType type() {
    return DestinationType.WEBHOOK;
  }

  /** One for each header, lower case, and those of authentication, TLS and signing. */
  @Override
  public List<String> credentialNames() {
    Stream<String> others =
        Stream.of(
                auth.map(WebhookAuth::credentialNames),
                tls.map(WebhookTls::credentialNames),
                signing.map(WebhookSigning::credentialNames))
            .flatMap(Optional::stream)
            .flatMap(List::stream);
    return Stream.concat(headerNames.stream().map(WebhookConfig::credentialName), others)
        .distinct()
        .toList();
  }

  @Override
  public String credentialsGoTo() {
    return HostNames.origin(url);
  }

  /** The name under which a header's value is sealed. */
  public static String credentialName(String headerName) {
    return "webhook.headers." + headerName.toLowerCase(Locale.ROOT);
  }

  /** Of the URL its host only: tokens stand in paths and queries. */
  @Override
  public String toString() {
    return "WebhookConfig[%s %s, headers=%s, timeout=%s, retry=%s, body=%s, signing=%s, auth=%s, %s]"
        .formatted(
            method,
            url.getHost(),
            headerNames,
            timeout,
            retry,
            body,
            signing,
            auth,
            tls.map(WebhookTls::toString).orElse("no TLS of its own"));
  }
}
