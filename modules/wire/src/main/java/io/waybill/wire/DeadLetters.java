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

  /** A key can fill a record as well as a value, and more so when its batch was compressed. */
  private static final int LONGEST_KEY = 64 * 1024;

  /** A message may repeat what it complains of. */
  private static final int LONGEST_MESSAGE = 4_000;

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
   * The dead letter of a record that never became a task: holds its original bytes. Always fits its
   * topic, for one that the broker refuses would stop whoever writes it: a value that is too large,
   * or a key of more than 64 KiB, is cut to its first 4 KiB.
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
        message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message,
        errors,
        now,
        Optional.empty(),
        Optional.ofNullable(key).map(DeadLetters::shortened).map(RawBytes::new),
        Optional.ofNullable(kept).map(RawBytes::new),
        value == null ? 0 : value.length,
        value == null ? "" : Hashing.sha256Hex(value));
  }

  private static byte[] shortened(byte[] key) {
    return key.length > LONGEST_KEY ? Arrays.copyOf(key, KEPT_OF_TOO_LARGE) : key;
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
