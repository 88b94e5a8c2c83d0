package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.DestinationType;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookRules;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A destination while it is being read: notes what is wrong and goes on, so that its owner hears of
 * everything at once. Used once, by one thread.
 */
final class DestinationDraft {
  private static final String INVALID = WebhookRules.INVALID_VALUE;
  private static final Set<String> FIELDS =
      Set.of("organizationId", "label", "type", "description", "isDefault", "config");
  private static final Set<String> SET_BY_WAYBILL =
      Set.of("id", "enabled", "version", "createdAt", "updatedAt");
  private static final Set<String> WEBHOOK_FIELDS =
      Set.of("url", "method", "headers", "timeout", "retryConfig", "body");
  private static final Set<String> RETRY_FIELDS =
      Set.of("maxRetries", "baseDelay", "backoffMultiplier", "maxBackoffDelay");
  private static final Set<String> TYPES = Set.of("webhook", "email", "storage");
  private static final Pattern LOOPBACK = Pattern.compile("127(\\.\\d{1,3}){3}");
  private static final Duration LONGEST_READABLE = Duration.ofDays(10_000);

  private final List<FieldError> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Map<String, String> headerValues = new LinkedHashMap<>();

  DestinationJson.Parsed read(JsonNode json) {
    onlyKnown("", json, FIELDS);
    Optional<OrganizationId> organization = organizationId(json);
    String label = required(json, "", "label").orElse("");
    if (json.path("label").isTextual()) {
      errors.addAll(WebhookRules.checkLabel(label));
    }
    Optional<String> description = text(json, "", "description");
    errors.addAll(WebhookRules.checkDescription(description));
    boolean isDefault = isDefault(json);
    @Nullable WebhookConfig config = config(json, type(json));
    if (!errors.isEmpty() || config == null || organization.isEmpty()) {
      return new DestinationJson.Invalid(errors);
    }
    return new DestinationJson.Valid(
        new DestinationJson.Spec(organization.get(), label, description, isDefault, config),
        headerValues,
        warnings);
  }

  private Optional<OrganizationId> organizationId(JsonNode json) {
    Optional<String> text = required(json, "", "organizationId");
    Optional<OrganizationId> id = text.flatMap(OrganizationId::parse);
    if (text.isPresent() && id.isEmpty()) {
      error("organizationId", INVALID, "must be " + OrganizationId.FORM_IN_WORDS);
    }
    return id;
  }

  private Optional<DestinationType> type(JsonNode json) {
    Optional<String> word = required(json, "", "type");
    Optional<DestinationType> type = word.flatMap(DestinationType::parse);
    if (word.isPresent() && type.isEmpty()) {
      error("type", INVALID, "must be webhook, email or storage, lower case");
    }
    if (type.isPresent() && type.get() != DestinationType.WEBHOOK) {
      error(
          "type",
          DestinationJson.TYPE_NOT_AVAILABLE,
          type.get().word()
              + " destinations come in a later release; this one sends webhooks. Use type webhook");
    }
    return type;
  }

  private boolean isDefault(JsonNode json) {
    JsonNode value = json.path("isDefault");
    if (isAbsent(value) || value.isBoolean()) {
      return value.asBoolean(false);
    }
    error("isDefault", INVALID, "must be true or false, without quotes");
    return false;
  }

