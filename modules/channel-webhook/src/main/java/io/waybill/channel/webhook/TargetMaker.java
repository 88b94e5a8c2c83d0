package io.waybill.channel.webhook;

import io.waybill.channel.Attempt;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.FieldError;
import io.waybill.domain.Reason;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookRules;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHeader;

/**
 * Checks a destination and opens its credentials. Checks everything again that was checked before
 * it was published: topics can be written by others.
 */
final class TargetMaker {
  /** Names whose values error texts speak of often, and which nobody takes for a credential. */
  private static final Set<String> NO_CREDENTIALS = Set.of("content-type", "accept", "user-agent");

  private final CredentialSource credentials;
  private final Duration connectTimeout;

  TargetMaker(CredentialSource credentials, Duration connectTimeout) {
    this.credentials = credentials;
    this.connectTimeout = connectTimeout;
  }

  Prepared make(Attempt attempt, WebhookConfig config) {
    List<FieldError> errors = new ArrayList<>(WebhookRules.checkUrl(config.url().toString()));
    errors.addAll(WebhookRules.checkMethod(config.method()));
    errors.addAll(WebhookRules.checkHeaderNames(config.headerNames()));
    errors.addAll(WebhookRules.checkIdentity(config));
    if (!errors.isEmpty()) {
      return new Prepared.Never(Reason.INVALID_FIELD, inWords(errors));
    }
    if (config.credentialNames().isEmpty() && config.tls().isEmpty()) {
      return target(config, List.of(), Identity.NONE);
    }
    return switch (credentials.open(attempt.secrets(), config)) {
      case CredentialSource.Opened opened -> {
        try (opened) {
          yield withValues(attempt, config, opened);
        }
      }
      case CredentialSource.KeyUnavailable(String message) ->
          new Prepared.NotNow(Reason.KEY_UNAVAILABLE, message);
      case CredentialSource.Broken(String message) -> new Prepared.Never(Reason.INTEGRITY, message);
    };
  }

  private Prepared withValues(
      Attempt attempt, WebhookConfig config, CredentialSource.Opened opened) {
    List<String> values = new ArrayList<>();
    List<FieldError> errors = new ArrayList<>();
    long bytes = 0;
    for (String name : config.headerNames()) {
      Optional<String> value = opened.value(WebhookConfig.credentialName(name));
      if (value.isEmpty()) {
        return missing(attempt, "header " + name);
      }
      values.add(value.get());
      bytes += name.length() + value.get().length();
      errors.addAll(WebhookRules.checkHeaderValue(name, value.get()));
    }
    errors.addAll(WebhookRules.checkHeaderBytes(bytes));
    if (!errors.isEmpty()) {
      return new Prepared.Never(Reason.INVALID_CREDENTIAL, inWords(errors));
    }
    return switch (Identity.of(config, opened)) {
      case Identity.Read.Known(Identity identity) -> target(config, values, identity);
      case Identity.Read.Missing(String name) -> missing(attempt, "config." + name);
      case Identity.Read.Wrong(List<FieldError> wrong) ->
          new Prepared.Never(Reason.INVALID_CREDENTIAL, inWords(wrong));
    };
  }

  private static Prepared missing(Attempt attempt, String what) {
    // Destinations and secrets are two topics; one may be read a moment before the other.
    if (attempt.secrets().version() < attempt.destination().version()) {
      return new Prepared.NotNow(
          Reason.DESTINATION_PENDING,
          "the value of " + what + " has not arrived yet at this sender");
    }
    return new Prepared.Never(
        Reason.INVALID_CREDENTIAL, what + " has no value: set it anew by updating the destination");
  }

  private Prepared target(WebhookConfig config, List<String> values, Identity identity) {
    List<Header> headers = new ArrayList<>();
    List<String> unrepeatable = new ArrayList<>(identity.secrets());
    boolean hasContentType = false;
    for (int i = 0; i < values.size(); i++) {
      String name = config.headerNames().get(i);
      headers.add(new BasicHeader(name, values.get(i)));
      hasContentType |= name.equalsIgnoreCase("content-type");
      if (!NO_CREDENTIALS.contains(name.toLowerCase(Locale.ROOT))) {
        unrepeatable.add(values.get(i));
      }
    }
    if (!hasContentType) {
      headers.add(new BasicHeader("Content-Type", "application/json"));
    }
    if (config.gzip()) {
      headers.add(new BasicHeader("Content-Encoding", "gzip"));
    }
    identity.authorization().ifPresent(headers::add);
    URI url = config.url();
    return new Prepared.Ready(
        new Target(
            new HttpHost(url.getScheme().toLowerCase(Locale.ROOT), hostOf(url), url.getPort()),
            config.method(),
            pathOf(url),
            headers,
            unrepeatable,
            config.timeout(),
            HardenedClient.requestConfig(connectTimeout, config.timeout()),
            identity,
            config.errorExcerpt()));
  }

  /** IPv6 without its brackets. */
  private static String hostOf(URI url) {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** As it was written: a receiver may tell {@code %2F} from {@code /}. */
  private static String pathOf(URI url) {
    String path = url.getRawPath();
    String query = url.getRawQuery();
    String start = path == null || path.isEmpty() ? "/" : path;
    return query == null ? start : start + "?" + query;
  }

  private static String inWords(List<FieldError> errors) {
    return errors.stream().map(FieldError::toString).collect(Collectors.joining("; "));
  }
}
