package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.FieldError;
import io.waybill.domain.RetryConfig;
import io.waybill.domain.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the fields of a destination and keeps what is wrong with them, so that its owner hears of
 * everything at once. A path is {@code ""} or ends with a dot: {@code config.webhook.}. Used once,
 * by one thread.
 */
final class FieldReader {
  private static final String INVALID = DestinationRules.INVALID_VALUE;
  private static final Set<String> RETRY_FIELDS = DestinationFormat.RETRY.names();

  /** What is allowed and yet rarely meant. */
  private static final Duration LONG_TIMEOUT = Duration.ofMinutes(1);

  private static final Duration LONGEST_READABLE = Duration.ofDays(10_000);

  private final List<FieldError> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Map<String, String> credentials = new LinkedHashMap<>();

  /** What was wrong so far. */
  List<FieldError> errors() {
    return List.copyOf(errors);
  }

  /** What is allowed and yet worth a look. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Values to be sealed, by the names that they are sealed under. */
  Map<String, String> credentials() {
    return Map.copyOf(credentials);
  }

  void error(String field, String code, String message) {
    errors.add(new FieldError(field, code, message));
  }

  void addAll(List<FieldError> more) {
    errors.addAll(more);
  }

  void warning(String words) {
    warnings.add(words);
  }

  void credential(String name, String value) {
    credentials.put(name, value);
  }

  /** Whether something is wrong with the field itself or something in it. */
  boolean hasErrorIn(String field) {
    return errors.stream()
        .anyMatch(e -> e.field().equals(field) || e.field().startsWith(field + "."));
  }

  Optional<String> required(JsonNode json, String path, String field) {
    if (isAbsent(json.path(field))) {
      error(path + field, DestinationRules.REQUIRED, "is missing");
    }
    return text(json, path, field);
  }

  Optional<String> text(JsonNode json, String path, String field) {
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

  Optional<Boolean> flag(JsonNode json, String path, String field) {
    JsonNode value = json.path(field);
    if (isAbsent(value)) {
      return Optional.empty();
    }
    if (!value.isBoolean()) {
      error(path + field, INVALID, "must be true or false, without quotes");
      return Optional.empty();
    }
    return Optional.of(value.booleanValue());
  }

  /** The strings of a list; an error for each element that is none. */
  List<String> texts(JsonNode json, String path, String field) {
    JsonNode value = json.path(field);
    if (isAbsent(value)) {
      return List.of();
    }
    if (!value.isArray()) {
      error(path + field, INVALID, "must be a list of strings");
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : value) {
      if (element.isTextual()) {
        texts.add(element.textValue());
      } else {
        error(path + field, INVALID, "must hold strings only");
      }
    }
    return texts;
  }

  /** An object, or nothing with an error where something else stands. */
  Optional<JsonNode> object(JsonNode json, String path, String field, String inWords) {
    JsonNode value = json.path(field);
    if (isAbsent(value)) {
      return Optional.empty();
    }
    if (!value.isObject()) {
      error(path + field, INVALID, "must be " + inWords);
      return Optional.empty();
    }
    return Optional.of(value);
  }

  Optional<Duration> millis(JsonNode json, String path, String field) {
    return whole(json, path, field, "must be a whole number of milliseconds, without quotes")
        .map(value -> Math.min(value, LONGEST_READABLE.toMillis()))
        .map(value -> Duration.ofMillis(Math.max(value, -1)));
  }

  /** What is beyond an int comes out as -1 or the largest, which the rules then refuse. */
  Optional<Integer> wholeNumber(JsonNode json, String path, String field) {
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

  /**
   * {@code timeout} of a section.
   *
   * @param section {@code config.webhook}
   */
  Duration timeout(JsonNode json, String section, Duration usual) {
    Duration timeout = millis(json, section + ".", "timeout").orElse(usual);
    List<FieldError> wrong = DestinationRules.checkTimeout(section, timeout);
    errors.addAll(wrong);
    if (wrong.isEmpty() && timeout.compareTo(LONG_TIMEOUT) > 0) {
      warnings.add(
          section
              + ".timeout is longer than a minute: for so long each attempt that gets no answer"
              + " holds one of the destination's places, and its other deliveries wait");
    }
    return timeout;
  }

  /** {@code retryConfig} of a section; what is not said there is taken from the defaults. */
  Optional<RetryConfig> retryConfig(JsonNode json, String path) {
    Optional<JsonNode> object =
        object(json, path, "retryConfig", "an object with maxRetries and delays");
    if (object.isEmpty()) {
      return Optional.empty();
    }
    JsonNode node = object.get();
    String prefix = path + "retryConfig.";
    onlyKnown(prefix, node, RETRY_FIELDS);
    RetryPolicy defaults = RetryPolicy.defaults();
    Duration longest = millis(node, prefix, "maxBackoffDelay").orElse(defaults.maxDelay());
    Duration usual = defaults.baseDelay();
    // A base that was not asked for must not make a short maximum wrong.
    Duration base =
        millis(node, prefix, "baseDelay").orElse(usual.compareTo(longest) > 0 ? longest : usual);
    RetryConfig retry =
        new RetryConfig(
            wholeNumber(node, prefix, "maxRetries").orElse(defaults.maxAttempts() - 1),
            base,
            multiplier(node, prefix).orElse(defaults.multiplier()),
            longest);
    List<FieldError> wrong =
        DestinationRules.checkRetry(path.substring(0, path.length() - 1), retry);
    errors.addAll(wrong);
    return wrong.isEmpty() ? Optional.of(retry) : Optional.empty();
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

  /** An error for each field that is not known: a misspelt one must not be silent. */
  void onlyKnown(String path, JsonNode json, Set<String> known) {
    for (var field : json.properties()) {
      if (!known.contains(field.getKey())) {
        unknown(path + field.getKey(), known);
      }
    }
  }

  void unknown(String field, Set<String> known) {
    error(
        // A name out of a foreign file must not break the line or the terminal it is shown in.
        field.replaceAll("[^!-~]", "?"),
        DestinationJson.UNKNOWN_FIELD,
        "is not a field here; check the spelling: "
            + String.join(", ", known.stream().sorted().toList()));
  }

  static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }
}
