package io.waybill.guard;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a host says by itself, before any name server is asked. Programs disagree: the JVM reads
 * {@code 0177.0.0.1} as 177.0.0.1, a C library as 127.0.0.1, a browser folds full-width digits. So
 * a host that is not written in the one usual way has every reading that somebody gives it, is
 * judged by all of them, and is never looked up.
 *
 * @param readings addresses that the host may mean; empty when only a name server can tell
 */
record Spelling(Kind kind, List<InetAddress> readings) {

  enum Kind {
    /** An address in the usual notation: one reading, which may be dialled. */
    ADDRESS,
    /** An address in another notation, or nothing at all: nothing to be dialled or looked up. */
    UNUSUAL,
    /** A name. It has readings where it means a certain address everywhere. */
    NAME
  }

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress METADATA = InetAddress.ofLiteral("169.254.169.254");

  /** RFC 6761, and what distributions write into their hosts files. */
  private static final Set<String> LOOPBACK_NAMES =
      Set.of(
          "localhost",
          "localhost.localdomain",
          "localhost4",
          "localhost4.localdomain4",
          "localhost6",
          "localhost6.localdomain6",
          "ip6-localhost",
          "ip6-loopback");

  /** Names that clouds give their metadata service, and nobody anything else. */
  private static final Set<String> METADATA_NAMES =
      Set.of("metadata.google.internal", "metadata.goog", "instance-data.ec2.internal");

  private static final Pattern USUAL_IPV4 =
      Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

  /** What a browser calls a host that ends in a number: no top-level domain is one. */
  private static final Pattern ENDS_IN_NUMBER =
      Pattern.compile("(.*\\.)?([0-9]+|0[xX][0-9a-fA-F]*)");

  /** Full stops of other scripts, which IDNA folds and Unicode's normal form does not. */
  private static final Pattern OTHER_STOPS = Pattern.compile("[\u3002\uFF0E\uFF61]");

  private static final Pattern CANNOT_BE_IN_A_NAME =
      Pattern.compile("[%/\\\\@#?\\[\\]\\s\\p{Cntrl}]");

  Spelling {
    readings = List.copyOf(readings);
  }

  /**
   * Reads a host.
   *
   * @param host as it stands in a URL or for itself, IPv6 with or without brackets
   */
  static Spelling of(String host) {
    String folded =
        OTHER_STOPS.matcher(Normalizer.normalize(host, Normalizer.Form.NFKC)).replaceAll(".");
    boolean unusual = !folded.equals(host);
    String text = unbracketed(folded);
    if (text.indexOf(':') >= 0) {
      return ipv6(text, unusual);
    }
    String bare = withoutTrailingDots(text).toLowerCase(Locale.ROOT);
    if (USUAL_IPV4.matcher(text).matches() && text.equals(folded)) {
      return literal(text)
          .map(address -> new Spelling(unusual ? Kind.UNUSUAL : Kind.ADDRESS, List.of(address)))
          .orElse(new Spelling(Kind.UNUSUAL, List.of()));
    }
    if (ENDS_IN_NUMBER.matcher(bare).matches()) {
      return new Spelling(Kind.UNUSUAL, readings(bare));
    }
    // Brackets are for IPv6 only: around anything else nobody knows what is looked up.
    boolean bracketed = !text.equals(folded);
    boolean cannotBeName = bracketed || bare.isEmpty() || CANNOT_BE_IN_A_NAME.matcher(bare).find();
    return new Spelling(cannotBeName ? Kind.UNUSUAL : Kind.NAME, meaning(bare));
  }

  private static List<InetAddress> meaning(String name) {
    if (LOOPBACK_NAMES.contains(name) || name.endsWith(".localhost")) {
      return List.of(LOOPBACK);
    }
    return METADATA_NAMES.contains(name) ? List.of(METADATA) : List.of();
  }

  private static Spelling ipv6(String text, boolean unusual) {
    int zone = text.indexOf('%');
    // A zone is an interface of this machine: nothing that a destination may choose.
    boolean usual = zone < 0 && !unusual;
    List<InetAddress> readings =
        literal(withoutTrailingDots(zone < 0 ? text : text.substring(0, zone))).stream().toList();
    return new Spelling(usual && !readings.isEmpty() ? Kind.ADDRESS : Kind.UNUSUAL, readings);
  }

  private static List<InetAddress> readings(String numbers) {
    Set<InetAddress> readings = new LinkedHashSet<>();
    literal(numbers).ifPresent(readings::add);
    inetAton(numbers).ifPresent(readings::add);
    return List.copyOf(readings);
  }

  private static Optional<InetAddress> literal(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * As C's inet_aton reads it: one to four numbers, decimal, octal or hexadecimal, of which the
   * last fills all that is left.
   */
  private static Optional<InetAddress> inetAton(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length > 4) {
      return Optional.empty();
    }
    List<Long> numbers = new ArrayList<>();
    for (String part : parts) {
      Optional<Long> number = number(part);
      if (number.isEmpty()) {
        return Optional.empty();
      }
      numbers.add(number.get());
    }
    long value = numbers.removeLast();
    int bitsOfLast = 8 * (4 - numbers.size());
    if (value >= 1L << bitsOfLast || numbers.stream().anyMatch(number -> number > 255)) {
      return Optional.empty();
    }
    for (int i = 0; i < numbers.size(); i++) {
      value |= numbers.get(i) << (24 - 8 * i);
    }
    byte[] bytes = {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    try {
      return Optional.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are always an address", e);
    }
  }

  private static Optional<Long> number(String part) {
    try {
      if (part.startsWith("0x")) {
        return Optional.of(part.length() == 2 ? 0 : Long.parseLong(part.substring(2), 16));
      }
      boolean octal = part.length() > 1 && part.startsWith("0");
      return Optional.of(Long.parseLong(part, octal ? 8 : 10)).filter(number -> number >= 0);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static String withoutTrailingDots(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '.') {
      end--;
    }
    return text.substring(0, end);
  }
}
