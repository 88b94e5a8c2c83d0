package io.waybill.domain;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The optional part of a request.
 *
 * @param priority 0 (lowest) to 10; 8 and above travel on the express topics
 * @param idempotencyKey requests of one organization with the same key are one delivery for 24 h
 * @param correlationId the publisher's own name for what this belongs to, carried through
 * @param tags the publisher's own words, carried through
 * @param deliverAt not before this time
 * @param expiresAt not sent any more after this time
 */
public record DeliveryOptions(
    int priority,
    Optional<String> idempotencyKey,
    Optional<String> correlationId,
    List<String> tags,
    Optional<Instant> deliverAt,
    Optional<Instant> expiresAt) {

  public static final int LOWEST_PRIORITY = 0;
  public static final int DEFAULT_PRIORITY = 5;
  public static final int HIGHEST_PRIORITY = 10;

  /** From this priority on, a task travels on the express topic of its type. */
  public static final int EXPRESS_PRIORITY = 8;

  public DeliveryOptions {
    tags = List.copyOf(tags);
  }

  /** What holds when a request has no options. */
  public static DeliveryOptions defaults() {
    return new DeliveryOptions(
        DEFAULT_PRIORITY,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  /** Without the idempotency key, which publishers make from what they publish. */
  @Override
  public String toString() {
    return "DeliveryOptions[priority=%d, idempotencyKey=%s, deliverAt=%s, expiresAt=%s]"
        .formatted(
            priority,
            idempotencyKey.isPresent() ? "present" : "none",
            deliverAt.map(Instant::toString).orElse("none"),
            expiresAt.map(Instant::toString).orElse("none"));
  }
}
