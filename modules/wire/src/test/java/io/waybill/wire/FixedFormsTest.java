package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.Mutations;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records written and read by code say what they say by their schema, whatever comes. */
class FixedFormsTest {
  private static final String TOPIC = "golden";

  /** One kind of record, by code and by its schema. */
  record Pair<A extends SpecificRecord, D>(
      Schema schema,
      List<D> values,
      Function<SchemaRegistry, AvroCodec<A, D>> byCode,
      Function<SchemaRegistry, AvroCodec<A, D>> bySchema) {

    static <A extends SpecificRecord, D> Pair<A, D> of(
        Schema schema,
        List<D> values,
        Function<D, A> toAvro,
        Function<A, D> toDomain,
        FixedForm<D> form) {
      return new Pair<>(
          schema,
          values,
          registry -> new AvroCodec<>(registry, schema, toAvro, toDomain, form),
          registry -> new AvroCodec<>(registry, schema, toAvro, toDomain));
    }

    /** What both make of a body; the same, or it fails. */
    void compare(SchemaRegistry registry, byte[] body) {
      compare(byCode.apply(registry), bySchema.apply(registry), registry, body);
    }

    private void compare(
        AvroCodec<A, D> code, AvroCodec<A, D> generic, SchemaRegistry registry, byte[] body) {
      byte[] record = Frames.of(registry.register(TOPIC + "-value", schema.toString()), body);
      Result<D> expected = Result.of(generic, record);

      assertThat(Result.of(code, record)).isEqualTo(expected);
      if (expected.value() != null && expected.problem() == null) {
        assertThat(written(code, expected.value())).isEqualTo(written(generic, expected.value()));
      }
    }

    Mutations.Target target() {
      SchemaRegistry registry = new InMemorySchemaRegistry();
      AvroCodec<A, D> code = byCode.apply(registry);
      AvroCodec<A, D> generic = bySchema.apply(registry);
      return body -> compare(code, generic, registry, body);
    }

    List<byte[]> bodies() {
      AvroCodec<A, D> generic = bySchema.apply(new InMemorySchemaRegistry());
      return values.stream().map(value -> Frames.body(generic.encode(TOPIC, value))).toList();
    }

    @Override
    public String toString() {
      return schema.getName();
    }
  }

  /** A value, or why there is none. */
  record Result<D>(@Nullable D value, @Nullable String problem) {
    static <D> Result<D> of(Codec<D> codec, byte[] record) {
      try {
        return new Result<>(codec.decode(record), null);
      } catch (UndecodableException e) {
        return new Result<>(null, e.reason() + " " + e.getMessage());
      }
    }
  }

  private static <D> Object written(Codec<D> codec, D value) {
    try {
      return Frames.body(codec.encode(TOPIC, value));
    } catch (ArithmeticException e) {
      // A time that milliseconds cannot hold.
      return "too late";
    }
  }

  static List<Pair<?, ?>> kinds() {
    return List.of(
        Pair.of(
            io.waybill.avro.Task.getClassSchema(),
            GoldenSamples.tasks(),
            TaskMapping::toAvro,
            TaskMapping::toDomain,
            new TaskForm()),
        Pair.of(
            io.waybill.avro.ParkedTask.getClassSchema(),
            GoldenSamples.parkedTasks(),
            TaskMapping::toAvro,
            TaskMapping::toDomain,
            new TaskForm.Parked()),
        Pair.of(
            io.waybill.avro.DeliveryEvent.getClassSchema(),
            GoldenSamples.events(),
            EventMapping::toAvro,
            EventMapping::toDomain,
            new EventForm()),
        Pair.of(
            io.waybill.avro.DeliveryStatus.getClassSchema(),
            GoldenSamples.statuses(),
            StatusMapping::toAvro,
            StatusMapping::toDomain,
            new StatusForm()),
        Pair.of(
            io.waybill.avro.DestinationHealth.getClassSchema(),
            GoldenSamples.health(),
            StatusMapping::toAvro,
            StatusMapping::toDomain,
            new HealthForm()),
        requests());
  }

