package io.waybill.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** A JSON object for people: a line for each field, nested ones as {@code config.webhook.url}. */
final class FieldLines {
  private FieldLines() {}

  static void print(JsonNode object, PrintWriter out) {
    Map<String, String> lines = new LinkedHashMap<>();
    collect("", object, lines);
    TextTable table = new TextTable("FIELD", "VALUE");
    lines.forEach(table::row);
    table.print(out);
  }

  private static void collect(String name, JsonNode node, Map<String, String> lines) {
    String prefix = name.isEmpty() ? "" : name + ".";
    if (node.isObject()) {
      node.properties().forEach(field -> collect(prefix + field.getKey(), field.getValue(), lines));
      return;
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        collect(prefix + i, node.path(i), lines);
      }
      return;
    }
    lines.put(name, node.asText());
  }
}
