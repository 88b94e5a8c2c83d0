package io.waybill.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import io.waybill.domain.RawJson;
import io.waybill.domain.RequestRules;
import io.waybill.wire.RequestCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.temporal.Temporal;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes plain values as JSON: no reflection, so nothing gets in that was not meant to. What it
 * writes is JSON as fan-out takes it.
 */
final class JsonData {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(RequestRules.MAX_DEPTH).build())
          .build();

  /** A name or a number that is shorter is never too long: nothing more is asked of it. */
  private static final int SURELY_SHORT = 900;

  private static final int MOST_QUOTED = 40;

  private JsonData() {}

  /**
   * The value as JSON in UTF-8.
   *
   * @throws IllegalArgumentException when something in it is not a plain value, or fan-out would
   *     not take it; says where
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
      write(json, map);
    } else if (value instanceof Iterable<?> elements) {
      json.writeStartArray();
      for (Object element : elements) {
        write(json, element);
      }
      json.writeEndArray();
    } else {
      throw new IllegalArgumentException(
          place(json)
              + ": a "
              + value.getClass().getName()
              + " is not a plain value: give maps, lists, strings, numbers, booleans, times and"
              + " null, or write it with a JSON library and give the bytes");
    }
  }

  private static void write(JsonGenerator json, Map<?, ?> map) throws IOException {
    boolean mayRepeat = !hasDistinctStrings(map);
    if (mayRepeat) {
      requireDistinct(map, json.getOutputContext(), 1);
    }
    json.writeStartObject();
    for (Map.Entry<?, ?> field : map.entrySet()) {
      Object key = field.getKey();
      if (!mayRepeat && !(key instanceof String)) {
        mayRepeat = true;
        requireDistinct(map, json.getOutputContext().getParent(), 0);
      }
      String name = String.valueOf(key);
      if (name.length() > SURELY_SHORT && !canBeName(name)) {
        throw new IllegalArgumentException(
            place(json.getOutputContext().getParent(), 0)
                + ": the name "
                + start(name)
                + "... is longer than a name in JSON may be here, 10,000 bytes");
      }
      json.writeFieldName(name);
      write(json, field.getValue());
    }
    json.writeEndObject();
  }

  /** Whether keys that are strings are distinct ones, as the JDK's maps see to. */
  private static boolean hasDistinctStrings(Map<?, ?> map) {
    return isOfJdk(map)
        && !(map instanceof IdentityHashMap)
        && !(map instanceof SortedMap<?, ?> sorted && sorted.comparator() != null);
  }

  /** Two keys that are not the same may have the same text: 1 and "1". */
  private static void requireDistinct(
      Map<?, ?> map, @Nullable JsonStreamContext context, int ahead) {
    Set<String> names = new HashSet<>();
    for (Object key : map.keySet()) {
      String name = String.valueOf(key);
      if (!names.add(name)) {
        throw new IllegalArgumentException(
            place(context, ahead)
                + ": two keys of a map have the same text, '"
                + start(name)
                + "', and a name may stand in a JSON object once");
      }
    }
  }

  private static String start(String name) {
    return name.substring(0, Math.min(name.length(), MOST_QUOTED));
  }

  private static boolean isOfJdk(Object value) {
    return value.getClass().getModule() == Object.class.getModule();
  }

  private static boolean isWord(Object value) {
    return value instanceof Enum<?> || value instanceof UUID || value instanceof Character;
  }

  private static void write(JsonGenerator json, Number number) throws IOException {
    if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
      json.writeNumber(number.intValue());
    } else if (number instanceof Long) {
      json.writeNumber(number.longValue());
    } else if (!isOfJdk(number)) {
      throw new IllegalArgumentException(
          place(json)
              + ": nobody knows what a "
              + number.getClass().getName()
              + " looks like as text: give one of the JDK's numbers, BigDecimal say");
    } else if (number instanceof BigInteger || number instanceof BigDecimal) {
      String text = number.toString();
      if (text.length() > SURELY_SHORT && !RequestCodec.isJson(RawJson.of(text), false)) {
        throw new IllegalArgumentException(
            place(json)
                + ": a number of "
                + text.length()
                + " characters; at most 1,000 are taken");
      }
      json.writeNumber(text);
    } else if (Double.isFinite(number.doubleValue())) {
      json.writeNumber(number.toString());
    } else {
      throw new IllegalArgumentException(
          place(json) + ": " + number + " is no number that JSON has");
    }
  }

  private static boolean canBeName(String name) throws IOException {
    var out = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeFieldName(name);
      json.writeNull();
      json.writeEndObject();
    }
    return RequestCodec.isJson(new RawJson(out.toByteArray()), true);
  }

  /** Where the value would stand that is to be written next: {@code at events[2].id}. */
  private static String place(JsonGenerator json) {
    // The generator counts an element when it is written, and this one is not.
    return place(json.getOutputContext(), 1);
  }

  private static String place(@Nullable JsonStreamContext context, int ahead) {
    StringBuilder path = new StringBuilder();
    int more = ahead;
    for (JsonStreamContext one = context; one != null && !one.inRoot(); one = one.getParent()) {
      if (one.inArray()) {
        path.insert(0, "[" + (one.getCurrentIndex() + more) + "]");
      } else if (one.getCurrentName() != null) {
        path.insert(0, "." + start(one.getCurrentName()));
      }
      more = 0;
    }
    if (path.isEmpty()) {
      return "the value itself";
    }
    return "at " + (path.charAt(0) == '.' ? path.substring(1) : path);
  }
}
