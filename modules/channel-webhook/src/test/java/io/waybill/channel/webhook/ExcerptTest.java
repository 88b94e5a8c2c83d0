package io.waybill.channel.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExcerptTest {
  private static final String SECRET = "tok+n-4f9a/0001-zz";
  private static final List<String> SENT = List.of("Bearer " + SECRET, "audit-system");

  @Test
  void isVisibleAsciiInOneLine() {
    String body = "{\r\n  \"error\": \"caf\u00e9 \u001b[31mclosed\",\u0000\t\"at\":1}\n";

    assertThat(Excerpt.of(body.getBytes(StandardCharsets.ISO_8859_1), SENT))
        .contains("{ \"error\": \"caf? [31mclosed\", \"at\":1}");
  }

  @Test
  void isAtMostOneKibibyte() {
    String body = "x y".repeat(10_000);

    assertThat(Excerpt.of(body.getBytes(StandardCharsets.UTF_8), SENT).orElseThrow())
        .hasSize(1024)
        .startsWith("x yx y");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \r\n\t\u0000"})
  void nothingIsNoExcerpt(String body) {
    assertThat(Excerpt.of(body.getBytes(StandardCharsets.UTF_8), SENT)).isEmpty();
  }

  static Stream<String> echoes() {
    byte[] bytes = SECRET.getBytes(StandardCharsets.UTF_8);
    String dump = "authorization: Bearer " + SECRET + "\r\nhost: h";
    return Stream.of(
        SECRET,
        "you sent " + SECRET + ", thank you",
        SECRET.toUpperCase(java.util.Locale.ROOT),
        "{\"h\":\"" + SECRET.replace("/", "\\/") + "\"}",
        String.join(" ", SECRET.split("")),
        URLEncoder.encode(SECRET, StandardCharsets.UTF_8),
        "x=" + URLEncoder.encode(dump, StandardCharsets.UTF_8),
        HexFormat.of().formatHex(bytes),
        HexFormat.of().withUpperCase().formatHex(dump.getBytes(StandardCharsets.UTF_8)),
        Base64.getEncoder().encodeToString(bytes),
        Base64.getEncoder().encodeToString(dump.getBytes(StandardCharsets.UTF_8)),
        Base64.getEncoder().encodeToString(("a" + dump).getBytes(StandardCharsets.UTF_8)),
        Base64.getMimeEncoder().encodeToString(("ab" + dump).getBytes(StandardCharsets.UTF_8)),
        // Far behind what would be shown, which shows all the more that it is an echo.
        "x".repeat(5_000) + SECRET,
        "cut off: " + SECRET.substring(0, 14),
        // Over the edge of what is shown: only its start would be.
        "y".repeat(Excerpt.MAX_LENGTH - 9) + SECRET,
        "y".repeat(Excerpt.MAX_LENGTH - 1) + SECRET,
        // Over the edge of what is read, which blanks bring near.
        "cut off" + " ".repeat(60_000) + SECRET.substring(0, 12),
        HexFormat.of().formatHex(bytes).substring(4, 20),
        Base64.getEncoder().encodeToString(dump.getBytes(StandardCharsets.UTF_8)).substring(30, 50),
        // Escaped, a little or wholly, well or badly.
        "{\"h\":\"" + SECRET.replace("+", "\\u002B") + "\"}",
        "{\"h\":\"" + escaped("\\u%04x") + "\"}",
        "{\"h\":\"" + escaped("\\\\u%04X") + "\"}",
        escaped("\\x%02x"),
        escaped("\\u{%x}"),
        "<p>" + SECRET.replace("+", "&#43;").replace("/", "&#x2F;") + "</p>",
        "<p>" + escaped("&#%d;") + "</p>",
        "<p>" + escaped("&#x%X;") + "</p>",
        "<p>" + escaped("&amp;#%d;") + "</p>",
        "100% wrong: " + escaped("%%%02x"),
        "%zz % %4 " + escaped("%%%02X") + " %",
        escaped("%%25%02x"),
        escaped("=%02X"),
        escaped("0x%02x, "),
        escaped("%02x:"),
        mixedCase(HexFormat.of().formatHex(bytes)),
        mixedCase(escaped("%%%02x")),
        Base64.getEncoder().encodeToString(("Bearer " + SECRET).getBytes(StandardCharsets.UTF_8)),
        Base64.getUrlEncoder()
            .encodeToString(("Bearer " + SECRET).getBytes(StandardCharsets.UTF_8)),
        "audit-system says no");
  }

  @DisplayName("row 95: what repeats a credential is withheld")
  @ParameterizedTest
  @MethodSource("echoes")
  void whatRepeatsACredentialIsWithheld(String body) {
    assertThat(Excerpt.of(body.getBytes(StandardCharsets.UTF_8), SENT)).contains(Excerpt.WITHHELD);
  }

  private static String escaped(String format) {
    return SECRET.chars().mapToObj(format::formatted).collect(Collectors.joining());
  }

  private static String mixedCase(String text) {
    StringBuilder mixed = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      mixed.append(i % 2 == 0 ? Character.toUpperCase(c) : Character.toLowerCase(c));
    }
    return mixed.toString();
  }

  /** Wherever a receiver cuts what it repeats, eight characters of it are too many. */
  @Test
  void everyPieceOfEightIsWithheld() {
    String secret = "Zx81QfT0kW9rB4nLm2Vc";
    for (int at = 0; at + 8 <= secret.length(); at++) {
      byte[] body = ("refused " + secret.substring(at, at + 8)).getBytes(StandardCharsets.UTF_8);
      assertThat(Excerpt.of(body, List.of(secret))).contains(Excerpt.WITHHELD);
    }
  }

  /** Where an edge falls is nothing that a receiver's text should decide. */
  @Test
  void whereverItStandsAroundTheEdgesNoneOfItIsShown() {
    for (int edge : new int[] {Excerpt.MAX_LENGTH, AnswerConsumer.MAX_BODY}) {
      for (int before = edge - SECRET.length() - 2; before <= edge + 2; before++) {
        String said = "z".repeat(before) + SECRET;
        byte[] read =
            said.substring(0, Math.min(said.length(), AnswerConsumer.MAX_BODY))
                .getBytes(StandardCharsets.UTF_8);
        String shown = Excerpt.of(read, SENT).orElseThrow();
        if (!shown.equals(Excerpt.WITHHELD)) {
          assertThat(shown).matches("z{" + Excerpt.MAX_LENGTH + "}");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "!@#$%^&*()",
        "$+4/",
        "p:w:!",
        "abc-12",
        "my cat is red ok",
        "\u043f\u0430\u0440\u043e\u043b\u044c"
      })
  void aCredentialOfSymbolsOrShortWordsIsOneToo(String secret) {
    StringBuilder json = new StringBuilder();
    secret.chars().forEach(c -> json.append("\\u%04x".formatted(c)));
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    for (String said :
        List.of(
            secret,
            json.toString(),
            URLEncoder.encode(secret, StandardCharsets.UTF_8),
            HexFormat.of().formatHex(bytes))) {
      assertThat(
              Excerpt.of(
                  ("you sent " + said + " to us").getBytes(StandardCharsets.UTF_8),
                  List.of(secret)))
          .as(said)
          .contains(Excerpt.WITHHELD);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "invalid bearer token: basic is no apikey",
        "the private key has begun to expire",
        "100% of %zz, \\u12, &#; &nosuch; =, 0x and \\",
      })
  void whatErrorsSpeakOfIsNoEcho(String body) {
    assertThat(
            Excerpt.of(
                body.getBytes(StandardCharsets.UTF_8), List.of("Bearer " + SECRET, "Basic Zm9v")))
        .contains(body);
  }

  @Test
  void whatRepeatsNothingIsShown() {
    String body = "token has expired; ask audit for another (code 4f9a)";

    assertThat(Excerpt.of(body.getBytes(StandardCharsets.UTF_8), SENT)).contains(body);
  }

  @Test
  void looksQuicklyThroughAllThatIsRead() {
    byte[] body = "tok%2Bn-4f9a ".repeat(5_000).getBytes(StandardCharsets.UTF_8);
    List<String> many = java.util.Collections.nCopies(50, "k".repeat(150));

    long begun = System.nanoTime();
    Excerpt.of(body, many);
    assertThat(System.nanoTime() - begun).isLessThan(2_000_000_000L);
  }
}
