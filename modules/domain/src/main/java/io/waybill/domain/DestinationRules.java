package io.waybill.domain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What every destination must look like, whatever its type. Asked by the SDK before it publishes
 * and by the topology that owns destinations; the rules of one type are in a class of their own.
 *
 * <p>Every method names all that is wrong, not the first thing.
 */
public final class DestinationRules {
  private DestinationRules() {}

  public static final String CREDENTIAL_LOOKS_UNSET = "credential-looks-unset";
  public static final String CREDENTIALS_MISSING = "credentials-missing";

  /** Credentials that were given for one place are kept while the destination goes to another. */
  public static final String CREDENTIALS_NEEDED_AGAIN = "credentials-needed-again";

  /** A reference to a variable or a file, where only a value may stand. */
  public static final String REFERENCE_NOT_ALLOWED = "reference-not-allowed";

  public static final String TOO_MANY = "too-many";
  public static final String TOO_LONG = "too-long";
  public static final String OUT_OF_RANGE = "out-of-range";
  public static final String INVALID_VALUE = "invalid-value";
  public static final String REQUIRED = "required";

  /** The operator has not allowed it here. */
  public static final String NOT_ALLOWED = "not-allowed";

  /** In the words of the format, but this release cannot do it. */
  public static final String NOT_AVAILABLE = "not-available";

  /** Longest label, in characters. */
  public static final int MAX_LABEL_LENGTH = 255;

  /** Longest description, in characters. */
  public static final int MAX_DESCRIPTION_LENGTH = 2000;

  /** Most fallback destinations of one destination. */
  public static final int MAX_FALLBACKS = 10;

  public static final Duration MIN_TIMEOUT = Duration.ofMillis(100);
  public static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);
  public static final int MAX_RETRIES = 100;
  public static final double MAX_MULTIPLIER = 10;

  /**
   * Shortest delay between tries. Not a second, although no receiver of the real world wants less:
   * tests, and receivers on the same machine, need back-off that ends while one watches.
   */
  public static final Duration MIN_DELAY = Duration.ofMillis(10);

  public static final Duration MAX_DELAY = Duration.ofHours(1);

  /** Longest time after which somebody stands in for a delivery that is still under way. */
  public static final Duration MAX_FALLBACK_AFTER = Duration.ofDays(1);

  private static final Duration MIN_FALLBACK_AFTER = Duration.ofSeconds(1);

  /** What is wrong with a destination's name. */
  public static List<FieldError> checkLabel(String label) {
    if (label.isBlank()) {
      return List.of(new FieldError("label", REQUIRED, "is missing"));
    }
    List<FieldError> errors = new ArrayList<>();
    if (label.length() > MAX_LABEL_LENGTH) {
      errors.add(
          new FieldError(
              "label", TOO_LONG, "must have at most " + MAX_LABEL_LENGTH + " characters"));
    }
    if (RequestRules.hasControlCharacters(label)) {
      errors.add(new FieldError("label", INVALID_VALUE, "must not hold control characters"));
    }
    return List.copyOf(errors);
  }

  /** What is wrong with a destination's description. */
  public static List<FieldError> checkDescription(Optional<String> description) {
    return description.filter(text -> text.length() > MAX_DESCRIPTION_LENGTH).isPresent()
        ? List.of(
            new FieldError(
                "description",
                TOO_LONG,
                "must have at most " + MAX_DESCRIPTION_LENGTH + " characters"))
        : List.of();
  }

  /** All that is wrong with who stands in for a destination. Whether they exist shows later. */
  public static List<FieldError> checkFallback(Fallback fallback) {
    List<FieldError> errors = new ArrayList<>();
    String field = "fallbackDestinationIds";
    int size = fallback.destinationIds().size();
    if (size > MAX_FALLBACKS) {
      errors.add(
          new FieldError(
              field, TOO_MANY, "are " + size + ", at most " + MAX_FALLBACKS + " are allowed"));
    }
    Set<DestinationId> seen = new HashSet<>();
    if (!fallback.destinationIds().stream().allMatch(seen::add)) {
      errors.add(new FieldError(field, INVALID_VALUE, "must not name a destination twice"));
    }
    fallback
        .after()
        .ifPresent(after -> {
          errors.addAll(
              within(
                  "fallbackAfter", after, MIN_FALLBACK_AFTER, MAX_FALLBACK_AFTER, "milliseconds"));
          if (size == 0) {
            errors.add(
                new FieldError(
                    "fallbackAfter",
                    INVALID_VALUE,
                    "needs fallbackDestinationIds: nobody is named who could stand in"));
          }
        });
    return List.copyOf(errors);
  }

  /**
   * Whether one attempt gets a sensible time.
   *
   * @param section {@code config.webhook}
   */
  public static List<FieldError> checkTimeout(String section, Duration timeout) {
    return within(
        section + ".timeout", timeout, MIN_TIMEOUT, MAX_TIMEOUT, "milliseconds of one attempt");
  }

  /**
   * All that is wrong with a retry configuration.
   *
   * @param section {@code config.webhook}
   */
  public static List<FieldError> checkRetry(String section, RetryConfig retry) {
    String field = section + ".retryConfig.";
    List<FieldError> errors = new ArrayList<>();
    if (retry.maxRetries() < 0 || retry.maxRetries() > MAX_RETRIES) {
      errors.add(new FieldError(field + "maxRetries", OUT_OF_RANGE, "must be 0 to " + MAX_RETRIES));
    }
    // Written so that NaN is outside.
    if (!(retry.backoffMultiplier() >= 1 && retry.backoffMultiplier() <= MAX_MULTIPLIER)) {
      errors.add(new FieldError(field + "backoffMultiplier", OUT_OF_RANGE, "must be 1 to 10"));
    }
    errors.addAll(
        within(field + "baseDelay", retry.baseDelay(), MIN_DELAY, MAX_DELAY, "milliseconds"));
    errors.addAll(
        within(
            field + "maxBackoffDelay",
            retry.maxBackoffDelay(),
            MIN_DELAY,
            MAX_DELAY,
            "milliseconds"));
    if (retry.maxBackoffDelay().compareTo(retry.baseDelay()) < 0) {
      errors.add(
          new FieldError(
              field + "maxBackoffDelay", OUT_OF_RANGE, "must not be shorter than baseDelay"));
    }
    return List.copyOf(errors);
  }

  private static List<FieldError> within(
      String field, Duration value, Duration least, Duration most, String unit) {
    if (value.compareTo(least) >= 0 && value.compareTo(most) <= 0) {
      return List.of();
    }
    String range = "must be " + least.toMillis() + " to " + most.toMillis() + " " + unit;
    return List.of(new FieldError(field, OUT_OF_RANGE, range));
  }
}
