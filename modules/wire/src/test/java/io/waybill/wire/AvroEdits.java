package io.waybill.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Records that differ from a good one in one value. */
final class AvroEdits {
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "word-of-tomorrow",
          "a\r\nb\u0000",
          "\ud83d\ude80",
          "../x",
          "-1",
          "null",
          "ı",
          "x".repeat(10_000));

  private AvroEdits() {}

  /**
   * One edit.
   *
   * @param place {@code Record.field}
   */
  record Edit(String place, GenericRecord record) {}

  /** Each text and each number replaced by others of its type, one at a time. */
  static List<Edit> of(GenericRecord good) {
    return edits(good, (place, value) -> others(value));
  }

  /** The texts at one place replaced. */
  static List<Edit> words(GenericRecord good, String place, String word) {
    return edits(
        good,
        (found, value) ->
            found.equals(place) && value instanceof CharSequence ? Stream.of(word) : Stream.of());
  }

  private static Stream<Object> others(Object value) {
    return switch (value) {
      case CharSequence text -> TEXTS.stream().map(Object.class::cast);
      case Integer number -> Stream.of(-1, 0, 1_000_000_000, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case Long number ->
          Stream.of(
              -1L,
              0L,
              Long.MIN_VALUE,
              Long.MIN_VALUE / 1000,
              Long.MAX_VALUE / 1000,
              Long.MAX_VALUE);
      case Double number ->
          Stream.of(
              -1.0, 0.0, 1e300, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
      case Boolean flag -> Stream.of(!flag);
      default -> Stream.of();
    };
  }

  private static List<Edit> edits(
      GenericRecord good, BiFunction<String, Object, Stream<?>> replacements) {
    List<Edit> edits = new ArrayList<>();
    new Walk(good, replacements, edits).visit(good);
    return edits;
  }

  /** Puts each replacement in, copies the whole, and puts the good value back. */
  private record Walk(
      GenericRecord whole, BiFunction<String, Object, Stream<?>> replacements, List<Edit> edits) {

    void visit(@Nullable Object value) {
      if (value instanceof GenericRecord record) {
        for (Schema.Field field : record.getSchema().getFields()) {
          Object held = record.get(field.pos());
          if (held != null) {
            visit(record, field, held);
          }
        }
      } else if (value instanceof Iterable<?> elements) {
        elements.forEach(this::visit);
      }
    }

    private void visit(GenericRecord record, Schema.Field field, Object held) {
      String place = record.getSchema().getName() + "." + field.name();
      replacements
          .apply(place, held)
          .forEach(other -> {
            record.put(field.pos(), other);
            edits.add(new Edit(place, GenericData.get().deepCopy(whole.getSchema(), whole)));
          });
      record.put(field.pos(), held);
      visit(held);
    }
  }
}
