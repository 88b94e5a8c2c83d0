package io.waybill.channel.webhook;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a text may mean whose escapes are undone: those of URLs, JSON, JavaScript, HTML and
 * quoted-printable. Lenient where standards are not: what is no escape stays as it stands and
 * spoils nothing around it. Texts have one character for each byte.
 */
final class Unescaped {
  private Unescaped() {}

  /** An escaped text within an escaped text is found; deeper nobody escapes by mistake. */
  private static final int DEPTH = 3;

  private static final Pattern ESCAPE =
      Pattern.compile(
          "%([0-9a-fA-F]{2})"
              + "|\\\\u([0-9a-fA-F]{4})"
              + "|\\\\u\\{([0-9a-fA-F]{1,6})}"
              + "|\\\\x([0-9a-fA-F]{2})"
              + "|\\\\(.)"
              + "|&#[xX]0*([0-9a-fA-F]{1,6});?"
              + "|&#0*([0-9]{1,7});?"
              + "|&([a-zA-Z]{2,8});");

  private static final Pattern QUOTED_PRINTABLE = Pattern.compile("=([0-9a-fA-F]{2})|=\r?\n");

  /** Bytes as many a program prints them. */
  private static final Pattern PREFIXED_HEX = Pattern.compile("0x([0-9a-fA-F]{2})(?:,\\s*)?");

  /** Of the characters that credentials can have; each has a name in HTML. */
  private static final Map<String, String> NAMED =
      Map.ofEntries(
          Map.entry("amp", "&"),
          Map.entry("lt", "<"),
          Map.entry("gt", ">"),
          Map.entry("quot", "\""),
          Map.entry("apos", "'"),
          Map.entry("plus", "+"),
          Map.entry("equals", "="),
          Map.entry("sol", "/"),
          Map.entry("bsol", "\\"),
          Map.entry("lowbar", "_"),
          Map.entry("period", "."),
          Map.entry("comma", ","),
          Map.entry("colon", ":"),
          Map.entry("semi", ";"),
          Map.entry("excl", "!"),
          Map.entry("quest", "?"),
          Map.entry("num", "#"),
          Map.entry("dollar", "$"),
          Map.entry("percnt", "%"),
          Map.entry("commat", "@"),
          Map.entry("ast", "*"),
          Map.entry("lpar", "("),
          Map.entry("rpar", ")"),
          Map.entry("lsqb", "["),
          Map.entry("rsqb", "]"),
          Map.entry("lcub", "{"),
          Map.entry("rcub", "}"),
          Map.entry("verbar", "|"),
          Map.entry("hat", "^"),
          Map.entry("grave", "`"));

  /** The text itself and what it may mean, without repetitions. */
  static Stream<String> formsOf(String text) {
    Set<String> forms = new LinkedHashSet<>();
    String form = text;
    for (int depth = 0; depth <= DEPTH && forms.add(form); depth++) {
      form = ESCAPE.matcher(form).replaceAll(Unescaped::meaning);
    }
    forms.add(QUOTED_PRINTABLE.matcher(text).replaceAll(escape -> byteOf(escape.group(1))));
    forms.add(PREFIXED_HEX.matcher(text).replaceAll(escape -> byteOf(escape.group(1))));
    return forms.stream();
  }

  private static String meaning(MatchResult escape) {
    if (escape.group(1) != null) {
      return byteOf(escape.group(1));
    }
    for (int group : new int[] {2, 3, 4, 6}) {
      if (escape.group(group) != null) {
        return character(Integer.parseInt(escape.group(group), 16));
      }
    }
    if (escape.group(5) != null) {
      return "nrtbf".contains(escape.group(5)) ? " " : quoted(escape.group(5));
    }
    if (escape.group(7) != null) {
      return character(Integer.parseInt(escape.group(7)));
    }
    return quoted(NAMED.getOrDefault(escape.group(8), ""));
  }

  /** {@code null} stands for a line that goes on. */
  private static String byteOf(@Nullable String hex) {
    return hex == null ? "" : quoted(Character.toString(Integer.parseInt(hex, 16)));
  }

  /** As it stands in an answer: a character for each byte of its UTF-8. */
  private static String character(int code) {
    return Character.isValidCodePoint(code)
        ? quoted(
            new String(
                Character.toString(code).getBytes(StandardCharsets.UTF_8),
                StandardCharsets.ISO_8859_1))
        : "?";
  }

  private static String quoted(String text) {
    return Matcher.quoteReplacement(text);
  }
}
