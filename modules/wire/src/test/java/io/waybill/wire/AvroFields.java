package io.waybill.wire;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Fields of records, called {@code Record.field}. */
final class AvroFields {
  private AvroFields() {}

  /** Every field of a schema and of all records inside of it. */
  static void all(Schema schema, Set<String> fields) {
    switch (schema.getType()) {
      case RECORD -> {
        for (Schema.Field field : schema.getFields()) {
          if (fields.add(schema.getName() + "." + field.name())) {
            all(field.schema(), fields);
          }
        }
      }
      case UNION -> schema.getTypes().forEach(branch -> all(branch, fields));
      case ARRAY -> all(schema.getElementType(), fields);
      case MAP -> all(schema.getValueType(), fields);
      default -> {
        // Nothing is inside.
      }
    }
  }

  /** Those that hold something else than null or an empty collection. */
  static void used(@Nullable Object value, Set<String> fields) {
    switch (value) {
      case GenericRecord record -> {
        for (Schema.Field field : record.getSchema().getFields()) {
          Object held = record.get(field.pos());
          if (!isNothing(held)) {
            fields.add(record.getSchema().getName() + "." + field.name());
            used(held, fields);
          }
        }
      }
      case Collection<?> elements -> elements.forEach(element -> used(element, fields));
      case Map<?, ?> map -> map.values().forEach(element -> used(element, fields));
      case null, default -> {
        // Nothing is inside.
      }
    }
  }

  private static boolean isNothing(@Nullable Object value) {
    return value == null
        || (value instanceof Collection<?> elements && elements.isEmpty())
        || (value instanceof Map<?, ?> map && map.isEmpty());
  }
}
