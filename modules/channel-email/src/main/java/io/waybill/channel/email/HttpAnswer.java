package io.waybill.channel.email;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a service answered. Nothing of it is shown as it is but the status: a service can send our
 * credentials back.
 *
 * @param headers by name in lower case
 * @param body its start
 */
record HttpAnswer(int status, Map<String, String> headers, String body) {
  private static final JsonFactory JSON = new JsonFactory();

  /** Longer than anybody waits, and no number that overflows. */
  private static final Pattern SECONDS = Pattern.compile("\\d{1,10}");

  private static final long FIRST_TIME = 1_000_000_000L;

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /** A string or a truth value at the top of an answer in JSON; nothing when there is none. */
  Optional<String> field(String name) {
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = parser.currentName().equals(name);
        JsonToken value = parser.nextToken();
        if (wanted && (value == JsonToken.VALUE_STRING || value.isBoolean())) {
          return Optional.of(parser.getText());
        }
        parser.skipChildren();
      }
      return Optional.empty();
    } catch (IOException e) {
      // Not JSON, or not all of it: it says nothing.
      return Optional.empty();
    }
  }

  /** Whether the body holds this text. */
  boolean mentions(String text) {
    return body.contains(text);
  }

  /**
   * How long the service asks to be left alone.
   *
   * @param resetHeader whose value is a time in seconds since 1970, or a number of seconds
   */
  Optional<Duration> pause(String resetHeader, Instant now) {
    return header("Retry-After")
        .or(() -> header(resetHeader))
        .filter(value -> SECONDS.matcher(value).matches())
        .map(Long::parseLong)
        .map(value -> value >= FIRST_TIME ? value - now.getEpochSecond() : value)
        .filter(seconds -> seconds > 0)
        .map(Duration::ofSeconds);
  }

  @Override
  public String toString() {
    return "HttpAnswer[" + status + "]";
  }
}
