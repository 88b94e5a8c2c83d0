package io.waybill.checker;

import io.waybill.checker.Topics.DeadLetter;
import io.waybill.checker.Topics.DestinationState;
import io.waybill.checker.Topics.Event;
import io.waybill.checker.Topics.Known;
import io.waybill.checker.Topics.Made;
import io.waybill.checker.Topics.Parked;
import io.waybill.checker.Topics.Task;
import io.waybill.checker.Topics.TaskEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/** Reads record values: Confluent's framing, Avro, and of that the fields that rules look at. */
final class RecordReader {
  private static final byte MAGIC = 0;
  private static final int HEADER = 1 + Integer.BYTES;

  private final Schemas schemas = new Schemas();
  private final WriterSchemas writers;
  private final Map<Reading, GenericDatumReader<GenericRecord>> readers = new HashMap<>();
  private @Nullable BinaryDecoder reused;

  /** Written with one schema, read with another. */
  private record Reading(int writer, String reader) {}

  /** The value is not what belongs on its topic. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  RecordReader(WriterSchemas writers) {
    this.writers = writers;
  }

  Task task(byte[] value) throws UnreadableException {
    return read(value, schemas.task(), RecordReader::task);
  }

  Parked parked(byte[] value) throws UnreadableException {
    return read(
        value,
        schemas.parkedTask(),
        record -> new Parked(task((GenericRecord) record.get("task")), text(record, "reason")));
  }

  Event event(byte[] value) throws UnreadableException {
    return read(value, schemas.event(), RecordReader::event);
  }

  Known status(byte[] value) throws UnreadableException {
    return read(
        value,
        schemas.status(),
        record ->
            new Known(
                text(record, "deliveryId"),
                text(record, "organizationId"),
                text(record, "state"),
                list(record, "destinations", RecordReader::state)));
  }

  DeadLetter deadLetter(byte[] value) throws UnreadableException {
    return read(
        value,
        schemas.deadLetter(),
        record ->
            new DeadLetter(
                optional(record, "organizationId"),
                Optional.ofNullable((GenericRecord) record.get("task")).map(RecordReader::task),
                text(record, "reason")));
  }

  private <T> T read(byte[] value, Schema shape, Function<GenericRecord, T> reading)
      throws UnreadableException {
    if (value.length < HEADER || value[0] != MAGIC) {
      throw new UnreadableException("does not begin with 0 and a schema id", null);
    }
    int id = ByteBuffer.wrap(value).getInt(1);
    Optional<Schema> written = writers.byId(id);
    if (written.isEmpty()) {
      throw new UnreadableException("schema id " + id + " is not known", null);
    }
    try {
      GenericDatumReader<GenericRecord> reader =
          readers.computeIfAbsent(
              new Reading(id, shape.getFullName()),
              _ -> new GenericDatumReader<>(written.get(), shape));
      reused = DecoderFactory.get().binaryDecoder(value, HEADER, value.length - HEADER, reused);
      return reading.apply(reader.read(null, reused));
    } catch (IOException | AvroRuntimeException | ClassCastException e) {
      throw new UnreadableException("is not a " + shape.getName(), e);
    }
  }

  private static Task task(GenericRecord record) {
    return new Task(
        text(record, "taskId"),
        text(record, "organizationId"),
        text(record, "deliveryId"),
        text(record, "destinationId"),
        number(record, "generation"),
        number(record, "attempts"),
        Optional.ofNullable(record.get("fallbackOf")).map(Object::toString));
  }

  private static Event event(GenericRecord record) {
    String delivery = text(record, "deliveryId");
    String organization = text(record, "organizationId");
    String kind = text(record, "kind");
    return switch (kind) {
      case "accepted" -> {
        GenericRecord section = section(record, "accepted");
        Set<String> refused =
            new HashSet<>(list(section, "refused", one -> text(one, "destinationId")));
        yield new Topics.Accepted(
            delivery,
            organization,
            list(
                section, "tasks", one -> new Made(text(one, "taskId"), text(one, "destinationId"))),
            refused);
      }
      case "rejected" ->
          new Topics.Rejected(delivery, organization, text(section(record, "rejected"), "reason"));
      case "duplicate" ->
          new Topics.Duplicate(
              delivery, organization, text(section(record, "duplicate"), "duplicateOf"));
      case "task" -> taskEvent(delivery, organization, section(record, "task"));
      // Not silently left out: it is counted as unreadable.
      default -> throw new AvroRuntimeException("an event of kind " + kind);
    };
  }

  private static TaskEvent taskEvent(
      String delivery, String organization, GenericRecord transition) {
    return new TaskEvent(
        delivery,
        organization,
        text(transition, "taskId"),
        text(transition, "destinationId"),
        number(transition, "generation"),
        number(transition, "attempt"),
        kind(text(transition, "kind")),
        optional(transition, "reason"),
        transition.get("dueAt") != null);
  }

  private static TaskEvent.Kind kind(String word) {
    for (TaskEvent.Kind kind : TaskEvent.Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(word)) {
        return kind;
      }
    }
    return TaskEvent.Kind.OTHER;
  }

  private static DestinationState state(GenericRecord record) {
    return new DestinationState(
        text(record, "destinationId"),
        optional(record, "taskId"),
        text(record, "state"),
        number(record, "generation"),
        number(record, "attempts"));
  }

  private static GenericRecord section(GenericRecord record, String name) {
    Object section = record.get(name);
    if (section == null) {
      throw new AvroRuntimeException("section " + name + " is missing");
    }
    return (GenericRecord) section;
  }

  private static String text(GenericRecord record, String name) {
    return record.get(name).toString();
  }

  private static Optional<String> optional(GenericRecord record, String name) {
    return Optional.ofNullable(record.get(name)).map(Object::toString);
  }

  private static int number(GenericRecord record, String name) {
    return (Integer) record.get(name);
  }

  private static <T> List<T> list(
      GenericRecord record, String name, Function<GenericRecord, T> reading) {
    return ((List<?>) record.get(name))
        .stream().map(one -> reading.apply((GenericRecord) one)).toList();
  }
}
