package io.waybill.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prometheus' own tool about what is written for Prometheus: that it takes the rules and every
 * query of the dashboards, and that each alert fires when it should and not when all is well.
 * Skipped where {@code promtool} is not on the path; Debian has it in the package {@code
 * prometheus}.
 */
class PromtoolTest {
  private static final Path ALERTS = HelmChart.FOLDER.resolve(Path.of("files", "alerts.yaml"));
  private static final Path ALERTS_TEST = Path.of("src", "test", "promtool", "alerts-test.yaml");
  private static final long SECONDS = 60;

  @TempDir private Path folder;

  private static Optional<Path> promtool() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(directory -> Path.of(directory, "promtool"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static boolean isThere() {
    return promtool().isPresent();
  }

  @Test
  @EnabledIf(value = "isThere", disabledReason = "promtool is not on the path")
  void takesTheRules() throws IOException {
    assertThat(run("check", "rules", ALERTS.toString())).contains("SUCCESS");
  }

  @Test
  @EnabledIf(value = "isThere", disabledReason = "promtool is not on the path")
  void alertsFireWhenTheyShouldAndNotWhenAllIsWell() throws IOException {
    assertThat(run("test", "rules", ALERTS_TEST.toString())).contains("SUCCESS");
  }

  @Test
  @EnabledIf(value = "isThere", disabledReason = "promtool is not on the path")
  void takesEveryQueryOfTheDashboardsAndOfTheScaling() throws IOException {
    List<String> queries = new ArrayList<>(dashboards());
    assertThat(queries).isNotEmpty();
    queries.addAll(scaling());
    // It has no command for a query, but checks those of rules.
    ObjectMapper json = new ObjectMapper();
    ArrayNode rules = json.createArrayNode();
    for (String query : queries) {
      rules.addObject().put("record", "query:" + rules.size()).put("expr", query);
    }
    ObjectNode file = json.createObjectNode();
    file.putArray("groups").addObject().put("name", "queries").set("rules", rules);
    Path written = Files.writeString(folder.resolve("queries.yaml"), file.toPrettyString());

    assertThat(run("check", "rules", written.toString()))
        .contains("SUCCESS: " + queries.size() + " rules found");
  }

  private static List<String> dashboards() throws IOException {
    List<String> queries = new ArrayList<>();
    Path all = HelmChart.FOLDER.resolve(Path.of("files", "dashboards"));
    try (Stream<Path> files = Files.list(all)) {
      for (Path file : files.toList()) {
        for (JsonNode panel : new ObjectMapper().readTree(file.toFile()).path("panels")) {
          // Grafana puts in what is chosen: a text within a text.
          panel.path("targets").forEach(target -> queries.add(target.path("expr").asText()));
        }
      }
    }
    return queries;
  }

  private List<String> scaling() {
    List<String> queries =
        new HelmChart(folder)
                .render(
                    """
                    roles:
                      sender-webhook: {autoscaling: {enabled: true}}
                      sender-email: {autoscaling: {enabled: true}}
                      sender-storage: {autoscaling: {enabled: true}}
                    """)
                .stream()
                .map(it -> it.path("spec").path("triggers").path(0).path("metadata").path("query"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .toList();
    assertThat(queries).hasSize(3);
    return queries;
  }

  /** Where the tool is not there, this still says which alert nobody has tested. */
  @Test
  void everyAlertHasATestInWhichItFires() throws IOException {
    Set<String> alerts = new TreeSet<>();
    for (JsonNode group : HelmChart.parse(Files.readString(ALERTS)).path("groups")) {
      group.path("rules").forEach(rule -> alerts.add(rule.path("alert").asText()));
    }
    Set<String> fired = new TreeSet<>();
    Set<String> silent = new TreeSet<>();
    for (JsonNode test : HelmChart.parse(Files.readString(ALERTS_TEST)).path("tests")) {
      test.path("alert_rule_test")
          .forEach(it ->
              (it.path("exp_alerts").isEmpty() ? silent : fired)
                  .add(it.path("alertname").asText()));
    }

    assertThat(fired).isEqualTo(alerts);
    assertThat(silent).isEqualTo(alerts);
  }

  /** What the tool says; it has to like what it sees. */
  private String run(String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(promtool().orElseThrow().toString()));
    command.addAll(List.of(args));
    Path said = folder.resolve("said.txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("promtool did not end within " + SECONDS + " s");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    String text = Files.readString(said, UTF_8);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
