package io.waybill.wire;

import io.waybill.domain.FieldError;
import io.waybill.domain.RawBytes;
import io.waybill.domain.RawJson;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.TaskPayload;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The small values that several records share. */
final class AvroValues {
  private AvroValues() {}

  static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes);
  }

  static byte[] bytes(ByteBuffer buffer) {
    if (buffer.hasArray()
        && buffer.arrayOffset() == 0
        && buffer.array().length == buffer.remaining()) {
      return buffer.array();
    }
    byte[] copy = new byte[buffer.remaining()];
    buffer.duplicate().get(copy);
    return copy;
  }

  /** A UUID. Java's own complaint would repeat the text, and ours is stored in dead letters. */
  static UUID uuid(String field, String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(field + " must be a UUID");
    }
  }

  /** A word of a closed set, likewise without repeating it. */
  static <T> T word(String field, String word, Function<String, T> parse) {
    try {
      return parse.apply(word);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(field + " is a word that this version does not know");
    }
  }

  static RawJson json(ByteBuffer buffer) {
    return new RawJson(bytes(buffer));
  }

  static Optional<RawBytes> rawBytes(@Nullable ByteBuffer buffer) {
    return Optional.ofNullable(buffer).map(present -> new RawBytes(bytes(present)));
  }

  static io.waybill.avro.RecordOrigin origin(RecordOrigin origin) {
    return new io.waybill.avro.RecordOrigin(origin.topic(), origin.partition(), origin.offset());
  }

  static RecordOrigin origin(io.waybill.avro.RecordOrigin origin) {
    return new RecordOrigin(origin.getTopic(), origin.getPartition(), origin.getOffset());
  }

  static io.waybill.avro.PayloadReference reference(TaskPayload.Reference reference) {
    return new io.waybill.avro.PayloadReference(
        origin(reference.origin()), reference.sha256(), reference.size());
  }

  static TaskPayload.Reference reference(io.waybill.avro.PayloadReference reference) {
    return new TaskPayload.Reference(
        origin(reference.getOrigin()), reference.getSha256(), reference.getSize());
  }

  static List<io.waybill.avro.FieldError> toAvro(List<FieldError> errors) {
    return errors.stream()
        .map(e -> new io.waybill.avro.FieldError(e.field(), e.code(), e.message()))
        .toList();
  }

  static List<FieldError> toDomain(List<io.waybill.avro.FieldError> errors) {
    return errors.stream()
        .map(e -> new FieldError(e.getField(), e.getCode(), e.getMessage()))
        .toList();
  }
}