  private static Pair<io.waybill.avro.DeliveryRequest, io.waybill.avro.DeliveryRequest> requests() {
    Schema schema = io.waybill.avro.DeliveryRequest.getClassSchema();
    Function<
            SchemaRegistry,
            AvroCodec<io.waybill.avro.DeliveryRequest, io.waybill.avro.DeliveryRequest>>
        bySchema = registry -> new AvroCodec<>(registry, schema, one -> one, one -> one);
    return new Pair<>(
        schema,
        GoldenKind.all().getFirst().bodies().stream()
            .map(body -> read(bySchema, schema, body))
            .toList(),
        registry -> AvroCodec.reading(registry, schema, RequestAvro::read),
        bySchema);
  }

  private static <A extends SpecificRecord> A read(
      Function<SchemaRegistry, AvroCodec<A, A>> codec, Schema schema, byte[] body) {
    SchemaRegistry registry = new InMemorySchemaRegistry();
    int id = registry.register(TOPIC + "-value", schema.toString());
    try {
      return codec.apply(registry).decode(Frames.of(id, body));
    } catch (UndecodableException e) {
      throw new IllegalStateException("a golden sample", e);
    }
  }

  /** Otherwise the tests below would compare the schema's way with itself. */
  @ParameterizedTest
  @MethodSource("kinds")
  void codeReadsAllThatIsWrittenToday(Pair<?, ?> kind) {
    for (int i = 0; i < kind.bodies().size(); i++) {
      Object read = reader(kind).read(new AvroInput(kind.bodies().get(i), 0));
      assertThat(read).isEqualTo(kind.values().get(i));
    }
    assertThat(kind.bodies()).isNotEmpty();
  }

  private static FixedReader<?> reader(Pair<?, ?> kind) {
    return switch (kind.toString()) {
      case "Task" -> new TaskForm();
      case "ParkedTask" -> new TaskForm.Parked();
      case "DeliveryEvent" -> new EventForm();
      case "DeliveryStatus" -> new StatusForm();
      case "DestinationHealth" -> new HealthForm();
      default -> (FixedReader<io.waybill.avro.DeliveryRequest>) RequestAvro::read;
    };
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void codeAndSchemaSayTheSameOfGoldenRecords(Pair<?, ?> kind) {
    kind.bodies().forEach(body -> kind.compare(new InMemorySchemaRegistry(), body));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void codeAndSchemaSayTheSameOfEachChangedValue(Pair<?, ?> kind) {
    List<byte[]> edited = new ArrayList<>();
    for (byte[] body : kind.bodies()) {
      var good = HostileRecords.read(kind.schema(), kind.schema(), body);
      AvroEdits.of(good).forEach(edit -> edited.add(HostileRecords.write(edit.record())));
    }
    SchemaRegistry registry = new InMemorySchemaRegistry();
    edited.forEach(body -> kind.compare(registry, body));
    assertThat(edited).hasSizeGreaterThan(20);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void codeAndSchemaSayTheSameOfBrokenBytes(Pair<?, ?> kind) {
    Mutations.tryAll(kind.bodies(), Mutations.FEW, kind.target());
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("kinds")
  void andOfManyMore(Pair<?, ?> kind) {
    Mutations.tryAll(kind.bodies(), Mutations.MANY, kind.target());
  }

  /** The same fields in another order are other bytes, which code would misread. */
  @Test
  void readsByTheSchemaWhatAnotherSchemaWrote() throws UndecodableException, IOException {
    Schema ours = io.waybill.avro.DestinationHealth.getClassSchema();
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(ours.toString());
    ArrayNode fields = (ArrayNode) json.get("fields");
    JsonNode deliveries = fields.get(4);
    fields.set(4, fields.get(5));
    fields.set(5, deliveries);
    Schema swapped = new Schema.Parser().parse(json.toString());
    SchemaRegistry registry = new InMemorySchemaRegistry();
    Codecs codecs = new Codecs(registry);
    DestinationHealth health = GoldenSamples.health().getFirst();
    byte[] body =
        HostileRecords.write(
            HostileRecords.read(ours, swapped, Frames.body(codecs.health().encode(TOPIC, health))));

    byte[] record = Frames.of(registry.register("swapped-value", swapped.toString()), body);

    assertThat(health.deliveries()).isNotEqualTo(health.failures());
    assertThat(codecs.health().decode(record)).isEqualTo(health);
  }
}
