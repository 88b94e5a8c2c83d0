package io.waybill.channel.webhook;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether an answer repeats what was sent as a credential: in clear, in base64 at any alignment or
 * in hexadecimal, %-encoded or with the escapes of JSON, HTML or mail, each also within another,
 * whole or in pieces. Eight characters in a row are a piece; of what is shorter, all of it.
 *
 * <p>This finds what programs do to a header when they quote it. A receiver that means harm has the
 * credential anyway.
 */
final class Echo {
  private Echo() {}

  /** Packed into one number. */
  private static final int WINDOW = Long.BYTES;

  /** An echo of fewer letters and digits gives little away, and would match by accident. */
  private static final int FEWEST_LETTERS = 6;

  /** The same where every character must be the same, its case included. */
  private static final int FEWEST_CHARACTERS = 4;

  /** Before a credential, and in many an error text: {@code invalid bearer token}. */
  private static final Set<String> NO_CREDENTIALS =
      Set.of("basic", "bearer", "token", "apikey", "begin", "private", "key");

  /**
   * Whether the text repeats any of these, or a part that stands between blanks.
   *
   * @param text with one character for each byte
   */
  static boolean isIn(String text, Collection<String> sent) {
    if (sent.isEmpty()) {
      return false;
    }
    List<String> parts = sent.stream().flatMap(Echo::parts).distinct().toList();
    return Unescaped.formsOf(text).anyMatch(form -> repeats(form, parts));
  }

  /** What stands between blanks, and all of it together: pass phrases are of short words. */
  private static Stream<String> parts(String value) {
    List<String> words =
        Stream.of(value.split("\\s+", -1))
            .filter(word -> !NO_CREDENTIALS.contains(letters(word)))
            .toList();
    return Stream.concat(words.stream(), Stream.of(String.join(" ", words)));
  }

  /** A character for each byte, as answers are read. */
  private static String bytewise(String value) {
    return new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static boolean repeats(String text, List<String> parts) {
    Haystack letters = Haystack.of(letters(text));
    Haystack characters = Haystack.of(visible(text));
    return parts.stream()
        .anyMatch(part ->
            letters.holds(letters(part), FEWEST_LETTERS)
                || characters.holds(visible(bytewise(part)), FEWEST_CHARACTERS)
                || coded(part).anyMatch(form -> letters.holds(form, FEWEST_LETTERS)));
  }

  /** How a credential looks in hexadecimal and in base64, as {@link #letters}. */
  private static Stream<String> coded(String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    return bytes.length < FEWEST_CHARACTERS
        ? Stream.empty()
        : Stream.concat(
            Stream.of(HexFormat.of().formatHex(bytes)),
            Stream.of(0, 1, 2).map(shift -> base64Behind(shift, bytes)));
  }

  /** The base64 of the bytes as it looks when {@code shift} bytes (of each 3) stand before them. */
  private static String base64Behind(int shift, byte[] bytes) {
    byte[] shifted = new byte[shift + bytes.length];
    System.arraycopy(bytes, 0, shifted, shift, bytes.length);
    String all = Base64.getEncoder().withoutPadding().encodeToString(shifted);
    // The characters at both ends depend on the neighbours, too.
    int from = shift == 0 ? 0 : shift + 1;
    int to = Math.max(from, shifted.length / 3 * 4);
    return letters(all.substring(from, Math.min(to, all.length())));
  }

  /** Letters and digits in lower case: case, blanks and line breaks do not hide an echo. */
  private static String letters(String text) {
    StringBuilder letters = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        letters.append(c);
      }
    }
    return letters.toString().toLowerCase(Locale.ROOT);
  }

  /** Everything but blanks: for credentials that have few letters. */
  private static String visible(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0x20 && c != 0x7f) {
        visible.append(c);
      }
    }
    return visible.toString();
  }

  /**
   * A text to look into many times, with a character for each byte.
   *
   * @param windows every eight characters in a row, sorted
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never handed on.
  private record Haystack(String text, long[] windows) {
    static Haystack of(String text) {
      long[] windows = windowsOf(text);
      Arrays.sort(windows);
      return new Haystack(text, windows);
    }

    /** Whether any piece of the needle is here. */
    boolean holds(String needle, int fewest) {
      if (needle.length() < fewest) {
        return false;
      }
      if (needle.length() < WINDOW) {
        return text.contains(needle);
      }
      return Arrays.stream(windowsOf(needle))
          .anyMatch(window -> Arrays.binarySearch(windows, window) >= 0);
    }

    private static long[] windowsOf(String text) {
      long[] windows = new long[Math.max(0, text.length() - WINDOW + 1)];
      long window = 0;
      for (int i = 0; i < text.length(); i++) {
        window = window << Byte.SIZE | (text.charAt(i) & 0xff);
        if (i >= WINDOW - 1) {
          windows[i - WINDOW + 1] = window;
        }
      }
      return windows;
    }
  }
}
