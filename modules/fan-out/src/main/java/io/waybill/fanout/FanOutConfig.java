package io.waybill.fanout;

import io.waybill.domain.RequestRules;
import java.time.Duration;

/**
 * What fan-out must be told.
 *
 * @param requestTopics that requests are read from
 * @param partitions of each request topic and of their rekeyed sibling; must be what the cluster
 *     has, for claims are found by partition
 * @param grace how long a request waits for destinations that are not known yet; a destination that
 *     was created just before the request may still be on its way to this process
 * @param dedupeWindow how long an idempotency key and a delivery id are remembered
 * @param inlineBytes payload data up to this many bytes travels in each task, larger data is
 *     referred to
 * @param longestDeliverAhead how far {@code options.deliverAt} may lie ahead. Tasks with large
 *     payloads refer to the request record, which is kept for 14 days; 5 days leave 9 for the
 *     retries that may follow the first attempt
 * @param heldInterval how often waiting requests are looked at
 */
public record FanOutConfig(
    RequestTopics requestTopics,
    int partitions,
    Duration grace,
    Duration dedupeWindow,
    int inlineBytes,
    Duration longestDeliverAhead,
    Duration heldInterval) {

  public static final Duration DEFAULT_GRACE = Duration.ofSeconds(5);
  public static final Duration DEFAULT_DEDUPE_WINDOW = Duration.ofHours(24);
  public static final int DEFAULT_INLINE_BYTES = 64 * 1024;
  public static final Duration DEFAULT_LONGEST_DELIVER_AHEAD = RequestRules.MAX_DELIVER_AHEAD;
  public static final Duration DEFAULT_HELD_INTERVAL = Duration.ofMillis(25);

  public FanOutConfig {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions must be at least 1, not " + partitions);
    }
    if (inlineBytes < 0) {
      throw new IllegalArgumentException("inlineBytes must not be negative, not " + inlineBytes);
    }
    requireNotNegative("grace", grace);
    requirePositive("dedupeWindow", dedupeWindow);
    requireNotNegative("longestDeliverAhead", longestDeliverAhead);
    requirePositive("heldInterval", heldInterval);
  }

  /**
   * The defaults of an installation whose one request topic may name any organization.
   *
   * @param requestsTopicId Kafka's id of {@code waybill.requests}, not its name
   */
  public static FanOutConfig defaults(String requestsTopicId, int partitions) {
    return defaults(RequestTopics.one(requestsTopicId), partitions);
  }

  /** The defaults of an installation with those request topics. */
  public static FanOutConfig defaults(RequestTopics requestTopics, int partitions) {
    return new FanOutConfig(
        requestTopics,
        partitions,
        DEFAULT_GRACE,
        DEFAULT_DEDUPE_WINDOW,
        DEFAULT_INLINE_BYTES,
        DEFAULT_LONGEST_DELIVER_AHEAD,
        DEFAULT_HELD_INTERVAL);
  }

  private static void requirePositive(String name, Duration value) {
    if (value.toMillis() < 1) {
      throw new IllegalArgumentException(name + " must be at least 1 ms, not " + value);
    }
  }

  private static void requireNotNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + " must not be negative, not " + value);
    }
  }
}
