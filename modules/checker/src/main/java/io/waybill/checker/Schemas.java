package io.waybill.checker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.Schema;

/**
 * The schemas of {@code schemas/} that the checker reads with: whatever a record was written with
 * comes out in their shape.
 */
final class Schemas {
  /** Each after those that it names. */
  private static final List<String> FILES =
      List.of(
          "RecordOrigin",
          "PayloadReference",
          "FieldError",
          "RequestSummary",
          "AcceptedTask",
          "RefusedDestination",
          "Accepted",
          "Rejected",
          "Duplicate",
          "TaskTransition",
          "DeliveryEvent",
          "Task",
          "ParkedTask",
          "DeadLetter",
          "FallbackTarget",
          "DestinationStatus",
          "DeliveryStatus");

  private static final String NAMESPACE = "io.waybill.avro.";

  private final Schema.Parser parser = new Schema.Parser();

  Schemas() {
    for (String file : FILES) {
      try (InputStream in = Schemas.class.getResourceAsStream("schemas/" + file + ".avsc")) {
        if (in == null) {
          throw new IllegalStateException("schema " + file + " was not built into the checker");
        }
        parser.parse(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Schema get(String name) {
    Schema schema = parser.getTypes().get(NAMESPACE + name);
    if (schema == null) {
      throw new IllegalStateException("there is no schema " + name);
    }
    return schema;
  }

  Schema task() {
    return get("Task");
  }

  Schema parkedTask() {
    return get("ParkedTask");
  }

  Schema event() {
    return get("DeliveryEvent");
  }

  Schema status() {
    return get("DeliveryStatus");
  }

  Schema deadLetter() {
    return get("DeadLetter");
  }
}