  /** The configuration, or null with an error noted; of other types nothing is looked at. */
  private @Nullable WebhookConfig config(JsonNode json, Optional<DestinationType> type) {
    boolean otherType = type.isPresent() && type.get() != DestinationType.WEBHOOK;
    if (otherType || (type.isEmpty() && json.path("type").isTextual())) {
      return null;
    }
    JsonNode config = json.path("config");
    if (!config.isObject()) {
      error("config", WebhookRules.REQUIRED, "must be an object that holds \"webhook\"");
      return null;
    }
    for (var field : config.properties()) {
      if (TYPES.contains(field.getKey()) && !field.getKey().equals("webhook")) {
        error(
            "config." + field.getKey(),
            DestinationJson.UNKNOWN_FIELD,
            "does not belong to type webhook: a destination has the configuration of its own type"
                + " only");
      } else if (!field.getKey().equals("webhook")) {
        unknown("config." + field.getKey(), Set.of("webhook"));
      }
    }
    JsonNode webhook = config.path("webhook");
    if (!webhook.isObject()) {
      error("config.webhook", WebhookRules.REQUIRED, "must be an object that holds \"url\"");
      return null;
    }
    return webhook(webhook);
  }

  private @Nullable WebhookConfig webhook(JsonNode json) {
    String path = "config.webhook.";
    onlyKnown(path, json, WEBHOOK_FIELDS);
    String url = required(json, path, "url").orElse("");
    List<FieldError> urlErrors =
        json.path("url").isTextual() ? WebhookRules.checkUrl(url) : List.of();
    errors.addAll(urlErrors);
    String method = text(json, path, "method").orElse("POST");
    errors.addAll(WebhookRules.checkMethod(method));
    List<String> names = headers(json.path("headers"));
    Duration timeout = millis(json, path, "timeout").orElse(WebhookConfig.DEFAULT_TIMEOUT);
    errors.addAll(WebhookRules.checkTimeout(timeout));
    Optional<WebhookConfig.RetryConfig> retry = retry(json.path("retryConfig"));
    WebhookConfig.Body body = body(json, path);
    if (!urlErrors.isEmpty() || url.isEmpty()) {
      return null;
    }
    URI uri = URI.create(url);
    if ("http".equalsIgnoreCase(uri.getScheme()) && !isThisMachine(uri.getHost())) {
      warnings.add(
          "config.webhook.url is http, not https: payloads and header values travel in clear, for"
              + " everybody on the way to read");
    }
    return new WebhookConfig(uri, method, names, timeout, retry, body);
  }

  /** Names that stay on this machine, where nobody is on the way to read. */
  private static boolean isThisMachine(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.equals("localhost") || lower.equals("[::1]") || LOOPBACK.matcher(lower).matches();
  }

  private List<String> headers(JsonNode headers) {
    String path = "config.webhook.headers";
    List<String> names = new ArrayList<>();
    if (isAbsent(headers)) {
      return names;
    }
    if (!headers.isObject()) {
      error(path, INVALID, "must be an object of header names and values");
      return names;
    }
    long bytes = 0;
    for (var header : headers.properties()) {
      String name = header.getKey();
      names.add(name);
      if (!header.getValue().isTextual()) {
        // An unset variable is null in many template languages.
        boolean printable = WebhookRules.checkHeaderName(name).isEmpty();
        error(path + (printable ? "." + name : ""), INVALID, "must be a string");
        continue;
      }
      String value = header.getValue().textValue();
      bytes += name.length() + value.length();
      headerValues.put(name, value);
      errors.addAll(WebhookRules.checkHeaderValue(name, value));
    }
    errors.addAll(WebhookRules.checkHeaderNames(names));
    if (errors.stream().noneMatch(e -> e.field().equals(path))) {
      errors.addAll(WebhookRules.checkHeaderBytes(bytes));
    }
    return names;
  }

