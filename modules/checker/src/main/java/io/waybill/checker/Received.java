package io.waybill.checker;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One request as a receiver wrote it down: one attempt.
 *
 * @param webhookId the id that every attempt of a task carries; empty when there was none
 * @param destinationId the receiver's own knowledge, not the sender's word
 * @param answeredAt when the answer had been written, or given up
 * @param status of the answer; empty when there was none that could be read: nothing sent, cut off,
 *     or the connection already gone
 * @param dataSha256 of the body as it came, 64 lower-case hexadecimal digits; for receivers that
 *     get the data byte for byte
 */
public record Received(
    String webhookId,
    String deliveryId,
    String destinationId,
    Instant receivedAt,
    Optional<Instant> answeredAt,
    OptionalInt status,
    Optional<String> dataSha256) {

  public Received {
    deliveryId = deliveryId.toLowerCase(Locale.ROOT);
  }

  TaskKey key() {
    return new TaskKey(deliveryId, destinationId);
  }

  boolean isAnsweredWithSuccess() {
    return status.isPresent() && status.getAsInt() / 100 == 2;
  }
}
