package io.waybill.channel.webhook;

import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;

/**
 * What is kept of a receiver's answer.
 *
 * @param compressed whether the body is in a form that nobody here reads
 * @param retryAfter as it came
 * @param reference the receiver's own name for the request, as it came
 */
record AnswerHead(
    int status, Optional<String> retryAfter, Optional<String> reference, boolean compressed) {

  private static final List<String> REFERENCE_HEADERS =
      List.of(
          "x-request-id",
          "x-correlation-id",
          "x-trace-id",
          "request-id",
          "correlation-id",
          "trace-id");

  static AnswerHead of(HttpResponse response) {
    Optional<String> reference =
        REFERENCE_HEADERS.stream().flatMap(name -> value(response, name).stream()).findFirst();
    return new AnswerHead(
        response.getCode(),
        value(response, "retry-after"),
        reference,
        value(response, "content-encoding").isPresent());
  }

  /** Whether the body may say why the request was not taken. */
  boolean isReadableRefusal() {
    return status >= 400 && !compressed;
  }

  private static Optional<String> value(HttpResponse response, String name) {
    Header header = response.getFirstHeader(name);
    return header == null
        ? Optional.empty()
        : Optional.ofNullable(header.getValue()).filter(text -> !text.isBlank());
  }

  /** Remote text: for nobody's log. */
  @Override
  public String toString() {
    return "AnswerHead[" + status + "]";
  }
}
