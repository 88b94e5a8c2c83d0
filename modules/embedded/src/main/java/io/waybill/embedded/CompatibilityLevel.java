package io.waybill.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;

/** Which older versions a new schema must get on with, by the names that Confluent gave them. */
enum CompatibilityLevel {
  NONE(false, false, false),
  BACKWARD(true, false, false),
  BACKWARD_TRANSITIVE(true, false, true),
  FORWARD(false, true, false),
  FORWARD_TRANSITIVE(false, true, true),
  FULL(true, true, false),
  FULL_TRANSITIVE(true, true, true);

  private final boolean readsOld;
  private final boolean readByOld;
  private final boolean transitive;

  CompatibilityLevel(boolean readsOld, boolean readByOld, boolean transitive) {
    this.readsOld = readsOld;
    this.readByOld = readByOld;
    this.transitive = transitive;
  }

  /** Reads a level in any case. */
  static Optional<CompatibilityLevel> parse(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return Stream.of(values()).filter(level -> level.name().equals(upper)).findFirst();
  }

  /**
   * What is wrong with the new schema; nothing when it is compatible.
   *
   * @param older the subject's schemas, oldest first
   */
  List<String> problems(Schema proposed, List<Schema> older) {
    List<Schema> judged =
        transitive || older.isEmpty() ? older : older.subList(older.size() - 1, older.size());
    List<String> problems = new ArrayList<>();
    for (Schema old : judged) {
      if (readsOld) {
        problems.addAll(problems("the new schema cannot read data of an older one", proposed, old));
      }
      if (readByOld) {
        problems.addAll(problems("an older schema cannot read data of the new one", old, proposed));
      }
    }
    return problems;
  }

  private static List<String> problems(String what, Schema reader, Schema writer) {
    SchemaPairCompatibility pair =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
    if (pair.getType() == SchemaCompatibilityType.COMPATIBLE) {
      return List.of();
    }
    return pair.getResult().getIncompatibilities().stream()
        .map(found ->
            what
                + ": "
                + found.getType()
                + " at "
                + found.getLocation()
                + ", "
                + found.getMessage())
        .toList();
  }
}