  private Optional<WebhookConfig.RetryConfig> retry(JsonNode json) {
    String path = "config.webhook.retryConfig";
    if (isAbsent(json)) {
      return Optional.empty();
    }
    if (!json.isObject()) {
      error(path, INVALID, "must be an object with maxRetries and delays");
      return Optional.empty();
    }
    String prefix = path + ".";
    onlyKnown(prefix, json, RETRY_FIELDS);
    RetryPolicy defaults = RetryPolicy.defaults();
    Duration longest = millis(json, prefix, "maxBackoffDelay").orElse(defaults.maxDelay());
    Duration usual = defaults.baseDelay();
    // A base that was not asked for must not make a short maximum wrong.
    Duration base =
        millis(json, prefix, "baseDelay").orElse(usual.compareTo(longest) > 0 ? longest : usual);
    var retry =
        new WebhookConfig.RetryConfig(
            wholeNumber(json, prefix, "maxRetries").orElse(defaults.maxAttempts() - 1),
            base,
            multiplier(json, prefix).orElse(defaults.multiplier()),
            longest);
    List<FieldError> wrong = WebhookRules.checkRetry(retry);
    errors.addAll(wrong);
    return wrong.isEmpty() ? Optional.of(retry) : Optional.empty();
  }

  private WebhookConfig.Body body(JsonNode json, String path) {
    String word = text(json, path, "body").orElse("data");
    return switch (word) {
      case "data" -> WebhookConfig.Body.DATA;
      case "envelope" -> WebhookConfig.Body.ENVELOPE;
      default -> {
        error(path + "body", INVALID, "must be \"data\" or \"envelope\"");
        yield WebhookConfig.Body.DATA;
      }
    };
  }

  private Optional<Double> multiplier(JsonNode json, String path) {
    JsonNode value = json.path("backoffMultiplier");
    if (isAbsent(value)) {
      return Optional.empty();
    }
    if (!value.isNumber()) {
      error(path + "backoffMultiplier", INVALID, "must be a number, without quotes");
      return Optional.empty();
    }
    return Optional.of(value.doubleValue());
  }

  private Optional<Duration> millis(JsonNode json, String path, String field) {
    return whole(json, path, field, "must be a whole number of milliseconds, without quotes")
        .map(value -> Math.min(value, LONGEST_READABLE.toMillis()))
        .map(value -> Duration.ofMillis(Math.max(value, -1)));
  }

  private Optional<Integer> wholeNumber(JsonNode json, String path, String field) {
    return whole(json, path, field, "must be a whole number, without quotes")
        .map(value -> (int) Math.max(-1, Math.min(value, Integer.MAX_VALUE)));
  }

  private Optional<Long> whole(JsonNode json, String path, String field, String otherwise) {
    JsonNode value = json.path(field);
    if (isAbsent(value)) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber()) {
      error(path + field, INVALID, otherwise);
      return Optional.empty();
    }
    // Beyond a long is out of every range, which the rules then say.
    return Optional.of(
        value.canConvertToLong()
            ? value.longValue()
            : value.decimalValue().signum() < 0 ? -1L : Long.MAX_VALUE);
  }

  private Optional<String> required(JsonNode json, String path, String field) {
    if (isAbsent(json.path(field))) {
      error(path + field, WebhookRules.REQUIRED, "is missing");
    }
    return text(json, path, field);
  }

  private Optional<String> text(JsonNode json, String path, String field) {
    JsonNode value = json.path(field);
    if (isAbsent(value)) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      error(path + field, INVALID, "must be a string");
      return Optional.empty();
    }
    return Optional.of(value.textValue());
  }

  private void onlyKnown(String path, JsonNode json, Set<String> known) {
    for (var field : json.properties()) {
      String name = field.getKey();
      if (path.isEmpty() && SET_BY_WAYBILL.contains(name)) {
        error(name, DestinationJson.UNKNOWN_FIELD, "is set by Waybill: leave it out");
      } else if (!known.contains(name)) {
        unknown(path + name, known);
      }
    }
  }

  private void unknown(String field, Set<String> known) {
    error(
        // A name out of a foreign file must not break the line or the terminal it is shown in.
        field.replaceAll("[^!-~]", "?"),
        DestinationJson.UNKNOWN_FIELD,
        "is not a field here; check the spelling: "
            + String.join(", ", known.stream().sorted().toList()));
  }

  private void error(String field, String code, String message) {
    errors.add(new FieldError(field, code, message));
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }
}
