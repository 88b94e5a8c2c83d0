package io.waybill.checker;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One request as its submitter wrote it down.
 *
 * @param destinationIds where the payload is to go, {@code default} already written out
 * @param at when it was handed to the Kafka client
 * @param dataSha256 of the payload's data, 64 lower-case hexadecimal digits; for receivers that get
 *     the data byte for byte
 */
public record Submitted(
    String deliveryId,
    String organizationId,
    List<String> destinationIds,
    Fate fate,
    Instant at,
    Optional<String> dataSha256) {

  /** What became of the send, as far as the submitter knows. */
  public enum Fate {
    /** Kafka acknowledged it under {@code acks=all}: from here on everything is promised. */
    ACKNOWLEDGED,
    /** No answer, or a time-out: may be there or not; what is there must be right. */
    UNKNOWN,
    /** Certainly never written: its transaction was aborted, or it was never sent. */
    FAILED;

    /** The word in a history. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Submitted {
    deliveryId = deliveryId.toLowerCase(Locale.ROOT);
    destinationIds = List.copyOf(destinationIds);
  }
}
