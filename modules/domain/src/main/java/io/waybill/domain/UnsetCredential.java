package io.waybill.domain;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Notices a header value whose variable was never set: {@code `Bearer ${process.env.TOKEN}`} comes
 * out as {@code Bearer undefined}, and would be sealed, sent and refused for a day.
 */
final class UnsetCredential {
  private UnsetCredential() {}

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

  /** The same of a value that is a credential whatever its field is called. */
  static boolean isUnset(String value) {
    return looksLike("secret", value);
  }

  private static boolean isCredential(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals("authorization")
        || lower.contains("token")
        || lower.contains("secret")
        || lower.endsWith("key");
  }
}
