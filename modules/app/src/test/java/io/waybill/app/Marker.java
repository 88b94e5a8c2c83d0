package io.waybill.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A text that occurs nowhere else, to be looked for in every form that a leak may give it: clear
 * (which is its JSON and its usual URL form too), hexadecimal, base64 and wholly percent-encoded.
 */
final class Marker {
  private final String meaning;
  private final String text = UUID.randomUUID().toString().replace("-", "");
  private final List<String> forms;

  Marker(String meaning) {
    this.meaning = meaning;
    String hex = HexFormat.of().formatHex(text.getBytes(UTF_8));
    Stream<String> base64 =
        Stream.of(0, 1, 2).map(this::base64Behind).flatMap(form -> Stream.of(form, urlSafe(form)));
    forms =
        Stream.concat(Stream.of(text, hex, hex.toUpperCase(Locale.ROOT), percentEncoded()), base64)
            .distinct()
            .toList();
  }

  String text() {
    return text;
  }

  boolean isIn(String haystack) {
    return forms.stream().anyMatch(haystack::contains);
  }

  /** What is the same in every base64 text of which the marker is a part, for one alignment. */
  private String base64Behind(int bytesBefore) {
    byte[] marked = (" ".repeat(bytesBefore) + text).getBytes(UTF_8);
    int whole = marked.length / 3 * 3;
    String coded = Base64.getEncoder().encodeToString(Arrays.copyOf(marked, whole));
    return bytesBefore == 0 ? coded : coded.substring(4);
  }

  private static String urlSafe(String base64) {
    return base64.replace('+', '-').replace('/', '_');
  }

  private String percentEncoded() {
    StringBuilder coded = new StringBuilder();
    text.chars().forEach(c -> coded.append('%').append(String.format("%02X", c)));
    return coded.toString();
  }

  /** What it stands for: failures of a test must not print more. */
  @Override
  public String toString() {
    return meaning;
  }
}
