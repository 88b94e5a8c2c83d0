package io.waybill.channel.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A text in every form that a leak may give it: clear (which is its JSON and its usual URL form
 * too, as long as it is letters and digits), hexadecimal, base64 whatever stands before it, and
 * wholly percent-encoded.
 */
public record Forms(List<String> all) {

  /** The forms of a text of letters, digits and hyphens. */
  public static Forms of(String text) {
    return of(text.getBytes(UTF_8));
  }

  /** The forms of bytes; in clear with one character for each, as haystacks must be read then. */
  public static Forms of(byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes);
    Stream<String> base64 =
        Stream.of(0, 1, 2)
            .map(bytesBefore -> base64Behind(bytesBefore, bytes))
            .flatMap(form -> Stream.of(form, urlSafe(form)));
    Stream<String> others =
        Stream.of(
            new String(bytes, ISO_8859_1),
            hex,
            hex.toUpperCase(Locale.ROOT),
            HexFormat.of().withPrefix("%").withUpperCase().formatHex(bytes),
            HexFormat.of().withPrefix("%").formatHex(bytes));
    return new Forms(Stream.concat(others, base64).distinct().toList());
  }

  public boolean areIn(String haystack) {
    return all.stream().anyMatch(haystack::contains);
  }

  /** What is the same in every base64 text of which the text is a part, for one alignment. */
  private static String base64Behind(int bytesBefore, byte[] bytes) {
    byte[] marked = new byte[bytesBefore + bytes.length];
    System.arraycopy(bytes, 0, marked, bytesBefore, bytes.length);
    int whole = marked.length / 3 * 3;
    String coded = Base64.getEncoder().encodeToString(Arrays.copyOf(marked, whole));
    return bytesBefore == 0 ? coded : coded.substring(4);
  }

  private static String urlSafe(String base64) {
    return base64.replace('+', '-').replace('/', '_');
  }
}
