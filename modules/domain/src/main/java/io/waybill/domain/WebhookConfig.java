package io.waybill.domain;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The part of a webhook's configuration that is not secret. Header values are: publishers put
 * tokens under any name, so every value is sealed and only the names stand here.
 *
 * @param method POST, PUT or PATCH
 * @param headerNames as configured, case kept
 * @param timeout of one attempt, over name resolution, connect, TLS, request and answer
 * @param retry the destination's own policy, else the service's
 */
public record WebhookConfig(
    URI url,
    String method,
    List<String> headerNames,
    Duration timeout,
    Optional<RetryConfig> retry,
    Body body)
    implements DestinationConfig {

  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  public WebhookConfig {
    headerNames = List.copyOf(headerNames);
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

  /** One for each header, lower case. */
  @Override
  public List<String> credentialNames() {
    return headerNames.stream().map(WebhookConfig::credentialName).distinct().toList();
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
    return "WebhookConfig[%s %s, headers=%s, timeout=%s, retry=%s, body=%s]"
        .formatted(method, url.getHost(), headerNames, timeout, retry, body);
  }
}
