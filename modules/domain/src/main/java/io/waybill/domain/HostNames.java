package io.waybill.domain;

import java.util.regex.Pattern;

/** The form of host names (RFC 1123), without a look-up. */
final class HostNames {
  private HostNames() {}

  static final int MAX_LENGTH = 253;

  private static final Pattern NAME =
      Pattern.compile(
          "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
              + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
  private static final Pattern NUMBERS = Pattern.compile("[0-9]+");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

  /** Labels of letters, digits and hyphens; not an address, nor what a resolver takes for one. */
  static boolean isName(String text) {
    return text.length() <= MAX_LENGTH
        && NAME.matcher(text).matches()
        // No top-level domain is a number; 127.1 and 2130706433 are addresses to a resolver.
        && !NUMBERS.matcher(text.substring(text.lastIndexOf('.') + 1)).matches();
  }

  /** A name, or an address as it is usually written, IPv6 without brackets. */
  static boolean isHost(String text) {
    return isName(text)
        || IPV4.matcher(text).matches()
        || (text.indexOf(':') >= 0 && IPV6.matcher(text).matches());
  }
}
