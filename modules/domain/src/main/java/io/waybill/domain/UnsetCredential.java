package io.waybill.domain;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Notices a header value whose variable was never set: {@code `Bearer ${process.env.TOKEN}`} comes
 * out as {@code Bearer undefined}, and would be sealed, sent and refused for a day.
 */
final class UnsetCredential {
  private UnsetCredential() {}

  /** A name that is a credential's. */
  static final String ANY_CREDENTIAL = "secret";

  /** What a template literal leaves behind when its variable was never set. */
  private static final Set<String> UNSET_ANYWHERE = Set.of("undefined", "[object object]");

  /** The same, but also words that a header which is no credential may well mean. */
  private static final Set<String> UNSET_CREDENTIAL =
      Set.of("undefined", "[object object]", "null", "none", "nil", "nan");

  private static final Set<String> SCHEMES =
      Set.of("bearer", "basic", "token", "apikey", "api-key", "digest");

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{[^}]*}|\\{\\{[^}]*}}");

  /** Whether the value looks as if nobody had set it. */
  static boolean looksLike(String name, String value) {
    String text = value.strip().toLowerCase(Locale.ROOT);
    if (PLACEHOLDER.matcher(value).find() || UNSET_ANYWHERE.contains(text)) {
      return true;
    }
    int blank = text.indexOf(' ');
    String first = blank < 0 ? text : text.substring(0, blank);
    String rest = blank < 0 ? "" : text.substring(blank + 1).strip();
    if (SCHEMES.contains(first) && UNSET_CREDENTIAL.contains(rest)) {
      return true;
    }
    return isCredential(name)
        && (text.isEmpty() || SCHEMES.contains(text) || UNSET_CREDENTIAL.contains(text));
  }

  /**
   * What is wrong with a value that nobody set, or that refers to one. A reference is never
   * resolved for a tenant: it would hand him the operator's environment and files.
   *
   * @param name of the header or field, {@link #ANY_CREDENTIAL} for what is one in any case
   */
  static Optional<FieldError> check(String field, String name, String value) {
    if (References.isIn(value)) {
      return Optional.of(References.refused(field));
    }
    return looksLike(name, value)
        ? Optional.of(
            new FieldError(
                field,
                DestinationRules.CREDENTIAL_LOOKS_UNSET,
                "looks as if the variable that it is made from was not set: set it, then create the"
                    + " destination again"))
        : Optional.empty();
  }

  private static boolean isCredential(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals("authorization")
        || lower.contains("token")
        || lower.contains("secret")
        || lower.endsWith("key");
  }
}
