package io.waybill.channel.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswersTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  @DisplayName("row 88: reads retry after")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "0|0",
        "5|5",
        "` 7 `|7",
        "3600|3600",
        "3601|3600",
        "1000000000|3600",
        "99999999999999999999999|3600",
        "Sun, 01 Mar 2026 10:00:30 GMT|30",
        "Sunday, 01-Mar-26 10:00:30 GMT|30",
        "Mon, 02 Mar 2026 10:00:00 GMT|3600",
        "Sun, 01 Mar 2026 10:00:00 GMT|-",
        "Sun, 01 Mar 2026 09:59:59 GMT|-",
        "Thu, 01 Jan 1970 00:00:00 GMT|-",
        "-1|-",
        "+5|-",
        "1.5|-",
        "5s|-",
        "abc|-",
        "\u0665|-",
      },
      quoteCharacter = '`')
  void readsRetryAfter(String text, Long seconds) {
    assertThat(Answers.retryAfter(text, NOW))
        .isEqualTo(Optional.ofNullable(seconds).map(Duration::ofSeconds));
  }

  @Test
  void aReferenceIsVisibleAsciiAndShort() {
    assertThat(Answers.reference("a\r\nb \u00e9\u001b[31mc", List.of())).contains("ab[31mc");
    assertThat(Answers.reference("x".repeat(300), List.of())).contains("x".repeat(200));
    assertThat(Answers.reference("\u00e9 \t", List.of())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Bearer abcdef123456,false",
    "id-abcdef123456-1,false",
    "abcdef,false",
    "def123,false",
    "req-1,true",
    "abc,true",
  })
  void aReferenceRepeatsNoCredential(String text, boolean kept) {
    assertThat(Answers.reference(text, List.of("Bearer abcdef123456")).isPresent()).isEqualTo(kept);
  }
}
