package io.waybill.domain;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** An accepted request. Given by the SDK, or derived from where the request stands in Kafka. */
public record DeliveryId(UUID value) implements Comparable<DeliveryId> {
  private static final RandomIds RANDOM = new RandomIds();

  /** A new random id (version 4). */
  public static DeliveryId random() {
    return new DeliveryId(RANDOM.next());
  }

  /**
   * The id of a request that names none: the same record always gives the same id, so that reading
   * it again after a crash cannot make a second delivery of it.
   *
   * @param topicId Kafka's id of the requests topic, not its name: a topic that was deleted and
   *     made anew starts again at offset 0
   */
  public static DeliveryId ofRecord(String topicId, int partition, long offset) {
    String name = "waybill:request:" + topicId + ":" + partition + ":" + offset;
    return new DeliveryId(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
  }

  /** Reads the canonical form of 36 characters; upper case is accepted and lowered. */
  public static Optional<DeliveryId> parse(String value) {
    // UUID.fromString also takes "1-1-1-1-1"; two spellings of one id would be two keys.
    return IdForms.isUuid(value)
        ? Optional.of(new DeliveryId(UUID.fromString(value)))
        : Optional.empty();
  }

  @Override
  public int compareTo(DeliveryId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
