package io.waybill.domain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What the signing of a webhook must look like. Names everything that is wrong. */
public final class SigningRules {
  private SigningRules() {}

  /** Keys of one destination: the current one and those before it that have not ended. */
  public static final int MAX_KEYS = 5;

  public static final Duration MAX_OVERLAP = Duration.ofDays(7);

  private static final String FIELD = "config.webhook.signing";

  /** What the scheme of headers sets. */
  private static final Set<String> SCHEME_HEADERS =
      Set.of("x-webhook-timestamp", "x-webhook-signature", "x-idempotency-key", "x-delivery-id");

  /** All that is wrong with it, secrets excepted, beside the configured headers. */
  public static List<FieldError> check(WebhookSigning signing, List<String> headerNames) {
    List<FieldError> errors = new ArrayList<>(checkOverlap(signing.overlap()));
    if (signing.keys().isEmpty() || signing.keys().size() > MAX_KEYS) {
      errors.add(
          new FieldError(
              FIELD,
              DestinationRules.TOO_MANY,
              "has " + signing.keys().size() + " keys, 1 to " + MAX_KEYS + " are allowed"));
      return List.copyOf(errors);
    }
    errors.addAll(checkKeys(signing));
    if (signing.keys().stream().anyMatch(key -> key.algorithm() == SigningAlgorithm.HEADERS)) {
      headerNames.stream()
          .filter(name -> SCHEME_HEADERS.contains(name.toLowerCase(Locale.ROOT)))
          .forEach(name ->
              errors.add(
                  new FieldError(
                      "config.webhook.headers." + name,
                      WebhookRules.FORBIDDEN_HEADER,
                      "cannot be configured: the signing scheme headers sets it")));
    }
    return List.copyOf(errors);
  }

  /** Whether a replaced key may go on so long. */
  public static List<FieldError> checkOverlap(Duration overlap) {
    return overlap.isNegative() || overlap.compareTo(MAX_OVERLAP) > 0
        ? List.of(
            new FieldError(
                FIELD + ".overlap",
                DestinationRules.OUT_OF_RANGE,
                "must be 0 to " + MAX_OVERLAP.toMillis() + " milliseconds, which are 7 days"))
        : List.of();
  }

  private static List<FieldError> checkKeys(WebhookSigning signing) {
    List<FieldError> errors = new ArrayList<>();
    Set<Integer> numbers = new HashSet<>();
    for (WebhookSigning.Key key : signing.keys()) {
      boolean current = key.equals(signing.current());
      if (key.number() < 1 || !numbers.add(key.number())) {
        errors.add(invalid("has two keys of one number, or a number below 1"));
      }
      if (current == key.until().isPresent()) {
        errors.add(invalid("must have one key without end, the first, and ends for the others"));
      }
      boolean isPublic = key.publicKey().flatMap(SigningSecrets::publicKey).isPresent();
      if (key.publicKey().isPresent() && (key.algorithm() != SigningAlgorithm.V1A || !isPublic)) {
        errors.add(invalid("has a public key that is none, or one where none belongs"));
      }
    }
    return errors;
  }

  private static FieldError invalid(String words) {
    return new FieldError(FIELD, DestinationRules.INVALID_VALUE, words);
  }
}
