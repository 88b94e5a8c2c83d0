package io.waybill.channel.email;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RequestRules;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of a JSON object as templates see them: maps, lists, strings, booleans, {@link Digits}
 * and {@link Null}. Numbers stay as they were written, since {@code 1.10} is not 1.1 to whoever
 * reads an invoice.
 */
final class JsonFields {
  /** Most values that are kept: as objects they take ten times the room that they have as JSON. */
  static final int MAX_VALUES = 200_000;

  private final JsonParser parser;
  private int values;

  private JsonFields(JsonParser parser) {
    this.parser = parser;
  }

  /** A number as its publisher wrote it. */
  record Digits(String text) {}

  /** JSON's null, a value of its own: fields that are null are there, and say nothing. */
  enum Null {
    NULL;

    @Override
    public String toString() {
      return "null";
    }
  }

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(RequestRules.MAX_DEPTH + 2)
                  .maxStringLength(RequestRules.MAX_STRING_LENGTH)
                  .build())
          .build();

  /**
   * The wanted fields of an object; none of anything else. The others are skipped, for a payload
   * may be large and a template asks for little of it.
   *
   * @throws IOException when it is not JSON
   * @throws Unrenderable when it is too much of it
   */
  static Map<String, Object> of(RawJson json, Set<String> wanted) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    try (JsonParser parser = FACTORY.createParser(json.bytes())) {
      JsonFields reader = new JsonFields(parser);
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return fields;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (wanted.contains(name)) {
          fields.put(name, reader.value());
        } else {
          parser.skipChildren();
        }
      }
    }
    return fields;
  }

  /**
   * The whole value.
   *
   * @throws IOException when it is not JSON
   * @throws Unrenderable when it is too much of it
   */
  static Object whole(RawJson json) throws IOException {
    try (JsonParser parser = FACTORY.createParser(json.bytes())) {
      parser.nextToken();
      return new JsonFields(parser).value();
    }
  }

  /** Reads the value that the parser stands on, and leaves it on its last token. */
  private Object value() throws IOException {
    if (++values > MAX_VALUES) {
      throw new Unrenderable(
          Reason.RENDERED_TOO_LARGE,
          "the templates ask for fields that hold more than "
              + MAX_VALUES
              + " values, which is no mail any more: ask for less, the data is attached");
    }
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      Map<String, Object> fields = new LinkedHashMap<>();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        fields.put(name, value());
      }
      return fields;
    }
    if (token == JsonToken.START_ARRAY) {
      List<Object> elements = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(value());
      }
      return elements;
    }
    if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
      return new Digits(parser.getText());
    }
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      return token == JsonToken.VALUE_TRUE;
    }
    return token == JsonToken.VALUE_NULL ? Null.NULL : parser.getText();
  }

  /** How a value is shown: strings as they are, objects and lists as compact JSON. */
  static String shown(Object value) {
    if (!(value instanceof Map<?, ?> || value instanceof List<?>)) {
      return value instanceof Digits digits ? digits.text() : value.toString();
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      write(value, json);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return text.toString();
  }

  private static void write(Object value, JsonGenerator json) throws IOException {
    if (value instanceof Map<?, ?> fields) {
      json.writeStartObject();
      for (Map.Entry<?, ?> field : fields.entrySet()) {
        json.writeFieldName((String) field.getKey());
        write(field.getValue(), json);
      }
      json.writeEndObject();
    } else if (value instanceof List<?> elements) {
      json.writeStartArray();
      for (Object element : elements) {
        write(element, json);
      }
      json.writeEndArray();
    } else if (value instanceof String string) {
      json.writeString(string);
    } else {
      json.writeRawValue(shown(value));
    }
  }
}
