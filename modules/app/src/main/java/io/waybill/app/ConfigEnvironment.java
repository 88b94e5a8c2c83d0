package io.waybill.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.waybill.app.ConfigKeys.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Puts environment variables over the keys of a configuration file: {@code
 * WAYBILL__RETRY__MAX_ATTEMPTS} is {@code retry.maxAttempts}. Two underscores stand between levels
 * and behind the prefix, so that no name collides with {@code WAYBILL_OPTS} and the like, nor with
 * those that Kubernetes makes of a service called waybill.
 */
final class ConfigEnvironment {
  static final String PREFIX = "WAYBILL__";
  private static final String NEARLY = "WAYBILL_";
  private static final String BETWEEN = "__";

  /** A key's variable, and where it goes. */
  private record Target(List<String> path, Kind kind) {
    String key() {
      return String.join(".", path);
    }
  }

  private final Map<String, Target> targets = new TreeMap<>();
  private final List<ConfigProblem> problems = new ArrayList<>();
  private final Map<String, String> variables = new HashMap<>();

  ConfigEnvironment() {
    ConfigKeys.LEAVES.forEach((key, kind) ->
        targets.put(variable(key), new Target(Arrays.asList(key.split("\\.")), kind)));
  }

  /** The variable of a key that is not one of an open section. */
  static String variable(String key) {
    return PREFIX
        + key.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
            .replace("-", "_")
            .replace(".", BETWEEN)
            .toUpperCase(Locale.ROOT);
  }

  /** The variable of a key in an open section, as the images of Confluent have it. */
  static String variable(String section, String key) {
    return variable(section)
        + BETWEEN
        + key.replace("_", "___").replace("-", "__").replace(".", "_").toUpperCase(Locale.ROOT);
  }

  /** Puts what the environment says into the tree. */
  void overlay(ObjectNode root, Map<String, String> environment) {
    new TreeMap<>(environment)
        .forEach((name, value) -> {
          if (name.startsWith(PREFIX)) {
            put(root, name, value);
          } else if (name.startsWith(NEARLY)) {
            refuseSlip(name);
          }
        });
  }

  List<ConfigProblem> problems() {
    return List.copyOf(problems);
  }

  /** The variable that each key comes from. */
  Map<String, String> variables() {
    return Map.copyOf(variables);
  }

  private void put(ObjectNode root, String name, String value) {
    Optional<Target> target = target(name);
    if (target.isEmpty()) {
      problem(
          name,
          "is the variable of no key"
              + Nearest.hint(name, targets.keySet())
              + " Unset it, or see"
              + " docs/configuration.md");
      return;
    }
    if (value.isBlank()) {
      problem(name, "is set to nothing: unset it, or give " + target.get().key() + " a value");
      return;
    }
    List<String> path = target.get().path();
    ObjectNode node = root;
    for (String step : path.subList(0, path.size() - 1)) {
      JsonNode next = node.get(step);
      if (next == null || next.isNull()) {
        next = node.putObject(step);
      }
      if (!(next instanceof ObjectNode section)) {
        problem(name, "cannot be put into " + step + ", which holds no keys in the file");
        return;
      }
      node = section;
    }
    parsed(name, value, target.get().kind()).ifPresent(new Setter(node, path.getLast()));
    variables.put(target.get().key(), name);
  }

  /** Sets one key of a mapping. */
  private record Setter(ObjectNode node, String key)
      implements java.util.function.Consumer<JsonNode> {
    @Override
    public void accept(JsonNode value) {
      node.set(key, value);
    }
  }

  private Optional<JsonNode> parsed(String name, String value, Kind kind) {
    if (kind == Kind.TEXT) {
      // As it is: a password may end with a space.
      return Optional.of(new TextNode(value));
    }
    // In YAML a star alone would be an alias.
    if (value.strip().equals("*")) {
      return Optional.of(new TextNode("*"));
    }
    try {
      return Optional.of(new YAMLMapper().readTree(value));
    } catch (JsonProcessingException e) {
      problem(name, "is not YAML: write a number, true or false, or a list like [a, b]");
      return Optional.empty();
    }
  }

  private Optional<Target> target(String name) {
    Target known = targets.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    for (var open : ConfigKeys.OPEN.entrySet()) {
      String begin = variable(open.getKey()) + BETWEEN;
      if (name.startsWith(begin) && name.length() > begin.length()) {
        return Optional.of(
            new Target(
                List.of(open.getKey(), openKey(name.substring(begin.length()))), open.getValue()));
      }
    }
    return Optional.empty();
  }

  /** Three underscores are one, two are a hyphen, one is a dot. */
  private static String openKey(String name) {
    return name.toLowerCase(Locale.ROOT)
        .replace("___", "\u0000")
        .replace("__", "-")
        .replace("_", ".")
        .replace("\u0000", "_");
  }

  /** Somebody who writes one underscore too few would wonder why nothing changes. */
  private void refuseSlip(String name) {
    String meant = PREFIX + name.substring(NEARLY.length());
    if (!ConfigKeys.OTHER_VARIABLES.contains(name) && target(meant).isPresent()) {
      problem(name, "is not read: write " + meant);
    }
  }

  private void problem(String name, String text) {
    problems.add(new ConfigProblem("environment variable " + name, text));
  }
}
