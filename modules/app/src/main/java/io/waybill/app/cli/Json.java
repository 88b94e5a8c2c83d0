package io.waybill.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.FieldError;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** JSON on the output: always one document, indented. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /** A document that this program wrote itself. */
  static JsonNode read(byte[] json) {
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw new IllegalStateException("what was written just now can be read", e);
    }
  }

  static ArrayNode errors(List<FieldError> errors) {
    ArrayNode array = array();
    for (FieldError error : errors) {
      array
          .addObject()
          .put("field", error.field())
          .put("code", error.code())
          .put("message", error.message());
    }
    return array;
  }

  static void print(JsonNode json, PrintWriter out) {
    try {
      out.println(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values is always written", e);
    }
    out.flush();
  }
}
