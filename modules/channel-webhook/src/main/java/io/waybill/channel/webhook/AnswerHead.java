package io.waybill.channel.webhook;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a receiver's answer.
 *
 * @param retryAfter as it came
 * @param reference the receiver's own name for the request, as it came
 * @param compressed whether the body is in a form that nobody here reads
 */
record AnswerHead(
    int status, Optional<String> retryAfter, Optional<String> reference, boolean compressed) {

  private static final String RETRY_AFTER = "retry-after";
  private static final String CONTENT_ENCODING = "content-encoding";

  /** Names under which receivers tell their own name for a request, the best first. */
  private static final List<String> REFERENCES =
      List.of(
          "x-request-id",
          "x-correlation-id",
          "x-trace-id",
          "request-id",
          "correlation-id",
          "trace-id");

  static AnswerHead of(HttpResponse response) {
    Optional<String> retryAfter = Optional.empty();
    Optional<String> reference = Optional.empty();
    boolean compressed = false;
    int best = REFERENCES.size();
    for (Iterator<Header> headers = response.headerIterator(); headers.hasNext(); ) {
      Header header = headers.next();
      String name = header.getName().toLowerCase(Locale.ROOT);
      int rank = REFERENCES.indexOf(name);
      if (rank >= 0 && rank < best && isSomething(header.getValue())) {
        best = rank;
        reference = Optional.of(header.getValue());
      } else if (name.equals(RETRY_AFTER)
          && retryAfter.isEmpty()
          && isSomething(header.getValue())) {
        retryAfter = Optional.of(header.getValue());
      }
      compressed |= name.equals(CONTENT_ENCODING);
    }
    return new AnswerHead(response.getCode(), retryAfter, reference, compressed);
  }

  /** Whether the body may say why the request was not taken. */
  boolean isReadableRefusal() {
    return status >= 400 && !compressed;
  }

  private static boolean isSomething(@Nullable String value) {
    return value != null && !value.isBlank();
  }

  /** Remote text: for nobody's log. */
  @Override
  public String toString() {
    return "AnswerHead[" + status + "]";
  }
}
