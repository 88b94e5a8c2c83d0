package io.waybill.channel.webhook;

import io.waybill.channel.Attempt;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.FieldError;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookRules;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHttpRequest;

/** Makes the request of one attempt. Checks everything again: topics can be written by others. */
final class Composer {
  private static final String HEADER_FIELDS = "webhook.headers.";
  private static final Set<String> NO_CREDENTIALS = Set.of("content-type", "accept", "user-agent");

  private final CredentialSource credentials;

  Composer(CredentialSource credentials) {
    this.credentials = credentials;
  }

  Composed compose(Attempt attempt, WebhookConfig config, Instant now) {
    List<FieldError> errors = new ArrayList<>(WebhookRules.checkUrl(config.url().toString()));
    errors.addAll(WebhookRules.checkMethod(config.method()));
    errors.addAll(WebhookRules.checkHeaderNames(config.headerNames()));
    errors.addAll(WebhookRules.checkIdentity(config));
    if (!errors.isEmpty()) {
      return new Composed.Never(Reason.INVALID_FIELD, inWords(errors));
    }
    if (config.credentialNames().isEmpty() && config.tls().isEmpty()) {
      return request(attempt, config, now, List.of(), Identity.NONE);
    }
    return switch (credentials.open(attempt.secrets())) {
      case CredentialSource.Opened opened -> {
        try (opened) {
          yield withValues(attempt, config, now, opened);
        }
      }
      case CredentialSource.KeyUnavailable(String message) ->
          new Composed.NotNow(Reason.KEY_UNAVAILABLE, message);
      case CredentialSource.Broken(String message) -> new Composed.Never(Reason.INTEGRITY, message);
    };
  }

  private static Composed withValues(
      Attempt attempt, WebhookConfig config, Instant now, CredentialSource.Opened opened) {
    List<String> values = new ArrayList<>();
    List<FieldError> errors = new ArrayList<>();
    long bytes = 0;
    for (String name : config.headerNames()) {
      Optional<String> value = opened.value(HEADER_FIELDS + name.toLowerCase(Locale.ROOT));
      if (value.isEmpty()) {
        return missing(attempt, "header " + name);
      }
      values.add(value.get());
      bytes += name.length() + value.get().length();
      errors.addAll(WebhookRules.checkHeaderValue(name, value.get()));
    }
    errors.addAll(WebhookRules.checkHeaderBytes(bytes));
    if (!errors.isEmpty()) {
      return new Composed.Never(Reason.INVALID_CREDENTIAL, inWords(errors));
    }
    return switch (Identity.of(config, opened)) {
      case Identity.Read.Known(Identity identity) ->
          request(attempt, config, now, values, identity);
      case Identity.Read.Missing(String name) -> missing(attempt, "config." + name);
      case Identity.Read.Wrong(List<FieldError> wrong) ->
          new Composed.Never(Reason.INVALID_CREDENTIAL, inWords(wrong));
    };
  }

  private static Composed missing(Attempt attempt, String what) {
    // Destinations and secrets are two topics; one may be read a moment before the other.
    if (attempt.secrets().version() < attempt.destination().version()) {
      return new Composed.NotNow(
          Reason.DESTINATION_PENDING,
          "the value of " + what + " has not arrived yet at this sender");
    }
    return new Composed.Never(
        Reason.INVALID_CREDENTIAL, what + " has no value: set it anew by updating the destination");
  }

  private static Composed request(
      Attempt attempt, WebhookConfig config, Instant now, List<String> values, Identity identity) {
    Task task = attempt.task();
    URI url = config.url();
    HttpHost target =
        new HttpHost(url.getScheme().toLowerCase(Locale.ROOT), hostOf(url), url.getPort());
    BasicHttpRequest head = new BasicHttpRequest(config.method(), target, pathOf(url));
    boolean hasContentType = false;
    for (int i = 0; i < values.size(); i++) {
      String name = config.headerNames().get(i);
      head.addHeader(name, values.get(i));
      hasContentType |= name.equalsIgnoreCase("content-type");
    }
    if (!hasContentType) {
      head.addHeader("Content-Type", "application/json");
    }
    head.addHeader("webhook-id", task.taskId().value());
    head.addHeader("webhook-timestamp", Long.toString(now.getEpochSecond()));
    head.addHeader("waybill-delivery-id", task.deliveryId().toString());
    head.addHeader("waybill-attempt", Integer.toString(attempt.number()));
    addIfSafe(head, "waybill-type", task.payloadType());
    task.correlationId().ifPresent(id -> addIfSafe(head, "waybill-correlation-id", id));
    identity.authorization().ifPresent(head::addHeader);
    byte[] plain =
        switch (config.body()) {
          case DATA -> attempt.data().bytes();
          case ENVELOPE -> Envelope.of(task, attempt.data());
        };
    if (config.gzip()) {
      head.addHeader("Content-Encoding", "gzip");
    }
    byte[] body = config.gzip() ? Gzip.of(plain) : plain;
    identity
        .signer()
        .ifPresent(signer ->
            signer.sign(
                task.taskId().value(), task.deliveryId().toString(), now, body, head::addHeader));
    return new Composed.Ready(
        target, head, body, unrepeatable(config, values, identity), identity.tls());
  }

  /** Credentials. What a body is made of is not, and error texts speak of it often. */
  private static List<String> unrepeatable(
      WebhookConfig config, List<String> values, Identity identity) {
    List<String> all = new ArrayList<>(identity.secrets());
    for (int i = 0; i < values.size(); i++) {
      if (!NO_CREDENTIALS.contains(config.headerNames().get(i).toLowerCase(Locale.ROOT))) {
        all.add(values.get(i));
      }
    }
    return all;
  }

  /** IPv6 without its brackets. */
  static String hostOf(URI url) {
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

  private static void addIfSafe(BasicHttpRequest head, String name, String value) {
    boolean safe =
        !value.isEmpty()
            && value.equals(value.strip())
            && value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
    if (safe) {
      head.addHeader(name, value);
    }
  }

  private static String inWords(List<FieldError> errors) {
    return errors.stream().map(FieldError::toString).collect(Collectors.joining("; "));
  }
}
