package io.waybill.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@link HttpSink} does with one request. */
public sealed interface Answer {

  /**
   * Answers after a delay. Content-Length is added.
   *
   * @param body sent as it is; not sent with statuses that have none (1xx, 204, 304)
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
  record Respond(int status, Map<String, String> headers, byte[] body, Duration delay)
      implements Answer {
    public Respond {
      headers = Map.copyOf(headers);
      body = body.clone();
    }

    /** With one header more. */
    public Respond header(String name, String value) {
      Map<String, String> more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Respond(status, more, body, delay);
    }

    /** With this body, in UTF-8. */
    public Respond body(String text) {
      return new Respond(status, headers, text.getBytes(StandardCharsets.UTF_8), delay);
    }

    /** With this body. */
    public Respond body(byte[] bytes) {
      return new Respond(status, headers, bytes, delay);
    }

    /** That much later. */
    public Respond after(Duration wait) {
      return new Respond(status, headers, body, wait);
    }
  }

  /** Takes the request and never answers; the connection stays open until the sink closes. */
  record Hang() implements Answer {}

  /** Takes the request and closes the connection without a word. */
  record Close(Duration delay) implements Answer {}

  /** An empty answer of that status, at once. */
  static Respond status(int status) {
    return new Respond(status, Map.of(), new byte[0], Duration.ZERO);
  }

  /** No answer, ever. */
  static Answer hang() {
    return new Hang();
  }

  /** The connection closed at once, without an answer. */
  static Answer close() {
    return new Close(Duration.ZERO);
  }
}
