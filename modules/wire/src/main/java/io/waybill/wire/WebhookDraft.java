package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.FieldError;
import io.waybill.domain.RetryConfig;
import io.waybill.domain.WebhookAuth;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookRules;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookTls;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code config.webhook}. */
final class WebhookDraft {
  private static final String SECTION = "config.webhook";
  private static final String PATH = SECTION + ".";
  private static final Set<String> FIELDS = DestinationFormat.WEBHOOK.names();
  private static final Pattern LOOPBACK = Pattern.compile("127(\\.\\d{1,3}){3}");

  /** Stands in for one that cannot be read, so that the rest is looked at all the same. */
  private static final URI ANY_URL = URI.create("https://h.invalid/");

  private final FieldReader fields;

  WebhookDraft(FieldReader fields) {
    this.fields = fields;
  }

  /** The configuration, or nothing with errors noted. */
  Optional<DestinationConfig> read(JsonNode json) {
    fields.onlyKnown(PATH, json, FIELDS);
    String url = fields.required(json, PATH, "url").orElse("");
    List<FieldError> urlErrors =
        json.path("url").isTextual() ? WebhookRules.checkUrl(url) : List.of();
    fields.addAll(urlErrors);
    String method = fields.text(json, PATH, "method").orElse("POST");
    fields.addAll(WebhookRules.checkMethod(method));
    List<String> names = headers(json.path("headers"));
    Duration timeout = fields.timeout(json, SECTION, WebhookConfig.DEFAULT_TIMEOUT);
    Optional<RetryConfig> retry = fields.retryConfig(json, PATH);
    WebhookConfig.Body body = body(json);
    IdentityDraft identity = new IdentityDraft(fields);
    Optional<WebhookSigning> signing = identity.signing(json);
    Optional<WebhookAuth> auth = identity.auth(json);
    Optional<WebhookTls> tls = identity.tls(json);
    boolean gzip = fields.flag(json, PATH, "gzip").orElse(false);
    boolean errorExcerpt = fields.flag(json, PATH, "errorExcerpt").orElse(false);
    boolean usable = urlErrors.isEmpty() && !url.isEmpty();
    URI uri = usable ? URI.create(url) : ANY_URL;
    WebhookConfig config =
        new WebhookConfig(
            uri, method, names, timeout, retry, body, signing, auth, tls, gzip, errorExcerpt);
    fields.addAll(WebhookRules.checkIdentity(config));
    if (!usable) {
      return Optional.empty();
    }
    if ("http".equalsIgnoreCase(uri.getScheme()) && !isThisMachine(uri.getHost())) {
      fields.warning(
          "config.webhook.url is http, not https: payloads and header values travel in clear, for"
              + " everybody on the way to read");
    }
    return Optional.of(config);
  }

  /** Names that stay on this machine, where nobody is on the way to read. */
  static boolean isThisMachine(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.equals("localhost") || lower.equals("[::1]") || LOOPBACK.matcher(lower).matches();
  }

  private List<String> headers(JsonNode headers) {
    String path = "config.webhook.headers";
    List<String> names = new ArrayList<>();
    if (FieldReader.isAbsent(headers)) {
      return names;
    }
    if (!headers.isObject()) {
      fields.error(
          path, DestinationRules.INVALID_VALUE, "must be an object of header names and values");
      return names;
    }
    long bytes = 0;
    for (var header : headers.properties()) {
      String name = header.getKey();
      names.add(name);
      if (!header.getValue().isTextual()) {
        // An unset variable is null in many template languages.
        boolean printable = WebhookRules.checkHeaderName(name).isEmpty();
        fields.error(
            path + (printable ? "." + name : ""),
            DestinationRules.INVALID_VALUE,
            "must be a string");
        continue;
      }
      String value = header.getValue().textValue();
      bytes += name.length() + value.length();
      fields.credential(WebhookConfig.credentialName(name), value);
      fields.addAll(WebhookRules.checkHeaderValue(name, value));
    }
    fields.addAll(WebhookRules.checkHeaderNames(names));
    if (fields.errors().stream().noneMatch(e -> e.field().equals(path))) {
      fields.addAll(WebhookRules.checkHeaderBytes(bytes));
    }
    return names;
  }

  private WebhookConfig.Body body(JsonNode json) {
    String word = fields.text(json, PATH, "body").orElse("data");
    return switch (word) {
      case "data" -> WebhookConfig.Body.DATA;
      case "envelope" -> WebhookConfig.Body.ENVELOPE;
      default -> {
        fields.error(
            PATH + "body", DestinationRules.INVALID_VALUE, "must be \"data\" or \"envelope\"");
        yield WebhookConfig.Body.DATA;
      }
    };
  }
}
