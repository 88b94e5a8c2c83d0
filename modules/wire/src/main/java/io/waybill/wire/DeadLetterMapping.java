package io.waybill.wire;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawBytes;
import io.waybill.domain.Reason;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Dead letters between Avro and the domain. */
final class DeadLetterMapping {
  private DeadLetterMapping() {}

  static io.waybill.avro.DeadLetter toAvro(DeadLetter letter) {
    return new io.waybill.avro.DeadLetter(
        AvroValues.origin(letter.origin()),
        letter.organizationId().map(OrganizationId::value).orElse(null),
        letter.deliveryId().map(DeliveryId::toString).orElse(null),
        letter.reason().code(),
        letter.message(),
        AvroValues.toAvro(letter.errors()),
        letter.diedAt(),
        letter.task().map(TaskMapping::toAvro).orElse(null),
        buffer(letter.originalKey()),
        buffer(letter.originalValue()),
        letter.originalSize(),
        letter.originalSha256());
  }

  static DeadLetter toDomain(io.waybill.avro.DeadLetter letter) {
    return new DeadLetter(
        AvroValues.origin(letter.getOrigin()),
        Optional.ofNullable(letter.getOrganizationId()).map(OrganizationId::new),
        Optional.ofNullable(letter.getDeliveryId()).map(TaskMapping::deliveryId),
        Reason.parse(letter.getReason()),
        letter.getMessage(),
        AvroValues.toDomain(letter.getErrors()),
        letter.getDiedAt(),
        Optional.ofNullable(letter.getTask()).map(TaskMapping::toDomain),
        AvroValues.rawBytes(letter.getOriginalKey()),
        AvroValues.rawBytes(letter.getOriginalValue()),
        letter.getOriginalSize(),
        letter.getOriginalSha256());
  }

  private static @Nullable ByteBuffer buffer(Optional<RawBytes> bytes) {
    return bytes.map(present -> AvroValues.buffer(present.bytes())).orElse(null);
  }
}
