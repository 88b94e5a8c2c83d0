package io.waybill.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import io.waybill.domain.RawJson;
import io.waybill.domain.RequestRules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.temporal.Temporal;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes plain values as JSON: no reflection, so nothing gets in that was not meant to. */
final class JsonData {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(RequestRules.MAX_DEPTH).build())
          .build();

  private JsonData() {}

  /**
   * The value as JSON in UTF-8.
   *
   * @throws IllegalArgumentException when something in it is not a plain value, or it is nested too
   *     deep
   */
  static RawJson of(@Nullable Object value) {
    var out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      write(json, value);
    } catch (IOException e) {
      // Memory does not fail; so it is Jackson's complaint, which could quote the value.
      throw new IllegalArgumentException(
          "the value cannot be written as JSON: it is nested deeper than "
              + RequestRules.MAX_DEPTH
              + ", or a string in it has half a surrogate pair");
    }
    return new RawJson(out.toByteArray());
  }

  private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof CharSequence || value instanceof Temporal || isWord(value)) {
      json.writeString(value.toString());
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Number number) {
      write(json, number);
    } else if (value instanceof RawJson raw) {
      json.writeRawValue(raw.text());
    } else if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> field : map.entrySet()) {
        json.writeFieldName(String.valueOf(field.getKey()));
        write(json, field.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof Iterable<?> elements) {
      json.writeStartArray();
      for (Object element : elements) {
        write(json, element);
      }
      json.writeEndArray();
    } else {
      throw new IllegalArgumentException(
          "a "
              + value.getClass().getName()
              + " is not a plain value: give maps, lists, strings, numbers, booleans, times and"
              + " null, or write it with a JSON library and give the bytes");
    }
  }

  private static boolean isWord(Object value) {
    return value instanceof Enum<?> || value instanceof UUID || value instanceof Character;
  }

  private static void write(JsonGenerator json, Number number) throws IOException {
    if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
      json.writeNumber(number.intValue());
    } else if (number instanceof Long) {
      json.writeNumber(number.longValue());
    } else if (number instanceof BigInteger whole) {
      json.writeNumber(whole);
    } else if (number instanceof BigDecimal decimal) {
      json.writeNumber(decimal);
    } else if (Double.isFinite(number.doubleValue())) {
      json.writeNumber(number.toString());
    } else {
      throw new IllegalArgumentException(number + " is no number that JSON has");
    }
  }
}
