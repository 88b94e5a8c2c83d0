package io.waybill.domain;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/** The form of host names (RFC 1123), without a look-up. */
final class HostNames {
  private HostNames() {}

  static final int MAX_LENGTH = 253;

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

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

  /**
   * Protocol, host and port of a URL in one spelling: {@code https://h.example.com:443}. A URL that
   * has no host, which the rules refuse, has an origin of its own.
   */
  static String origin(URI url) {
    if (url.getScheme() == null || url.getHost() == null) {
      return "";
    }
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    int usual = scheme.equals("http") ? HTTP_PORT : HTTPS_PORT;
    int port = url.getPort() == -1 ? usual : url.getPort();
    return scheme + "://" + url.getHost().toLowerCase(Locale.ROOT) + ":" + port;
  }

  /** A name, or an address as it is usually written, IPv6 without brackets. */
  static boolean isHost(String text) {
    return isName(text)
        || IPV4.matcher(text).matches()
        || (text.indexOf(':') >= 0 && IPV6.matcher(text).matches());
  }
}
