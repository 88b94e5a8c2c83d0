package io.waybill.channel.webhook;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The start of what a receiver said when it refused, fit for logs and topics: visible ASCII, at
 * most 1 KiB, and nothing at all when it repeats something that was sent as a credential, be it in
 * clear, in base64, in hexadecimal or %-encoded.
 */
final class Excerpt {
  private Excerpt() {}

  static final int MAX_LENGTH = 1024;

  /** An echo of fewer characters gives nothing away, and would match by accident. */
  private static final int SHORTEST_ECHO = 6;

  /** So much of a credential in a row is an echo: answers are cut, and escape what they repeat. */
  private static final int WINDOW = 8;

  /** What is shorter than this is looked for as a whole only. */
  private static final int SHORTEST_WITH_WINDOWS = 12;

  /** Instead of an answer that repeats a credential. */
  static final String WITHHELD = "(withheld: it repeats what was sent as a credential)";

  /**
   * The excerpt, or nothing when there is nothing to say.
   *
   * @param body as much as was read
   * @param sent what must not be repeated
   */
  static Optional<String> of(byte[] body, Collection<String> sent) {
    String text = new String(body, StandardCharsets.ISO_8859_1);
    String clean = clean(text);
    if (clean.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(repeats(text, sent) ? WITHHELD : clean);
  }

  private static String clean(String text) {
    StringBuilder clean = new StringBuilder();
    boolean blank = false;
    for (int i = 0; i < text.length() && clean.length() < MAX_LENGTH; i++) {
      char c = text.charAt(i);
      if (c <= 0x20 || c == 0x7f) {
        blank = !clean.isEmpty();
        continue;
      }
      if (blank && clean.length() < MAX_LENGTH - 1) {
        clean.append(' ');
      }
      blank = false;
      clean.append(c < 0x7f ? c : '?');
    }
    return clean.toString();
  }

  /** Whether a text repeats something of what was sent. */
  static boolean repeats(String text, Collection<String> sent) {
    String plain = bare(text);
    String decoded = bare(decoded(text));
    return sent.stream()
        .flatMap(value -> Stream.concat(Stream.of(value), Stream.of(value.split("\\s+", -1))))
        .distinct()
        .flatMap(Excerpt::forms)
        .filter(form -> form.length() >= SHORTEST_ECHO)
        .anyMatch(form -> plain.contains(form) || decoded.contains(form));
  }

  /** How a credential may look in an answer, as {@link #bare} text. */
  private static Stream<String> forms(String value) {
    String bare = bare(value);
    if (bare.length() < SHORTEST_ECHO) {
      return Stream.empty();
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    Stream<String> windows =
        bare.length() >= SHORTEST_WITH_WINDOWS
            ? IntStream.rangeClosed(0, bare.length() - WINDOW)
                .mapToObj(at -> bare.substring(at, at + WINDOW))
            : Stream.empty();
    return Stream.of(
            Stream.of(bare, HexFormat.of().formatHex(bytes)),
            windows,
            Stream.of(0, 1, 2).map(shift -> base64Within(bytes, shift)))
        .flatMap(forms -> forms);
  }

  /** The base64 of the bytes as it looks when {@code shift} bytes (of each 3) stand before them. */
  private static String base64Within(byte[] bytes, int shift) {
    byte[] shifted = new byte[shift + bytes.length];
    System.arraycopy(bytes, 0, shifted, shift, bytes.length);
    String all = Base64.getEncoder().withoutPadding().encodeToString(shifted);
    // The characters at both ends depend on the neighbours, too.
    int from = shift == 0 ? 0 : shift + 1;
    int to = Math.max(from, shifted.length / 3 * 4);
    return bare(all.substring(from, Math.min(to, all.length())));
  }

  /** Letters and digits in lower case: escapes, blanks and line breaks do not hide an echo. */
  private static String bare(String text) {
    StringBuilder bare = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        bare.append(c);
      }
    }
    return bare.toString().toLowerCase(Locale.ROOT);
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException e) {
      // Not %-encoded, or not as a whole: then what is read as it stands must do.
      return text;
    }
  }
}
