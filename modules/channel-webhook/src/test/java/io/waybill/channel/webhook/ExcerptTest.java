package io.waybill.channel.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
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
        "audit-system says no");
  }

  @ParameterizedTest
  @MethodSource("echoes")
  void whatRepeatsACredentialIsWithheld(String body) {
    assertThat(Excerpt.of(body.getBytes(StandardCharsets.UTF_8), SENT)).contains(Excerpt.WITHHELD);
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
