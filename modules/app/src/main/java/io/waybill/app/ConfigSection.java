package io.waybill.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.waybill.app.ConfigReading.WrongValue;
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
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One mapping of the configuration. What is wrong is said with the whole key; a wrong value that
 * has a default is a problem of the reading, which goes on with the default.
 */
final class ConfigSection {
  /** Of Kafka's own providers, which resolve references of the same look themselves. */
  private static final String CONFIG_PROVIDERS = "config.providers";

  private final ConfigReading reading;
  private final String prefix;
  private final JsonNode node;

  /**
   * A section that holds known keys only: a misspelt one would otherwise be a setting that silently
   * does nothing.
   *
   * @param prefix {@code ""} or the section's own key with a dot
   */
  ConfigSection(ConfigReading reading, String prefix, JsonNode node, Set<String> keys) {
    this.reading = reading;
    this.prefix = prefix;
    this.node = node.isObject() ? node : JsonNodeFactory.instance.objectNode();
    if (!node.isObject()) {
      reading.problem(withoutDot(), "must hold keys and values; docs/configuration.md lists them");
    }
    for (var entry : this.node.properties()) {
      String key = entry.getKey();
      if (!keys.contains(key)) {
        reading.problem(
            prefix + key,
            "is not a key; there are " + new TreeSet<>(keys) + Nearest.hint(key, keys));
      }
    }
  }

  boolean has(String key) {
    return node.has(key);
  }

  /** The section below a key, when it is there. */
  Optional<ConfigSection> section(String key, Set<String> keys) {
    return has(key)
        ? Optional.of(new ConfigSection(reading, prefix + key + ".", node.get(key), keys))
        : Optional.empty();
  }

  /** The section below a key; one that is not there holds nothing. */
  ConfigSection sectionOrEmpty(String key, Set<String> keys) {
    JsonNode found = has(key) ? node.get(key) : JsonNodeFactory.instance.objectNode();
    return new ConfigSection(reading, prefix + key + ".", found, keys);
  }

  /** Reads the sections of a list; those that are wrong are left out, and are problems. */
  <T> List<T> each(String key, Set<String> keys, Function<ConfigSection, T> reader) {
    List<T> all = new ArrayList<>();
    int index = 0;
    for (JsonNode element : list(key)) {
      String name = prefix + key + "[" + index + "]";
      index++;
      reading
          .attempt(
              name,
              () ->
                  Optional.of(reader.apply(new ConfigSection(reading, name + ".", element, keys))),
              Optional.<T>empty())
          .ifPresent(all::add);
    }
    if (index == 0) {
      note(key, "[]");
    }
    return List.copyOf(all);
  }

  /** Whether that text stands there. */
  boolean is(String key, String text) {
    return node.path(key).isTextual() && node.path(key).textValue().equals(text);
  }

  boolean isList(String key) {
    return node.path(key).isArray();
  }

