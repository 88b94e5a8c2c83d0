package io.waybill.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One mapping of the configuration file. What is wrong is said with the file and the whole key. */
final class ConfigSection {
  /** Of Kafka's own providers, which resolve references of the same look themselves. */
  private static final String CONFIG_PROVIDERS = "config.providers";

  private final Path file;
  private final String prefix;
  private final JsonNode node;
  private final ConfigReferences references;

  /**
   * A section that holds known keys only: a misspelt one would otherwise be a setting that silently
   * does nothing.
   *
   * @param prefix {@code ""} or the section's own key with a dot
   */
  ConfigSection(
      Path file, String prefix, JsonNode node, Set<String> keys, ConfigReferences references) {
    this.references = references;
    this.file = file;
    this.prefix = prefix;
    this.node = node;
    if (!node.isObject()) {
      throw problem(withoutDot(), "must hold keys and values; docs/configuration.md lists them");
    }
    for (var entry : node.properties()) {
      if (!keys.contains(entry.getKey())) {
        throw problem(prefix + entry.getKey(), "is not a key; there are " + new TreeSet<>(keys));
      }
    }
  }

  boolean has(String key) {
    return node.has(key);
  }

  /** The section below a key, when it is there. */
  Optional<ConfigSection> section(String key, Set<String> keys) {
    return has(key)
        ? Optional.of(new ConfigSection(file, prefix + key + ".", node.get(key), keys, references))
        : Optional.empty();
  }

  /** The sections of a list. */
  List<ConfigSection> sections(String key, Set<String> keys) {
    List<ConfigSection> sections = new ArrayList<>();
    for (JsonNode element : list(key)) {
      String name = prefix + key + "[" + sections.size() + "].";
      sections.add(new ConfigSection(file, name, element, keys, references));
    }
    return sections;
  }

  Map<String, String> properties(String key) {
    JsonNode found = node.path(key);
    if (!found.isObject()) {
      throw wrong(key, "must hold client properties, such as bootstrap.servers: host:9092");
    }
    Map<String, String> properties = new LinkedHashMap<>();
    for (var entry : found.properties()) {
      if (!entry.getValue().isValueNode()) {
        throw wrong(key + "." + entry.getKey(), "must be one value");
      }
      String text = entry.getValue().asText();
      properties.put(
          entry.getKey(),
          found.has(CONFIG_PROVIDERS) ? text : resolved(key + "." + entry.getKey(), text));
    }
    return properties;
  }

  /** A path; a relative one starts at the file's own folder. */
  Path path(String key) {
    Path folder = file.toAbsolutePath().getParent();
    Path value = Path.of(text(key));
    return folder == null ? value : folder.resolve(value);
  }

  String text(String key) {
    JsonNode found = node.path(key);
    if (!found.isValueNode() || found.isNull() || found.asText().isBlank()) {
      throw wrong(key, "is missing");
    }
    return resolved(key, found.asText());
  }

  private String resolved(String key, String text) {
    try {
      return references.resolve(text);
    } catch (IllegalArgumentException e) {
      throw wrong(key, String.valueOf(e.getMessage()));
    }
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    list(key).forEach(element -> texts.add(resolved(key, element.asText())));
    return texts;
  }

  /** Whole numbers within bounds, none of them twice. */
  Set<Integer> numbers(String key, int least, int most) {
    Set<Integer> numbers = new LinkedHashSet<>();
    for (JsonNode element : list(key)) {
      if (!element.isInt() || element.intValue() < least || element.intValue() > most) {
        throw wrong(key, "must hold whole numbers from " + least + " to " + most);
      }
      numbers.add(element.intValue());
    }
    return numbers;
  }

  private JsonNode list(String key) {
    JsonNode found = node.path(key);
    if (!found.isMissingNode() && !found.isArray()) {
      throw wrong(key, "must be a list");
    }
    return found;
  }

  boolean flag(String key, boolean byDefault) {
    JsonNode found = node.path(key);
    if (found.isMissingNode()) {
      return byDefault;
    }
    if (!found.isBoolean()) {
      throw wrong(key, "must be true or false");
    }
    return found.booleanValue();
  }

  int number(String key, int byDefault) {
    JsonNode found = node.path(key);
    if (found.isMissingNode()) {
      return byDefault;
    }
    if (!found.isInt()) {
      throw wrong(key, "must be a whole number");
    }
    return found.intValue();
  }

  /** A whole number within bounds. */
  int number(String key, int byDefault, int least, int most) {
    int value = number(key, byDefault);
    if (value < least || value > most) {
      throw wrong(key, "must be " + least + " to " + most + ", not " + value);
    }
    return value;
  }

  double share(String key, double byDefault) {
    return decimal(key, byDefault, 0, 1);
  }

  /** A number within bounds, whole or not. */
  double decimal(String key, double byDefault, double least, double most) {
    JsonNode found = node.path(key);
    if (found.isMissingNode()) {
      return byDefault;
    }
    // Written so that NaN is outside.
    if (!found.isNumber() || !(found.doubleValue() >= least && found.doubleValue() <= most)) {
      throw wrong(key, "must be a number from %s to %s".formatted(plain(least), plain(most)));
    }
    return found.doubleValue();
  }

  private static String plain(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  Duration millis(String key, Duration byDefault, Duration least, Duration most) {
    JsonNode found = node.path(key);
    if (found.isMissingNode()) {
      return byDefault;
    }
    String range = "must be " + least.toMillis() + " to " + most.toMillis() + " milliseconds";
    if (!found.canConvertToLong() || !found.isIntegralNumber()) {
      throw wrong(key, range + ", a whole number");
    }
    Duration value = Duration.ofMillis(found.longValue());
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw wrong(key, range + ", not " + found.longValue());
    }
    return value;
  }

  /**
   * @param key {@code ""} for the section itself
   */
  IllegalArgumentException wrong(String key, String problem) {
    String whole = prefix + key;
    return problem(key.isEmpty() && !prefix.isEmpty() ? withoutDot() : whole, problem);
  }

  private String withoutDot() {
    return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
  }

  private IllegalArgumentException problem(String key, String problem) {
    return new IllegalArgumentException(file + ": " + (key.isEmpty() ? "it" : key) + " " + problem);
  }
}
