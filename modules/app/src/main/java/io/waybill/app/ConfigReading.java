package io.waybill.app;

import io.waybill.app.ConfigValue.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One reading of a configuration: gathers every problem instead of ending with the first one, and
 * every value with where it comes from. Used by one thread.
 */
final class ConfigReading {
  private final Path file;
  private final ConfigReferences references;
  private final Map<String, String> variables;
  private final List<ConfigProblem> problems = new ArrayList<>();
  private final Map<String, ConfigValue> values = new LinkedHashMap<>();

  /**
   * @param variables the environment variable of each key that comes from one
   */
  ConfigReading(Path file, ConfigReferences references, Map<String, String> variables) {
    this.file = file;
    this.references = references;
    this.variables = variables;
  }

  Path file() {
    return file;
  }

  ConfigReferences references() {
    return references;
  }

  void problem(String key, String text) {
    ConfigProblem problem = new ConfigProblem(key, text);
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  /**
   * Reads one part; when it is wrong, goes on with another value, so that what is wrong elsewhere
   * is found too. What fails after a problem was found in the same section is left out: it may only
   * be the consequence.
   */
  <T> T attempt(String key, Supplier<T> part, T instead) {
    int before = problems.size();
    try {
      return part.get();
    } catch (WrongValue e) {
      String section = sectionOf(e.key);
      if (problems.subList(before, problems.size()).stream()
          .noneMatch(found -> sectionOf(found.key()).equals(section))) {
        problem(e.key, e.text);
      }
    } catch (IllegalArgumentException e) {
      if (problems.size() == before) {
        problem(key, String.valueOf(e.getMessage()));
      }
    }
    return instead;
  }

  private static String sectionOf(String key) {
    return key.substring(0, Math.max(0, key.lastIndexOf('.')));
  }

  void value(String key, String text, boolean isGiven) {
    Optional<String> variable = Optional.ofNullable(variables.get(key));
    Source source = variable.isPresent() ? Source.ENVIRONMENT : Source.FILE;
    values.put(key, new ConfigValue(key, text, isGiven ? source : Source.DEFAULT, variable));
  }

  /** Everything that was read, in the order of reading. */
  List<ConfigValue> values() {
    return List.copyOf(values.values());
  }

  /**
   * @throws ConfigException when something is wrong
   */
  void requireNoProblem() {
    if (!problems.isEmpty()) {
      throw new ConfigException(file, problems);
    }
  }

  /** A value that the rest of its part cannot do without is wrong. */
  static final class WrongValue extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String key;
    private final String text;

    WrongValue(String key, String text) {
      super(key + " " + text);
      this.key = key;
      this.text = text;
    }
  }
}