  /** The keys that are not ours: every one that is there. */
  Set<String> keys(String key) {
    Set<String> keys = new LinkedHashSet<>();
    JsonNode found = node.path(key);
    if (!found.isMissingNode() && !found.isObject()) {
      reading.problem(prefix + key, "must hold keys and values; docs/configuration.md says which");
    }
    found.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /**
   * Properties of some client.
   *
   * @param shown of a key and its text as it is written, what may be shown
   */
  Map<String, String> properties(String key, BiFunction<String, String, String> shown) {
    JsonNode found = node.path(key);
    Map<String, String> properties = new LinkedHashMap<>();
    if (!found.isObject()) {
      reading.problem(
          prefix + key, "must hold client properties, such as bootstrap.servers: host:9092");
      return properties;
    }
    for (var entry : found.properties()) {
      String name = key + "." + entry.getKey();
      if (!entry.getValue().isValueNode()) {
        reading.problem(prefix + name, "must be one value");
        continue;
      }
      String text = entry.getValue().asText();
      note(name, shown.apply(entry.getKey(), text), true);
      properties.put(
          entry.getKey(), found.has(CONFIG_PROVIDERS) ? text : resolvedOrProblem(name, text));
    }
    return properties;
  }

  /** A path; a relative one starts at the file's own folder. */
  Path path(String key) {
    Path folder = reading.file().toAbsolutePath().getParent();
    Path value = Path.of(text(key));
    return folder == null ? value : folder.resolve(value);
  }

  /** A path that may be missing. */
  Optional<Path> pathIfGiven(String key) {
    if (!has(key)) {
      note(key, "none");
      return Optional.empty();
    }
    return Optional.of(path(key));
  }

  String text(String key) {
    JsonNode found = node.path(key);
    if (!found.isValueNode() || found.isNull() || found.asText().isBlank()) {
      throw wrong(key, "is missing");
    }
    note(key, KafkaKeys.withoutSecrets(found.asText()), true);
    return resolved(key, found.asText());
  }

  /** A text that may be missing. */
  String text(String key, String byDefault) {
    if (!has(key)) {
      note(key, byDefault);
      return byDefault;
    }
    return text(key);
  }

  private String resolved(String key, String text) {
    try {
      return reading.references().resolve(text);
    } catch (IllegalArgumentException e) {
      throw wrong(key, String.valueOf(e.getMessage()));
    }
  }

  private String resolvedOrProblem(String key, String text) {
    return reading.attempt(prefix + key, () -> resolved(key, text), "");
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    JsonNode found = list(key);
    found.forEach(element -> texts.add(resolvedOrProblem(key, element.asText())));
    noteList(key, found);
    return texts;
  }

  /** Whole numbers within bounds, none of them twice. */
  Set<Integer> numbers(String key, int least, int most) {
    Set<Integer> numbers = new LinkedHashSet<>();
    JsonNode found = list(key);
    for (JsonNode element : found) {
      if (!element.isInt() || element.intValue() < least || element.intValue() > most) {
        reading.problem(prefix + key, "must hold whole numbers from " + least + " to " + most);
        return Set.of();
      }
      numbers.add(element.intValue());
    }
    noteList(key, found);
    return numbers;
  }

  private JsonNode list(String key) {
    JsonNode found = node.path(key);
    if (!found.isMissingNode() && !found.isArray()) {
      reading.problem(prefix + key, "must be a list");
      return JsonNodeFactory.instance.arrayNode();
    }
    return found;
  }

  boolean flag(String key, boolean byDefault) {
    JsonNode found = node.path(key);
    if (!found.isMissingNode() && !found.isBoolean()) {
      return instead(key, "must be true or false", byDefault);
    }
    return noted(key, found.isMissingNode() ? byDefault : found.booleanValue());
  }

  int number(String key, int byDefault) {
    JsonNode found = node.path(key);
    if (!found.isMissingNode() && !found.isInt()) {
      return instead(key, "must be a whole number", byDefault);
    }
    return noted(key, found.isMissingNode() ? byDefault : found.intValue());
  }

  /** A whole number within bounds. */
  int number(String key, int byDefault, int least, int most) {
    int value = number(key, byDefault);
    return has(key) && (value < least || value > most)
        ? instead(key, "must be " + least + " to " + most + ", not " + value, byDefault)
        : value;
  }

  double share(String key, double byDefault) {
    return decimal(key, byDefault, 0, 1);
  }

  /** A number within bounds, whole or not. */
  double decimal(String key, double byDefault, double least, double most) {
    JsonNode found = node.path(key);
    if (found.isMissingNode()) {
      note(key, Double.isInfinite(byDefault) ? "no limit" : plain(byDefault));
      return byDefault;
    }
    // Written so that NaN is outside.
    if (!found.isNumber() || !(found.doubleValue() >= least && found.doubleValue() <= most)) {
      return instead(
          key, "must be a number from %s to %s".formatted(plain(least), plain(most)), byDefault);
    }
    note(key, plain(found.doubleValue()));
    return found.doubleValue();
  }

  private static String plain(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  Duration millis(String key, Duration byDefault, Duration least, Duration most) {
    JsonNode found = node.path(key);
    if (found.isMissingNode()) {
      note(key, Long.toString(byDefault.toMillis()));
      return byDefault;
    }
    String range = "must be " + least.toMillis() + " to " + most.toMillis() + " milliseconds";
    if (!found.canConvertToLong() || !found.isIntegralNumber()) {
      return instead(key, range + ", a whole number", byDefault);
    }
    Duration value = Duration.ofMillis(found.longValue());
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      return instead(key, range + ", not " + found.longValue(), byDefault);
    }
    note(key, Long.toString(found.longValue()));
    return value;
  }

  /** A duration that follows from others where nothing is said. */
  Duration noted(String key, Duration value) {
    note(key, Long.toString(value.toMillis()));
    return value;
  }

  /** Tells people what holds where nothing is said. */
  void note(String key, String text) {
    note(key, text, has(key));
  }

  private void note(String key, String text, boolean isGiven) {
    reading.value(prefix + key, text, isGiven);
  }

  private void noteList(String key, JsonNode list) {
    List<String> elements = new ArrayList<>();
    list.forEach(element -> elements.add(KafkaKeys.withoutSecrets(element.asText())));
    note(key, elements.toString());
  }

  private <T> T noted(String key, T value) {
    note(key, String.valueOf(value));
    return value;
  }

  private <T> T instead(String key, String problem, T byDefault) {
    reading.problem(prefix + key, problem);
    return byDefault;
  }

  /** Says that something is wrong, and goes on. */
  void problem(String key, String problem) {
    reading.problem(prefix + key, problem);
  }

  /**
   * @param key {@code ""} for the section itself
   */
  IllegalArgumentException wrong(String key, String problem) {
    return new WrongValue(key.isEmpty() ? withoutDot() : prefix + key, problem);
  }

  private String withoutDot() {
    return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
  }
}
