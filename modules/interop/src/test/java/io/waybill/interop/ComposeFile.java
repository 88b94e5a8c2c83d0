package io.waybill.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * docker-compose.yml as Compose reads it: anchors and merge keys resolved. Variables are left as
 * they stand.
 */
record ComposeFile(Map<String, Object> root) {
  static ComposeFile read(Path file) throws IOException {
    return parse(Files.readString(file));
  }

  static ComposeFile parse(String yaml) {
    return new ComposeFile(map(new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml)));
  }

  /** One service. */
  record Service(String name, Map<String, Object> keys) {
    boolean isBuiltHere() {
      return keys.containsKey("build");
    }

    boolean has(String key) {
      return keys.containsKey(key);
    }

    String text(String key) {
      Object value = keys.get(key);
      if (value == null) {
        throw new AssertionError("service " + name + " has no " + key);
      }
      return value.toString();
    }

    List<String> texts(String key) {
      return list(keys.getOrDefault(key, List.of()));
    }

    /** Variable to value. */
    Map<String, String> environment() {
      Map<String, String> environment = new LinkedHashMap<>();
      map(keys.getOrDefault("environment", Map.of()))
          .forEach((key, value) -> environment.put(key, value.toString()));
      return environment;
    }

    /** The services that it waits for, each with the condition. */
    Map<String, String> waitsFor() {
      Map<String, String> conditions = new LinkedHashMap<>();
      map(keys.getOrDefault("depends_on", Map.of()))
          .forEach((name, how) -> conditions.put(name, map(how).get("condition").toString()));
      return conditions;
    }

    /** What is mounted, by the path in the container: a volume's name or a file's. */
    Map<String, String> mounts() {
      Map<String, String> mounts = new LinkedHashMap<>();
      for (String mount : texts("volumes")) {
        String[] parts = mount.split(":", -1);
        mounts.put(parts[1], parts[0]);
      }
      return mounts;
    }

    /** The value of {@code --option=} in its command. */
    String option(String option) {
      return texts("command").stream()
          .filter(word -> word.startsWith(option + "="))
          .map(word -> word.substring(option.length() + 1))
          .findFirst()
          .orElseThrow(() -> new AssertionError("service " + name + " has no " + option));
    }
  }

  List<Service> services() {
    return map(root.get("services")).entrySet().stream()
        .map(entry -> new Service(entry.getKey(), map(entry.getValue())))
        .toList();
  }

  Service service(String name) {
    return services().stream()
        .filter(service -> service.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no service " + name));
  }

  /** The brokers. */
  List<Service> brokers() {
    return services().stream().filter(service -> service.name().startsWith("kafka-")).toList();
  }

  /** The services that run roles. */
  List<Service> roles() {
    return services().stream().filter(service -> service.texts("command").contains("run")).toList();
  }

  /** A top-level section: networks, volumes, secrets. */
  Map<String, Object> section(String name) {
    return map(root.getOrDefault(name, Map.of()));
  }

  @SuppressWarnings("unchecked") // YAML keys of this file are texts
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  static List<String> list(Object value) {
    return ((List<?>) value).stream().map(Object::toString).toList();
  }
}
