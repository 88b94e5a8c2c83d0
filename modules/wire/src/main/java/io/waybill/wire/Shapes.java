package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Short words for declaring {@link Shape}s. */
final class Shapes {
  private Shapes() {}

  static Shape.Text text(int minLength, int maxLength) {
    return new Shape.Text(Optional.of(minLength), Optional.of(maxLength), Optional.empty());
  }

  static Shape.Text text(int minLength, int maxLength, String pattern) {
    return new Shape.Text(Optional.of(minLength), Optional.of(maxLength), Optional.of(pattern));
  }

  static Shape.Text text() {
    return new Shape.Text(Optional.empty(), Optional.empty(), Optional.empty());
  }

  static Shape.Text form(String pattern) {
    return new Shape.Text(Optional.empty(), Optional.empty(), Optional.of(pattern));
  }

  static Shape.Word word(String... words) {
    return new Shape.Word(List.of(words));
  }

  static Shape.Word word(List<String> words) {
    return new Shape.Word(List.copyOf(words));
  }

  static Shape.Flag flag() {
    return new Shape.Flag(Optional.empty());
  }

  static Shape.Whole millis(Duration least, Duration most) {
    return new Shape.Whole(least.toMillis(), most.toMillis());
  }

  static JsonNode millis(Duration value) {
    return LongNode.valueOf(value.toMillis());
  }

  static JsonNode value(String text) {
    return TextNode.valueOf(text);
  }

  static JsonNode value(boolean flag) {
    return BooleanNode.valueOf(flag);
  }

  static JsonNode value(long number) {
    return LongNode.valueOf(number);
  }

  static JsonNode value(double number) {
    return DoubleNode.valueOf(number);
  }

  /** An object with these fields, in this order. */
  static Fields fields() {
    return new Fields();
  }

  /** Collects the fields of an object. */
  static final class Fields {
    private final Map<String, Field> all = new LinkedHashMap<>();

    Fields with(String name, Field field) {
      all.put(name, field);
      return this;
    }

    Shape.Fields build() {
      return build(UnaryOperator.identity());
    }

    /**
     * @param rules what holds between the fields, added to the object's schema
     */
    Shape.Fields build(UnaryOperator<ObjectNode> rules) {
      return new Shape.Fields(Collections.unmodifiableMap(new LinkedHashMap<>(all)), rules);
    }
  }
}
