package io.waybill.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request as {@link HttpSink} got it.
 *
 * @param number 1 for the sink's first
 * @param method as sent
 * @param target path and query, as sent
 * @param headers by lower-case name, values in order of arrival
 * @param body exactly the bytes received, chunked coding taken off; not copied, leave it unchanged
 * @param at when it was complete
 * @param connection which of the sink's connections carried it, from 1; equal for reuse
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
public record ReceivedRequest(
    int number,
    String method,
    String target,
    Map<String, List<String>> headers,
    byte[] body,
    Instant at,
    int connection) {

  /** The target without its query. */
  public String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** The first header of that name, in any case. */
  public Optional<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
  }

  /** The body read as UTF-8. */
  public String bodyText() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
