package io.waybill.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
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
   * @param value of the record
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, not compared
  public record Hostile(String place, byte[] value) {}

  /**
   * Each text, number and flag of a record replaced by others, one at a time.
   *
   * @param registry that knows the record's schema
   * @param good a record's value
   */
  public static List<Hostile> of(SchemaRegistry registry, byte[] good) {
    int id = ByteBuffer.wrap(good, 1, Integer.BYTES).getInt();
    Schema schema = new Schema.Parser().parse(registry.schemaById(id));
    return AvroEdits.of(read(schema, schema, Frames.body(good))).stream()
        .map(edit -> new Hostile(edit.place(), Frames.of(id, write(edit.record()))))
        .toList();
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
