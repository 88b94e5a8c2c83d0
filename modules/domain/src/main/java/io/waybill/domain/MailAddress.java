package io.waybill.domain;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One mailbox: {@code a@x.com} or {@code Name <a@x.com>}. Narrower than RFC 5321 on purpose: a
 * dot-atom of ASCII before the sign, a dotted host name behind it, no quoted local part, no address
 * literal, no list. What is wider is in nobody's real address and in many an attack.
 *
 * @param name shown beside the address; may hold any script
 * @param address what the server is told; the domain in lower case, the local part as written,
 *     since only its own server knows whether case matters there
 */
public record MailAddress(Optional<String> name, String address) {
  /** Longest address, in characters (RFC 5321, section 4.5.3.1.3, without the brackets). */
  public static final int MAX_LENGTH = 254;

  /** Longest name, in characters. */
  public static final int MAX_NAME_LENGTH = 200;

  /** What is allowed, for messages. */
  static final String FORM_IN_WORDS =
      "one address like a@x.com or Name <a@x.com>: ASCII, at most 254 characters, a dotted host"
          + " name after the @";

  private static final int MAX_LOCAL_LENGTH = 64;
  private static final Pattern LOCAL =
      Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*");

  /** Reads one address; nothing when it is not exactly one. */
  public static Optional<MailAddress> parse(String text) {
    if (RequestRules.hasControlCharacters(text)) {
      return Optional.empty();
    }
    int open = text.indexOf('<');
    if (open < 0) {
      return isAddress(text)
          ? Optional.of(new MailAddress(Optional.empty(), normal(text)))
          : Optional.empty();
    }
    String address = text.endsWith(">") ? text.substring(open + 1, text.length() - 1) : "";
    Optional<String> name = name(text.substring(0, open).strip());
    return isAddress(address) && name.isPresent()
        ? Optional.of(new MailAddress(name.filter(it -> !it.isEmpty()), normal(address)))
        : Optional.empty();
  }

  /** Without its quotes; nothing when it could be read as more than a name. */
  private static Optional<String> name(String text) {
    boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
    String name = quoted ? text.substring(1, text.length() - 1).strip() : text;
    boolean plain =
        name.chars().noneMatch(c -> c == '"' || c == '\\' || c == '<' || c == '>')
            // Without quotes these would begin another address, a group or a comment.
            && (quoted || name.chars().noneMatch(c -> ",;:@()[]".indexOf(c) >= 0));
    return plain && name.length() <= MAX_NAME_LENGTH ? Optional.of(name) : Optional.empty();
  }

  private static boolean isAddress(String text) {
    int at = text.indexOf('@');
    return at > 0
        && at <= MAX_LOCAL_LENGTH
        && text.length() <= MAX_LENGTH
        && LOCAL.matcher(text.substring(0, at)).matches()
        && HostNames.isName(text.substring(at + 1))
        && text.indexOf('.', at) > 0;
  }

  private static String normal(String address) {
    int at = address.indexOf('@');
    return address.substring(0, at) + address.substring(at).toLowerCase(Locale.ROOT);
  }

  /** Says nothing: addresses of people belong in no log. */
  @Override
  public String toString() {
    return "MailAddress";
  }
}
