package io.waybill.wire;

import io.waybill.domain.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.SchemaParseException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.jspecify.annotations.Nullable;

/**
 * Avro in the Confluent wire format: a zero byte, the writer schema's id in four bytes, the record.
 *
 * <p>Readers resolve the writer's schema against ours, so that older and newer writers are read
 * alike. Ids are asked for once and kept. What has a {@link FixedForm} is written by it, and read
 * by it when the writer's schema is ours.
 *
 * @param <A> the generated class
 * @param <D> the domain type
 */
final class AvroCodec<A extends SpecificRecord, D> implements Codec<D> {
  static final byte MAGIC = 0;
  static final int HEADER_BYTES = 5;

  static {
    // Since 1.12.2 Avro loads no class that nobody vouches for (CVE-2024-47561). Ours are generated
    // from schemas/; whatever else the process trusts stays trusted.
    String ours = io.waybill.avro.Task.class.getPackageName();
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(), type -> type.getPackageName().equals(ours)));
  }

  private final SchemaRegistry registry;
  private final Schema schema;
  private final Function<D, A> toAvro;
  private final Function<A, D> toDomain;
  private final @Nullable FixedReader<D> fixedReader;
  private final @Nullable FixedForm<D> fixedForm;
  private final SpecificDatumWriter<A> writer;
  private final Scratch.Spare spare = new Scratch.Spare();
  private final Map<String, Integer> idByTopic = new ConcurrentHashMap<>();
  private final Map<Integer, Written<A>> writtenById = new ConcurrentHashMap<>();

  /** What records of one writer are read by, and whether it wrote the bytes that we would. */
  private record Written<A>(SpecificDatumReader<A> reader, boolean asOurs) {}

  /** Reads and writes by the schema. */
  AvroCodec(
      SchemaRegistry registry, Schema schema, Function<D, A> toAvro, Function<A, D> toDomain) {
    this(registry, schema, toAvro, toDomain, null, null);
  }

  /** Reads and writes by the fixed form where that can be. */
  AvroCodec(
      SchemaRegistry registry,
      Schema schema,
      Function<D, A> toAvro,
      Function<A, D> toDomain,
      FixedForm<D> fixedForm) {
    this(registry, schema, toAvro, toDomain, fixedForm, fixedForm);
  }

  private AvroCodec(
      SchemaRegistry registry,
      Schema schema,
      Function<D, A> toAvro,
      Function<A, D> toDomain,
      @Nullable FixedReader<D> fixedReader,
      @Nullable FixedForm<D> fixedForm) {
    this.registry = registry;
    this.schema = schema;
    this.toAvro = toAvro;
    this.toDomain = toDomain;
    this.fixedReader = fixedReader;
    this.fixedForm = fixedForm;
    this.writer = new SpecificDatumWriter<>(schema);
  }

  /** Of the generated class itself, read by the fixed form and written by others. */
  static <A extends SpecificRecord> AvroCodec<A, A> reading(
      SchemaRegistry registry, Schema schema, FixedReader<A> fixedReader) {
    return new AvroCodec<>(registry, schema, record -> record, record -> record, fixedReader, null);
  }

  @Override
  public void prepare(String topic) {
    schemaId(topic);
  }

  @Override
  public byte[] encode(String topic, D value) {
    FixedForm<D> form = fixedForm;
    return encode(
        topic,
        form == null
            ? out -> writer.write(toAvro.apply(value), out.avro())
            : out -> form.write(value, out));
  }

  /** The same for a value that is not written by the generic writer. */
  byte[] encode(String topic, Scratch.Content content) {
    int id = schemaId(topic);
    return spare.write(out -> {
      out.write(MAGIC);
      out.write(id >>> 24);
      out.write(id >>> 16);
      out.write(id >>> 8);
      out.write(id);
      content.writeTo(out);
    });
  }

  @Override
  public D decode(byte[] bytes) throws UndecodableException {
    Written<A> written = writtenBy(bytes);
    FixedReader<D> fixed = fixedReader;
    if (fixed != null && written.asOurs()) {
      try {
        AvroInput in = new AvroInput(bytes, HEADER_BYTES);
        D value = fixed.read(in);
        if (in.isAtEnd()) {
          return value;
        }
      } catch (RuntimeException refused) {
        // Is read by the schema then, whose word is the last one and says what is wrong.
      }
    }
    A record = decodeAvro(bytes, written.reader());
    try {
      return toDomain.apply(record);
    } catch (RuntimeException e) {
      // Well-formed Avro whose values the domain refuses: an id of a wrong form, an unknown kind.
      throw new UndecodableException(
          Reason.MALFORMED, "not a valid " + schema.getName() + ": " + describe(e));
    }
  }

  private A decodeAvro(byte[] bytes, SpecificDatumReader<A> reader) throws UndecodableException {
    BinaryDecoder decoder =
        DecoderFactory.get().binaryDecoder(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, null);
    try {
      A record = reader.read(null, decoder);
      if (!decoder.isEnd()) {
        throw new UndecodableException(
            Reason.MALFORMED, "bytes are left over after a whole " + schema.getName());
      }
      return record;
    } catch (IOException | RuntimeException e) {
      // Avro reports broken input in many ways, an index out of bounds among them.
      throw new UndecodableException(
          Reason.MALFORMED,
          "broken Avro of schema id " + schemaIdOf(bytes) + ", expected a " + schema.getName());
    }
  }

  private static int schemaIdOf(byte[] bytes) {
    return ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt();
  }

  private int schemaId(String topic) {
    Integer known = idByTopic.get(topic);
    if (known != null) {
      return known;
    }
    int id = registry.register(topic + "-value", schema.toString());
    idByTopic.put(topic, id);
    return id;
  }

  private Written<A> writtenBy(byte[] bytes) throws UndecodableException {
    if (bytes.length < HEADER_BYTES || bytes[0] != MAGIC) {
      throw new UndecodableException(
          Reason.MALFORMED,
          "not in the Confluent wire format: expected a zero byte and a 4-byte schema id, then a "
              + schema.getName());
    }
    int id = schemaIdOf(bytes);
    Written<A> known = writtenById.get(id);
    if (known != null) {
      return known;
    }
    Schema writerSchema;
    try {
      writerSchema = new Schema.Parser().parse(registry.schemaById(id));
    } catch (RegistryException.UnknownSchema e) {
      throw new UndecodableException(Reason.UNKNOWN_SCHEMA, String.valueOf(e.getMessage()));
    } catch (SchemaParseException e) {
      throw new UndecodableException(Reason.UNKNOWN_SCHEMA, "schema id " + id + " is not Avro");
    }
    if (!writerSchema.getFullName().equals(schema.getFullName())) {
      throw new UndecodableException(
          Reason.MALFORMED,
          "schema id "
              + id
              + " is of a "
              + writerSchema.getFullName()
              + ", expected a "
              + schema.getFullName());
    }
    var written =
        new Written<A>(
            new SpecificDatumReader<>(writerSchema, schema),
            // Without what changes no byte: descriptions, defaults, properties.
            SchemaNormalization.toParsingForm(writerSchema)
                .equals(SchemaNormalization.toParsingForm(schema)));
    writtenById.put(id, written);
    return written;
  }

  private static String describe(RuntimeException e) {
    // Our own constructors name the field; anything else could repeat a value.
    return e instanceof IllegalArgumentException && !(e instanceof NumberFormatException)
        ? String.valueOf(e.getMessage())
        : e instanceof AvroRuntimeException ? "a value is missing" : "a value is out of range";
  }
}
