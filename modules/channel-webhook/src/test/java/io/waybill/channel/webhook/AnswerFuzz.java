package io.waybill.channel.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Mutations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a receiver says in {@code Retry-After}, in its reference, and in the body of a refusal. */
public final class AnswerFuzz {
  static final List<byte[]> SEEDS =
      List.of(
          Mutations.text("120"),
          Mutations.text("99999999999999999999"),
          Mutations.text("Sun, 01 Mar 2026 10:00:30 GMT"),
          Mutations.text("Sunday, 01-Mar-26 10:00:30 GMT"),
          Mutations.text("Sun Mar  1 10:00:30 2026"),
          Mutations.text("req-abcdef123456; Bearer s3cr3t-token-of-mine"),
          Mutations.text("{\"error\":\"bad token s3cr3t-token-of-mine\",\"u\":\"\\u0073\"}"));

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final String SECRET = "s3cr3t-token-of-mine";
  private static final List<String> SENT = List.of("Bearer " + SECRET);

  private AnswerFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    for (String text : List.of(new String(input, UTF_8), new String(input, ISO_8859_1))) {
      Answers.retryAfter(text, NOW)
          .ifPresent(
              pause -> assertThat(pause).isBetween(Duration.ZERO, Answers.LONGEST_RETRY_AFTER));
      Answers.reference(text, SENT)
          .ifPresent(reference ->
              assertThat(reference)
                  .matches("[!-~]+")
                  .hasSizeLessThanOrEqualTo(Answers.MAX_REFERENCE_LENGTH)
                  .doesNotContain(SECRET));
    }
    Excerpt.of(input, SENT)
        .ifPresent(excerpt -> assertThat(excerpt).matches("[ -~]+").doesNotContain(SECRET));
  }
}
