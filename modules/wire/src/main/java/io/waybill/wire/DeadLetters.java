package io.waybill.wire;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.FieldError;
import io.waybill.domain.Hashing;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawBytes;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes dead letters. */
public final class DeadLetters {
  /** What is kept of a value that is too large for a dead letter of its own. */
  public static final int KEPT_OF_TOO_LARGE = 4 * 1024;

  /** Room for everything beside the original value. */
  private static final int OVERHEAD = 256 * 1024;

  /** A key can fill a record as well as a value: a dead letter must have room for both. */
  private static final int LONGEST_KEY = 64 * 1024;

  private DeadLetters() {}

  /** The dead letter of a record of which nothing can be read, not even whose it is. */
  public static DeadLetter ofUnreadable(
      RecordOrigin origin,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Reason reason,
      String message,
      Instant now) {
    return ofRecord(
        origin, key, value, Optional.empty(), Optional.empty(), reason, message, List.of(), now);
  }

  /**
   * The dead letter of a record that never became a task: holds its original bytes. What no broker
   * would take is cut, for a dead letter that cannot be written would stop its writer for ever.
   *
   * @param key of the record
   * @param value of the record; null is a tombstone
   */
  public static DeadLetter ofRecord(
      RecordOrigin origin,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Optional<OrganizationId> organization,
      Optional<DeliveryId> delivery,
      Reason reason,
      String message,
      List<FieldError> errors,
      Instant now) {
    boolean tooLarge = value != null && value.length > TopicCatalog.MAX_RECORD_BYTES - OVERHEAD;
    byte @Nullable [] kept =
        value != null && tooLarge ? Arrays.copyOf(value, KEPT_OF_TOO_LARGE) : value;
    return new DeadLetter(
        origin,
        organization,
        delivery,
        reason,
        message,
        errors,
        now,
        Optional.empty(),
        Optional.ofNullable(key).map(DeadLetters::keptOfKey),
        Optional.ofNullable(kept).map(RawBytes::new),
        value == null ? 0 : value.length,
        value == null ? "" : Hashing.sha256Hex(value));
  }

  private static RawBytes keptOfKey(byte[] key) {
    return new RawBytes(key.length <= LONGEST_KEY ? key : Arrays.copyOf(key, KEPT_OF_TOO_LARGE));
  }

  /** The dead letter of a task: a replay starts from it. */
  public static DeadLetter ofTask(
      RecordOrigin origin, Task task, Reason reason, String message, Instant now) {
    return new DeadLetter(
        origin,
        Optional.of(task.organizationId()),
        Optional.of(task.deliveryId()),
        reason,
        message,
        List.of(),
        now,
        Optional.of(task),
        Optional.empty(),
        Optional.empty(),
        0,
        "");
  }

  /** The record key of a dead letter: its delivery, else its origin. */
  public static String keyOf(DeadLetter letter) {
    return letter.deliveryId().map(DeliveryId::toString).orElseGet(letter.origin()::toString);
  }
}
