package io.waybill.wire;

import static io.waybill.wire.HostileRecords.read;
import static io.waybill.wire.HostileRecords.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * This version beside the next one, while an installation is upgraded process by process, and when
 * it is rolled back. The next version has more fields everywhere and words that are not known yet.
 */
class SchemaEvolutionTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OF_TOMORROW = "word-of-tomorrow";

  static List<GoldenKind<?>> kinds() {
    return GoldenKind.all();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <T> void readsWhatTheNextVersionWrites(GoldenKind<T> kind) throws Exception {
    Schema tomorrow = tomorrow(kind.schema());
    List<byte[]> bodies = kind.bodies();
    for (int i = 0; i < bodies.size(); i++) {
      GenericRecord record = read(kind.schema(), tomorrow, bodies.get(i));
      fill(record);

      assertThat(kind.decode(tomorrow, write(record)))
          .as("value %d", i + 1)
          .isEqualTo(kind.values().get(i));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void theNextVersionReadsWhatThisOneWrites(GoldenKind<?> kind) throws Exception {
    Schema tomorrow = tomorrow(kind.schema());
    for (byte[] body : kind.bodies()) {
      GenericRecord read = read(kind.schema(), tomorrow, body);

      assertThat(read.get("ofTomorrow")).isNull();
      assertThat(read.get("alsoOfTomorrow")).isEqualTo(7);
    }
  }

  /** What passed through the next version and was rolled back is what it was. */
  @ParameterizedTest
  @MethodSource("kinds")
  <T> void aRollbackReadsWhatTheNextVersionPassedOn(GoldenKind<T> kind) throws Exception {
    Schema tomorrow = tomorrow(kind.schema());
    List<byte[]> bodies = kind.bodies();
    for (int i = 0; i < bodies.size(); i++) {
      GenericRecord record = read(kind.schema(), tomorrow, bodies.get(i));
      fill(record);
      GenericRecord back = read(tomorrow, kind.schema(), write(record));

      assertThat(kind.decode(kind.schema(), write(back))).isEqualTo(kind.values().get(i));
    }
  }

  /** The two versions are a change that the check of golden schemas must let pass, or not. */
  @Test
  void theCheckOfSchemasLetsPassWhatHasADefaultOnly() {
    for (GoldenKind<?> kind : GoldenKind.all()) {
      Schema tomorrow = tomorrow(kind.schema());
      Schema required =
          edited(
              kind.schema(),
              fields -> fields.addObject().put("name", "required").put("type", "string"));
      Schema without = edited(kind.schema(), fields -> fields.remove(0));

      assertThat(compatibility(kind.schema(), tomorrow))
          .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
      assertThat(compatibility(tomorrow, kind.schema()))
          .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
      assertThat(compatibility(required, kind.schema()))
          .isEqualTo(SchemaCompatibilityType.INCOMPATIBLE);
      assertThat(
              List.of(compatibility(kind.schema(), without), compatibility(without, kind.schema())))
          .as("the first field of %s is required", kind)
          .contains(SchemaCompatibilityType.INCOMPATIBLE);
    }
  }

  /**
   * Whatever word or number stands in any field: it is read, or it is a dead letter. Anything else
   * would end the process that reads it, and the next one that comes to the record.
   */
  @DisplayName("row 64: no value of any field ends a reader")
  @ParameterizedTest
  @MethodSource("kinds")
  <T> void noValueOfAnyFieldEndsAReader(GoldenKind<T> kind) throws Exception {
    Set<String> changed = new TreeSet<>();
    GoldenKind.Reader<T> reader = kind.reader(kind.schema());
    Codec<T> writer = kind.codec().apply(new Codecs(new InMemorySchemaRegistry()));
    for (byte[] body : kind.bodies()) {
      for (AvroEdits.Edit edit : AvroEdits.of(read(kind.schema(), kind.schema(), body))) {
        byte[] edited = write(edit.record());
        changed.add(edit.place());
        try {
          T value = reader.decode(edited);
          // What is read is written again: by a topology that passes it on, and into its stores.
          assertThat(writer.encode("t", value)).isNotEmpty();
        } catch (UndecodableException e) {
          assertThat(e.reason())
              .as(edit.place())
              .isIn(Reason.MALFORMED, Reason.INVALID_FIELD, Reason.PAYLOAD_TOO_LARGE);
          assertThat(e.getMessage()).as(edit.place()).isNotBlank();
        }
      }
    }
    assertThat(changed).isNotEmpty();
  }

  static Stream<Arguments> words() {
    return Stream.of(
        // A word that only explains is kept as unknown: the record is worth more than its reason.
        argumentSet("reason of a dead letter", kind("DeadLetter"), "DeadLetter.reason", true),
        argumentSet("reason of waiting", kind("ParkedTask"), "ParkedTask.reason", true),
        argumentSet("reason of an event", kind("DeliveryEvent"), "TaskTransition.reason", true),
        argumentSet("reason of a refusal", kind("DeliveryEvent"), "Rejected.reason", true),
        argumentSet("reason of a status", kind("DeliveryStatus"), "DeliveryStatus.reason", true),
        argumentSet("reason of its part", kind("DeliveryStatus"), "DestinationStatus.reason", true),
        argumentSet(
            "reason in health", kind("DestinationHealth"), "DestinationHealth.lastReason", true),
        // A word that decides what is done is not guessed at.
        argumentSet("kind of event", kind("DeliveryEvent"), "DeliveryEvent.kind", false),
        argumentSet("kind of transition", kind("DeliveryEvent"), "TaskTransition.kind", false),
        argumentSet("kind of command", kind("DeliveryCommand"), "DeliveryCommand.kind", false),
        argumentSet("kind of control", kind("Control"), "Control.kind", false),
        argumentSet("control command", kind("ControlCommand"), "ControlCommand.kind", false),
        argumentSet("scope of a pause", kind("ControlCommand"), "ControlCommand.scope", false),
        argumentSet(
            "destination command", kind("DestinationCommand"), "DestinationCommand.kind", false),
        argumentSet("kind of signal", kind("HealthSignal"), "HealthSignal.kind", false),
        argumentSet("kind of alert", kind("Alert"), "Alert.kind", false),
        argumentSet("type of a task", kind("Task"), "Task.destinationType", false),
        argumentSet("type of a destination", kind("Destination"), "DestinationConfig.type", false),
        argumentSet("mail service", kind("Destination"), "EmailConfig.service", false),
        argumentSet("state of a status", kind("DeliveryStatus"), "DeliveryStatus.state", false));
  }

  @ParameterizedTest
  @MethodSource("words")
  <T> void aWordOfTheNextVersionIsUnknownOrADeadLetter(
      GoldenKind<T> kind, String place, boolean isRead) throws Exception {
    List<String> results = new ArrayList<>();
    for (byte[] body : kind.bodies()) {
      for (AvroEdits.Edit edit :
          AvroEdits.words(read(kind.schema(), kind.schema(), body), place, OF_TOMORROW)) {
        try {
          T read = kind.decode(kind.schema(), write(edit.record()));
          assertThat(reasons(read)).as("of %s", read).contains(Reason.UNKNOWN);
          results.add("read");
        } catch (UndecodableException e) {
          assertThat(e.reason()).isEqualTo(Reason.MALFORMED);
          assertThat(e.getMessage()).doesNotContain(OF_TOMORROW);
          results.add("dead letter");
        }
      }
    }

    assertThat(results).isNotEmpty().containsOnly(isRead ? "read" : "dead letter");
  }

  private static List<Reason> reasons(Object value) {
    return switch (value) {
      case DeadLetter letter -> List.of(letter.reason());
      case ParkedTask parked -> List.of(parked.reason());
      case DestinationHealth health -> health.lastReason().stream().toList();
      case DeliveryStatus status ->
          Stream.concat(
                  status.reason().stream(),
                  status.destinations().stream().flatMap(part -> part.reason().stream()))
              .toList();
      case DeliveryEvent.Rejected rejected -> List.of(rejected.reason());
      case DeliveryEvent.TaskEvent event ->
          switch (event.transition()) {
            case DeliveryEvent.TaskTransition.AttemptFailed failed -> List.of(failed.reason());
            case DeliveryEvent.TaskTransition.Parked parked -> List.of(parked.reason());
            case DeliveryEvent.TaskTransition.DeadLettered dead -> List.of(dead.reason());
            case DeliveryEvent.TaskTransition.Cancelled cancelled -> List.of(cancelled.reason());
            case DeliveryEvent.TaskTransition.Delivered delivered -> List.of(Reason.UNKNOWN);
          };
      default -> List.of();
    };
  }

  private static GoldenKind<?> kind(String name) {
    return GoldenKind.all().stream()
        .filter(kind -> kind.name().equals(name))
        .findAny()
        .orElseThrow();
  }

  private static SchemaCompatibilityType compatibility(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType();
  }

  /** The schema with more fields in each record, as decision 0002 wants new fields. */
  static Schema tomorrow(Schema today) {
    return edited(
        today,
        fields -> {
          ObjectNode added = fields.addObject().put("name", "ofTomorrow");
          added.putArray("type").add("null").add("string");
          added.putNull("default");
          fields.addObject().put("name", "alsoOfTomorrow").put("type", "int").put("default", 7);
          ObjectNode list = fields.addObject().put("name", "listOfTomorrow");
          list.putObject("type").put("type", "array").put("items", "string");
          list.putArray("default");
        });
  }

  private static Schema edited(Schema schema, Consumer<ArrayNode> change) {
    try {
      JsonNode json = JSON.readTree(schema.toString());
      eachRecord(json, change);
      return new Schema.Parser().parse(json.toString());
    } catch (IOException e) {
      throw new IllegalStateException("a schema is JSON", e);
    }
  }

  private static void eachRecord(JsonNode schema, Consumer<ArrayNode> change) {
    schema.forEach(inside -> eachRecord(inside, change));
    if (schema.path("type").asText().equals("record")) {
      change.accept((ArrayNode) schema.path("fields"));
    }
  }

  static void fill(Object value) {
    switch (value) {
      case GenericRecord record -> {
        record.put("ofTomorrow", OF_TOMORROW);
        record.put("alsoOfTomorrow", 8);
        record.put("listOfTomorrow", List.of(OF_TOMORROW, ""));
        for (Schema.Field field : record.getSchema().getFields()) {
          if (record.get(field.pos()) != null) {
            fill(record.get(field.pos()));
          }
        }
      }
      case Iterable<?> elements -> elements.forEach(SchemaEvolutionTest::fill);
      default -> {
        // Nothing is inside.
      }
    }
  }
}
