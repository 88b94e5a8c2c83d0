package io.waybill.domain;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A task or record that will not be tried again by itself.
 *
 * @param origin the record it was
 * @param organizationId when it could be read
 * @param deliveryId when it could be read
 * @param message the reason in words; no payload, no secret
 * @param errors the wrong fields of a rejected request
 * @param task what a replay starts from; absent for records that never became a task
 * @param originalKey the key of the record at {@code origin}, when it is not a task
 * @param originalValue the bytes of the record at {@code origin}, when it is not a task; too large
 *     ones are cut to their first 4 KiB
 * @param originalSize length of the whole value
 * @param originalSha256 of the whole value
 */
public record DeadLetter(
    RecordOrigin origin,
    Optional<OrganizationId> organizationId,
    Optional<DeliveryId> deliveryId,
    Reason reason,
    String message,
    List<FieldError> errors,
    Instant diedAt,
    Optional<Task> task,
    Optional<RawBytes> originalKey,
    Optional<RawBytes> originalValue,
    long originalSize,
    String originalSha256) {
  public DeadLetter {
    errors = List.copyOf(errors);
  }
}
