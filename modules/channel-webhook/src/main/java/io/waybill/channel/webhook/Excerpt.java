package io.waybill.channel.webhook;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;

/**
 * The start of what a receiver said when it refused, fit for logs and topics: visible ASCII, at
 * most 1 KiB, and nothing at all when anything of it, shown or not, repeats what was sent as a
 * credential ({@link Echo}).
 */
final class Excerpt {
  private Excerpt() {}

  static final int MAX_LENGTH = 1024;

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
    return Optional.of(Echo.isIn(text, sent) ? WITHHELD : clean);
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
}
