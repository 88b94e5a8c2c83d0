package io.waybill.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** deploy/helm/waybill, rendered by Helm itself. */
final class HelmChart {
  static final Path FOLDER = Path.of("..", "..", "deploy", "helm", "waybill");
  static final String RELEASE = "waybill";
  static final String NAMESPACE = "deliveries";

  /** The job that runs before an installation, and its configuration. */
  static final Path HOOKS = Path.of("templates", "topics.yaml");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path work;

  /**
   * @param work where copies with other values are put
   */
  HelmChart(Path work) {
    this.work = work;
  }

  /** What Helm's own linter says. */
  static LintResult lint() {
    return new Helm(FOLDER).lint().strict().call();
  }

  /**
   * What would be installed.
   *
   * @param values over those of the chart, YAML
   * @throws RuntimeException when Helm refuses them, with its words
   */
  List<JsonNode> render(String values) {
    String text =
        new Helm(with(values)).template().withName(RELEASE).withNamespace(NAMESPACE).call();
    List<JsonNode> documents = new ArrayList<>();
    for (Object document : yaml().loadAll(text)) {
      if (document != null) {
        documents.add(JSON.valueToTree(document));
      }
    }
    return documents;
  }

  /** The chart with these values as its defaults: the same as giving them, which needs a file. */
  private Path with(String values) {
    try {
      Path copy = Files.createTempDirectory(work, "chart").resolve("waybill");
      try (Stream<Path> files = Files.walk(FOLDER)) {
        for (Path file : files.toList()) {
          Files.copy(file, copy.resolve(FOLDER.relativize(file).toString()));
        }
      }
      // Helm asks the cluster what version it has, and the library believes that it is an old one.
      Path chart = copy.resolve("Chart.yaml");
      Files.writeString(chart, Files.readString(chart).replaceFirst("(?m)^kubeVersion: .*$", ""));
      // What hooks install is not part of what is rendered.
      Path hooks = copy.resolve(HOOKS);
      Files.writeString(
          hooks,
          Files.readString(hooks)
              .replaceAll("(?m)^ +helm\\.sh/hook.*\n", "")
              .replaceAll("(?m)^  annotations:\n", ""));
      Path file = copy.resolve("values.yaml");
      JsonNode merged = merged(parse(Files.readString(file)), parse(values));
      // JSON is YAML.
      Files.writeString(file, JSON.writeValueAsString(merged));
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode parse(String text) {
    Object tree = yaml().load(text);
    return JSON.valueToTree(tree == null ? Map.of() : tree);
  }

  private static Yaml yaml() {
    return new Yaml(new SafeConstructor(new LoaderOptions()));
  }

  /** As Helm does it: sections are merged, everything else is replaced. */
  private static JsonNode merged(JsonNode base, JsonNode over) {
    if (!(base instanceof ObjectNode section) || !(over instanceof ObjectNode)) {
      return over;
    }
    ObjectNode all = section.deepCopy();
    over.properties()
        .forEach(entry -> {
          JsonNode before = section.get(entry.getKey());
          all.set(
              entry.getKey(), before == null ? entry.getValue() : merged(before, entry.getValue()));
        });
    return all;
  }
}
