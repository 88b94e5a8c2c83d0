package io.waybill.app;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.waybill.guard.Cidr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the YAML file of {@code waybill run --config}. A key that is not known is an error, for a
 * misspelt one would otherwise be a setting that silently does nothing.
 */
public final class ConfigFile {
  private static final Set<String> KEYS =
      Set.of(
          "roles",
          "kafka",
          "schemaRegistry",
          "keyset",
          "stateDirectory",
          "instance",
          "partitions",
          "allowCidrs",
          "httpPort");

  private final Path file;
  private final JsonNode root;

  private ConfigFile(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  /**
   * Reads and checks a file. Relative paths in it start at its own folder.
   *
   * @throws IllegalArgumentException naming the file, the key and what would be right
   */
  public static WaybillConfig read(Path file) {
    try {
      JsonNode root = new YAMLMapper().readTree(Files.readAllBytes(file));
      return new ConfigFile(file, root).config();
    } catch (JsonProcessingException e) {
      // Not as the cause: its message quotes the file, and passwords stand there.
      JsonLocation place = e.getLocation();
      throw new IllegalArgumentException(
          file + " is not YAML" + (place == null ? "" : ": line " + place.getLineNr()));
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private WaybillConfig config() {
    if (!root.isObject()) {
      throw wrong("", "must hold keys and values; docs/configuration.md lists them");
    }
    for (var entry : root.properties()) {
      if (!KEYS.contains(entry.getKey())) {
        throw wrong(entry.getKey(), "is not a key; there are " + new TreeSet<>(KEYS));
      }
    }
    try {
      return new WaybillConfig(
          roles(),
          properties("kafka"),
          properties("schemaRegistry"),
          path("keyset"),
          path("stateDirectory"),
          text("instance"),
          number("partitions", WaybillConfig.DEFAULT_PARTITIONS),
          texts("allowCidrs").stream().map(Cidr::parse).toList(),
          number("httpPort", WaybillConfig.DEFAULT_HTTP_PORT));
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(file.toString())
          ? e
          : new IllegalArgumentException(file + ": " + message, e);
    }
  }

  private Set<Role> roles() {
    if (!root.has("roles")) {
      return Role.all();
    }
    Set<Role> roles = EnumSet.noneOf(Role.class);
    texts("roles").forEach(word -> roles.add(Role.parse(word)));
    return roles;
  }

  private Map<String, String> properties(String key) {
    JsonNode node = root.path(key);
    if (!node.isObject()) {
      throw wrong(key, "must hold client properties, such as bootstrap.servers: host:9092");
    }
    Map<String, String> properties = new LinkedHashMap<>();
    for (var entry : node.properties()) {
      if (!entry.getValue().isValueNode()) {
        throw wrong(key + "." + entry.getKey(), "must be one value");
      }
      properties.put(entry.getKey(), entry.getValue().asText());
    }
    return properties;
  }

  private Path path(String key) {
    Path folder = file.toAbsolutePath().getParent();
    Path value = Path.of(text(key));
    return folder == null ? value : folder.resolve(value);
  }

  private String text(String key) {
    JsonNode node = root.path(key);
    if (!node.isValueNode() || node.isNull() || node.asText().isBlank()) {
      throw wrong(key, "is missing");
    }
    return node.asText();
  }

  private List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    JsonNode node = root.path(key);
    if (!node.isMissingNode() && !node.isArray()) {
      throw wrong(key, "must be a list");
    }
    node.forEach(element -> texts.add(element.asText()));
    return texts;
  }

  private int number(String key, int byDefault) {
    JsonNode node = root.path(key);
    if (node.isMissingNode()) {
      return byDefault;
    }
    if (!node.isInt()) {
      throw wrong(key, "must be a whole number");
    }
    return node.intValue();
  }

  private IllegalArgumentException wrong(String key, String problem) {
    return new IllegalArgumentException(file + ": " + (key.isEmpty() ? "it" : key) + " " + problem);
  }
}
