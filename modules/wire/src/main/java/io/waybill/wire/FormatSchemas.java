package io.waybill.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;

/**
 * JSON Schemas (draft 2020-12) of the formats that people write, for editors. They are written from
 * the declarations that the readers use; a test holds the copies in {@code docs/schemas} to them.
 *
 * <p>What a schema accepts may still be refused by rules that no schema can say; what it refuses is
 * always refused.
 */
public final class FormatSchemas {
  private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

  private FormatSchemas() {}

  /** Of what {@code waybill destinations apply} takes: one destination, or a list of them. */
  public static String destination() {
    ObjectNode schema = head("destination", "Waybill destination");
    ObjectNode one = schema.putObject("$defs").putObject("destination");
    one.setAll(DestinationFormat.DESTINATION.schema(false));
    schema.putObject("if").put("type", "array");
    ObjectNode many = schema.putObject("then");
    many.putObject("items").put("$ref", "#/$defs/destination");
    many.put("minItems", 1);
    schema.putObject("else").put("$ref", "#/$defs/destination");
    return print(schema);
  }

  /** Of a delivery request in JSON. */
  public static String request() {
    ObjectNode schema = head("request", "Waybill delivery request");
    schema.setAll(RequestFormat.REQUEST.schema(false));
    return print(schema);
  }

  private static ObjectNode head(String name, String title) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("$schema", DIALECT)
        .put("$id", "urn:waybill:schema:" + name)
        .put("title", title);
  }

  private static String print(ObjectNode schema) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
                Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(indenter)
            .withArrayIndenter(indenter);
    try {
      return new ObjectMapper().writer(printer).writeValueAsString(schema) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a schema in memory cannot be written", e);
    }
  }
}
