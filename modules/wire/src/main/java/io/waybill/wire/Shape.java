package io.waybill.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What a place in one of Waybill's JSON formats may hold, declared once: the readers take the names
 * that they know from it, and the JSON Schemas for editors are written from it.
 */
sealed interface Shape {

  /**
   * Its JSON Schema.
   *
   * @param nullable whether null stands for left out, as it does for every optional field
   */
  ObjectNode schema(boolean nullable);

  /**
   * A string.
   *
   * @param pattern of the whole, a regular expression that JavaScript reads too
   */
  record Text(Optional<Integer> minLength, Optional<Integer> maxLength, Optional<String> pattern)
      implements Shape {
    @Override
    public ObjectNode schema(boolean nullable) {
      ObjectNode schema = typed("string", nullable);
      minLength.ifPresent(length -> schema.put("minLength", length));
      maxLength.ifPresent(length -> schema.put("maxLength", length));
      pattern.ifPresent(form -> schema.put("pattern", "^(?:" + form + ")$"));
      return schema;
    }
  }

  /** One of some words. */
  record Word(List<String> words) implements Shape {
    @Override
    public ObjectNode schema(boolean nullable) {
      ObjectNode schema = typed("string", nullable);
      ArrayNode all = schema.putArray("enum");
      words.forEach(all::add);
      if (nullable) {
        all.addNull();
      }
      return schema;
    }
  }

  /** A whole number within bounds. */
  record Whole(long least, long most) implements Shape {
    @Override
    public ObjectNode schema(boolean nullable) {
      return typed("integer", nullable).put("minimum", least).put("maximum", most);
    }
  }

  /** A number within bounds. */
  record Decimal(double least, double most) implements Shape {
    @Override
    public ObjectNode schema(boolean nullable) {
      return typed("number", nullable).put("minimum", least).put("maximum", most);
    }
  }

  /** True or false; where this release knows one of them only, that one. */
  record Flag(Optional<Boolean> only) implements Shape {
    @Override
    public ObjectNode schema(boolean nullable) {
      ObjectNode schema = typed("boolean", nullable);
      only.ifPresent(value -> schema.put("const", value));
      return schema;
    }
  }

  /** Any JSON at all. */
  record Any() implements Shape {
    @Override
    public ObjectNode schema(boolean nullable) {
      return JsonNodeFactory.instance.objectNode();
    }
  }

  /** Any JSON object. */
  record AnyObject() implements Shape {
    @Override
    public ObjectNode schema(boolean nullable) {
      return typed("object", nullable);
    }
  }

  /** A point in time: ISO 8601 with an offset, or milliseconds since 1970. */
  record Time() implements Shape {
    @Override
    public ObjectNode schema(boolean nullable) {
      ObjectNode schema = JsonNodeFactory.instance.objectNode();
      ArrayNode types = schema.putArray("type").add("string").add("integer");
      if (nullable) {
        types.add("null");
      }
      return schema.put("format", "date-time");
    }
  }

  /** A list. */
  record Items(Shape element, int least, int most) implements Shape {
    @Override
    public ObjectNode schema(boolean nullable) {
      ObjectNode schema = typed("array", nullable);
      schema.set("items", element.schema(false));
      return schema.put("minItems", least).put("maxItems", most);
    }
  }

  /** A list, or one word instead. */
  record ItemsOr(Items items, String word) implements Shape {
    @Override
    public ObjectNode schema(boolean nullable) {
      ObjectNode schema = JsonNodeFactory.instance.objectNode();
      ArrayNode either = schema.putArray("anyOf");
      either.add(items.schema(false));
      either.addObject().put("const", word);
      return schema;
    }
  }

  /** An object whose names are its owner's, with strings. */
  record Texts(String namePattern, int most) implements Shape {
    @Override
    public ObjectNode schema(boolean nullable) {
      ObjectNode schema = typed("object", nullable).put("maxProperties", most);
      schema.putObject("propertyNames").put("pattern", "^(?:" + namePattern + ")$");
      schema.putObject("additionalProperties").put("type", "string");
      return schema;
    }
  }

  /**
   * An object with known fields, in the order in which they are documented.
   *
   * @param rules what holds between its fields, added to its schema
   */
  record Fields(Map<String, Field> fields, UnaryOperator<ObjectNode> rules) implements Shape {
    /** The names that a reader knows. */
    Set<String> names() {
      return Set.copyOf(fields.keySet());
    }

    @Override
    public ObjectNode schema(boolean nullable) {
      ObjectNode schema = typed("object", nullable);
      ObjectNode properties = schema.putObject("properties");
      ArrayNode required = JsonNodeFactory.instance.arrayNode();
      fields.forEach((name, field) -> {
        ObjectNode property = field.shape().schema(!field.required());
        property.put("description", field.doc());
        field.byDefault().ifPresent(value -> property.set("default", value.deepCopy()));
        if (field.secret()) {
          property.put("writeOnly", true);
        }
        properties.set(name, property);
        if (field.required()) {
          required.add(name);
        }
      });
      if (!required.isEmpty()) {
        schema.set("required", required);
      }
      schema.put("additionalProperties", false);
      return rules.apply(schema);
    }
  }

  private static ObjectNode typed(String type, boolean nullable) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    if (nullable) {
      schema.putArray("type").add(type).add("null");
    } else {
      schema.put("type", type);
    }
    return schema;
  }
}
