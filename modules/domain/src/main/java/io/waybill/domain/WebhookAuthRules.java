package io.waybill.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What the authentication of a webhook must look like. Names everything that is wrong. */
public final class WebhookAuthRules {
  private WebhookAuthRules() {}

  /** Of one credential; a header holds twice as much. */
  public static final int MAX_LENGTH = 4096;

  private static final String FIELD = "config.webhook.auth";

  /** All that is wrong with it, credentials excepted, beside the configured headers. */
  public static List<FieldError> check(WebhookAuth auth, List<String> headerNames) {
    List<FieldError> errors = new ArrayList<>();
    if (auth instanceof WebhookAuth.ApiKey key) {
      for (FieldError error : WebhookRules.checkHeaderName(key.header())) {
        errors.add(new FieldError(FIELD + ".header", error.code(), error.message()));
      }
      if (Set.of("authorization", "content-type", "content-encoding")
          .contains(key.header().toLowerCase(Locale.ROOT))) {
        errors.add(
            new FieldError(
                FIELD + ".header",
                WebhookRules.FORBIDDEN_HEADER,
                "has a meaning of its own: take the receiver's header for keys, or the type basic"
                    + " or bearer"));
      }
    }
    if (headerNames.stream().anyMatch(auth.header()::equalsIgnoreCase)) {
      errors.add(
          new FieldError(
              FIELD,
              WebhookRules.INVALID_HEADER,
              "sets the header "
                  + auth.header()
                  + ", which stands in headers too: leave one of them out"));
    }
    return List.copyOf(errors);
  }

  /**
   * All that is wrong with one credential; it is never repeated.
   *
   * @param name as sealed: {@link WebhookAuth#TOKEN}
   */
  public static List<FieldError> checkValue(String name, String value) {
    String field = "config." + name;
    if (!name.equals(WebhookAuth.PASSWORD) && value.isBlank()) {
      return List.of(new FieldError(field, DestinationRules.REQUIRED, "is empty"));
    }
    if (value.length() > MAX_LENGTH) {
      return List.of(
          new FieldError(
              field, DestinationRules.TOO_LONG, "must have at most " + MAX_LENGTH + " characters"));
    }
    Optional<FieldError> unset =
        UnsetCredential.check(field, UnsetCredential.ANY_CREDENTIAL, value);
    if (unset.isPresent()) {
      return List.of(unset.get());
    }
    return problem(name, value);
  }

  private static List<FieldError> problem(String name, String value) {
    boolean control = value.chars().anyMatch(Character::isISOControl);
    String words =
        switch (name) {
          case WebhookAuth.USERNAME ->
              control || value.indexOf(':') >= 0
                  ? "must not hold a colon or control characters"
                  : "";
          case WebhookAuth.PASSWORD -> control ? "must not hold control characters" : "";
          case WebhookAuth.TOKEN ->
              isVisible(value)
                  ? ""
                  : "must be visible ASCII without blanks; leave the word Bearer out";
          default -> isVisible(value) ? "" : "must be visible ASCII without blanks";
        };
    return words.isEmpty()
        ? List.of()
        : List.of(new FieldError("config." + name, DestinationRules.INVALID_VALUE, words));
  }

  private static boolean isVisible(String value) {
    return value.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }
}
