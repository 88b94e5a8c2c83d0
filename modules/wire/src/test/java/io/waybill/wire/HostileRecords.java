package io.waybill.wire;

import io.waybill.domain.Destination;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Records in the shape of good ones whose values are not: for the tests of whatever reads records,
 * in all modules. A codec lets most of them through, since it knows no limits of numbers and times.
 */
public final class HostileRecords {
  private HostileRecords() {}

  /**
   * One such record.
   *
   * @param place which field holds something else, {@code Record.field}
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, not compared
  public record Hostile(String place, Schema schema, byte[] body) {

    /** The record's value for readers that ask this registry. */
    public byte[] value(SchemaRegistry registry) {
      return Frames.of(registry.register("hostile-value", schema.toString()), body);
    }

    @Override
    public String toString() {
      return place;
    }
  }

  /** One good destination of each kind, with all that it may have; its id is {@code siem}. */
  public static List<Destination> goodDestinations() {
    return GoldenDestinations.destinations();
  }

  /** Each text, number and flag of a value replaced by others, one at a time. */
  public static <T> List<Hostile> of(Function<Codecs, Codec<T>> codec, T good) {
    InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    return of(registry, codec.apply(new Codecs(registry)).encode("good", good));
  }

  /** The same of a record's value, whose schema the registry has. */
  public static List<Hostile> of(SchemaRegistry registry, byte[] good) {
    int id = ByteBuffer.wrap(good, 1, Integer.BYTES).getInt();
    Schema schema = new Schema.Parser().parse(registry.schemaById(id));
    return AvroEdits.of(read(schema, schema, Frames.body(good))).stream()
        .map(edit -> new Hostile(edit.place(), schema, write(edit.record())))
        .toList();
  }

  /**
   * Gives each record to a reader, and a new reader to the next one when it breaks.
   *
   * @param reader makes one, in a state in which the good record would be taken
   * @return what broke readers: the place, and the exception
   */
  public static <R extends AutoCloseable> List<String> breaking(
      List<Hostile> records, Supplier<R> reader, BiConsumer<R, Hostile> read) {
    List<String> broken = new ArrayList<>();
    R current = reader.get();
    for (Hostile record : records) {
      try {
        read.accept(current, record);
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        broken.add(record.place() + ": " + rootOf(e));
        closed(current);
        current = reader.get();
      }
    }
    closed(current);
    return broken.stream().distinct().toList();
  }

  private static String rootOf(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    StackTraceElement[] where = root.getStackTrace();
    String ours =
        Stream.of(where)
            .filter(frame -> frame.getClassName().startsWith("io.waybill"))
            .findFirst()
            .map(StackTraceElement::toString)
            .orElse("");
    return root + " at " + ours;
  }

  private static void closed(AutoCloseable reader) {
    try {
      reader.close();
    } catch (Exception e) {
      // It is broken, which is noted already.
    }
  }

  static GenericRecord read(Schema writer, Schema reader, byte[] body) {
    try {
      return new GenericDatumReader<GenericRecord>(writer, reader)
          .read(null, DecoderFactory.get().binaryDecoder(body, null));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] write(GenericRecord record) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
