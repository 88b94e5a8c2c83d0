package io.waybill.soak;

import io.waybill.testkit.Answer;
import io.waybill.testkit.ReceivedRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the webhooks of a run answer. Three of them are never quite well, so that what is killed has
 * retries, waits and dead letters under way; all others take 20 to 120 ms. May be used by many
 * threads.
 */
final class Webhooks {
  /** Answers 503 to the first try of each fourth task. */
  static final String UNAVAILABLE_AT_FIRST = Destinations.id(Destinations.WEBHOOK, 0);

  /** Answers 404 to everything. */
  static final String REFUSES = Destinations.id(Destinations.WEBHOOK, 1);

  /** Answers 429 with {@code Retry-After: 1} to the first try of each fourth task. */
  static final String SAYS_WHEN = Destinations.id(Destinations.WEBHOOK, 2);

  private static final int FAILS_EVERY = 4;
  private static final int FASTEST_MILLIS = 20;
  private static final int SPREAD_MILLIS = 100;

  /** Tasks whose first try has failed. */
  private final Set<String> failed = ConcurrentHashMap.newKeySet();

  Answer answer(ReceivedRequest request) {
    String destination = destination(request);
    if (destination.equals(REFUSES)) {
      return Answer.status(404);
    }
    if (destination.equals(UNAVAILABLE_AT_FIRST) && isFirstOfSome(request)) {
      return Answer.status(503);
    }
    if (destination.equals(SAYS_WHEN) && isFirstOfSome(request)) {
      return Answer.status(429).header("Retry-After", "1");
    }
    return well(request);
  }

  private static Answer well(ReceivedRequest request) {
    int millis = FASTEST_MILLIS + Math.floorMod(request.number() * 37, SPREAD_MILLIS);
    return Answer.status(200).after(Duration.ofMillis(millis));
  }

  private boolean isFirstOfSome(ReceivedRequest request) {
    String id = request.header("webhook-id").orElse("");
    return Math.floorMod(id.hashCode(), FAILS_EVERY) == 0 && failed.add(id);
  }

  /** From the path: {@code /hook/<id>}. */
  static String destination(ReceivedRequest request) {
    return request.path().substring(request.path().lastIndexOf('/') + 1);
  }
}
