package io.waybill.soak;

import io.waybill.testkit.Answer;
import io.waybill.testkit.ReceivedRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An object store as far as a sender needs one: PUT, also with {@code If-None-Match: *}, and HEAD.
 * It keeps what HEAD tells, not the objects. A second PUT without the condition is taken, as a
 * store takes it, so that the history shows it. May be used by many threads.
 */
final class Objects {
  private static final String METADATA = "x-amz-meta-";

  private final Map<String, Map<String, String>> headers = new ConcurrentHashMap<>();

  Answer answer(ReceivedRequest request) {
    return switch (request.method()) {
      case "PUT" -> put(request);
      case "HEAD" -> head(request);
      default -> error(501, "NotImplemented");
    };
  }

  private Answer put(ReceivedRequest request) {
    Map<String, String> told = new ConcurrentHashMap<>();
    request
        .headers()
        .forEach((name, values) -> {
          if (name.startsWith(METADATA) || name.equals("x-amz-checksum-sha256")) {
            told.put(name, values.getFirst());
          }
        });
    String eTag = "\"" + Hashes.sha256(request.body()).substring(0, 32) + "\"";
    told.put("ETag", eTag);
    Map<String, String> there = headers.putIfAbsent(request.path(), told);
    if (there != null && request.header("if-none-match").isPresent()) {
      return error(412, "PreconditionFailed");
    }
    return Answer.status(200).header("ETag", eTag);
  }

  private Answer head(ReceivedRequest request) {
    Map<String, String> told = headers.get(request.path());
    if (told == null) {
      return Answer.status(404);
    }
    Answer.Respond answer = Answer.status(200);
    for (Map.Entry<String, String> header : told.entrySet()) {
      answer = answer.header(header.getKey(), header.getValue());
    }
    return answer;
  }

  private static Answer error(int status, String code) {
    return Answer.status(status)
        .header("Content-Type", "application/xml")
        .body(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"
                + code
                + "</Code><Message>no</Message></Error>");
  }

  /** From the path: {@code /<id>/audit/...}. */
  static String bucket(ReceivedRequest request) {
    String path = request.path();
    int end = path.indexOf('/', 1);
    return path.substring(1, end < 0 ? path.length() : end);
  }
}
