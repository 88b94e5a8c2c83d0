package io.waybill.channel.webhook;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.utils.DateUtils;

/** What an answer means. Pure; the status code decides alone. */
final class Answers {
  private Answers() {}

  /** Nobody is waited for longer than this, whatever he asks for. */
  static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  static final int MAX_REFERENCE_LENGTH = 200;

  /** An echo of fewer characters gives nothing away, and would match by accident. */
  private static final int SHORTEST_ECHO = 6;

  private static final Pattern DIGITS = Pattern.compile("[0-9]+");

  /**
   * The outcome of an attempt that was answered.
   *
   * @param host for the message
   * @param sent header values and credentials, which neither reference nor excerpt may repeat
   * @param refusal the body of a refusal, where the destination wants an excerpt of it
   */
  static Outcome outcome(
      AnswerHead head,
      String host,
      Collection<String> sent,
      Optional<byte[]> refusal,
      Instant now,
      Duration took) {
    int status = head.status();
    if (status >= 200 && status < 300) {
      return new Outcome.Delivered(
          Integer.toString(status), head.reference().flatMap(text -> reference(text, sent)), took);
    }
    String answered = host + " answered " + status;
    if (status >= 300 && status < 400) {
      return new Outcome.Permanent(
          Reason.REDIRECT_REFUSED,
          answered + ": redirects are never followed, configure the final URL",
          took);
    }
    String said =
        refusal
            .flatMap(body -> Excerpt.of(body, sent))
            .map(text -> "; it said: " + text)
            .orElse("");
    if (status == 410) {
      return new Outcome.Permanent(
          Reason.GONE, answered + ": the receiver is gone for good" + said, took);
    }
    if (status == 408 || status == 425 || status == 429 || (status >= 500 && status < 600)) {
      return new Outcome.Transient(
          Reason.HTTP_TRANSIENT,
          answered + said,
          head.retryAfter().flatMap(text -> retryAfter(text, now)),
          took);
    }
    if (status >= 400 && status < 500) {
      return new Outcome.Permanent(Reason.HTTP_PERMANENT, answered + hint(status) + said, took);
    }
    return new Outcome.Transient(
        Reason.PROTOCOL_ERROR, answered + ", which is no HTTP status code", Optional.empty(), took);
  }

  private static String hint(int status) {
    return switch (status) {
      case 401, 403 -> ": check the destination's credentials";
      case 404, 405 -> ": check the destination's URL and method";
      case 413 -> ": the receiver takes no payload of this size";
      default -> "";
    };
  }

  /** Reads seconds or an HTTP date; garbage and the past are no wish at all. */
  static Optional<Duration> retryAfter(String text, Instant now) {
    String value = text.strip();
    if (DIGITS.matcher(value).matches()) {
      // More than nine digits may not fit a number, and are far beyond the limit in any case.
      Duration asked =
          value.length() > 9 ? LONGEST_RETRY_AFTER : Duration.ofSeconds(Long.parseLong(value));
      return Optional.of(shorter(asked));
    }
    Instant date = DateUtils.parseStandardDate(value);
    return date == null || !date.isAfter(now)
        ? Optional.empty()
        : Optional.of(shorter(Duration.between(now, date)));
  }

  private static Duration shorter(Duration asked) {
    return asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
  }

  /**
   * The receiver's own name for the request, fit for logs and topics: visible ASCII, not too long,
   * and nothing of what was sent as a credential.
   */
  static Optional<String> reference(String text, Collection<String> sent) {
    StringBuilder clean = new StringBuilder();
    text.chars()
        .filter(c -> c > 0x20 && c < 0x7f)
        .limit(MAX_REFERENCE_LENGTH)
        .forEach(c -> clean.append((char) c));
    String reference = clean.toString();
    // Of all that was said: what is cut may be the half of a credential.
    boolean echoes =
        Echo.isIn(text, sent) || sent.stream().anyMatch(value -> echoes(reference, value));
    return reference.isEmpty() || echoes ? Optional.empty() : Optional.of(reference);
  }

  private static boolean echoes(String reference, String value) {
    for (String part : value.split("\\s+", -1)) {
      // Either way round: a piece of a credential is worth hiding too.
      if ((part.length() >= SHORTEST_ECHO && reference.contains(part))
          || (reference.length() >= SHORTEST_ECHO && part.contains(reference))) {
        return true;
      }
    }
    return false;
  }
}
