package io.waybill.app.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.waybill.app.Role;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Reason;
import io.waybill.wire.TopicCatalog;
import io.waybill.wire.TopicSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The alert rules, the dashboard and the scaling that are deployed ask for metrics, tags and values
 * that docs/metrics.md lists, and so for such as there are.
 */
class DeployedMetricsTest {
  private static final Path TOP = Path.of("..", "..");
  private static final Path CHART = TOP.resolve(Path.of("deploy", "helm", "waybill"));
  private static final Path ALERTS = CHART.resolve(Path.of("files", "alerts.yaml"));
  private static final Path DASHBOARD =
      CHART.resolve(Path.of("files", "dashboards", "waybill.json"));

  /** Put there by whoever scrapes. */
  private static final Set<String> SCRAPED = Set.of("namespace", "instance");

  /** The end of a bucket, in a histogram. */
  private static final String BUCKET = "le";

  private static final Set<String> JVM = Set.of("jvm_memory_used_bytes", "jvm_memory_max_bytes");

  private static final Pattern NAME = Pattern.compile("\\b(waybill|jvm)_[a-z_]+\\b");
  private static final Pattern SELECTED =
      Pattern.compile("((?:waybill|jvm)_[a-z_]+)(?:\\{([^}]*)})?");
  private static final Pattern MATCHER =
      Pattern.compile("([a-z_]+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Pattern GROUPED = Pattern.compile("\\bby\\s*\\(([^)]*)\\)");
  private static final Pattern ROW =
      Pattern.compile("^\\| `(waybill\\.[a-z.-]+)` \\| (\\w+) \\| ([^|]*)\\|");
  private static final Pattern WORD = Pattern.compile("`([^`]+)`");

  /** What a metric's documentation gives: its tags, by each name that Prometheus has for it. */
  private static Map<String, Set<String>> documented() throws IOException {
    Map<String, Set<String>> names = new LinkedHashMap<>();
    for (String line : Files.readAllLines(TOP.resolve(Path.of("docs", "metrics.md")))) {
      Matcher row = ROW.matcher(line);
      if (row.find()) {
        String name = row.group(1).replace('.', '_').replace('-', '_');
        Set<String> tags =
            WORD.matcher(row.group(3)).results().map(it -> it.group(1)).collect(Collectors.toSet());
        ends(row.group(2)).forEach(end -> names.put(name + end, tags));
      }
    }
    assertThat(names).hasSizeGreaterThan(Metric.values().length - 1);
    return names;
  }

  private static List<String> ends(String kind) {
    return switch (kind) {
      case "counter" -> List.of("_total");
      case "timer" -> List.of("_seconds_count", "_seconds_sum", "_seconds_max", "_seconds_bucket");
      case "gauge" -> List.of("");
      case "bytes" -> List.of("_bytes");
      default -> throw new AssertionError("docs/metrics.md has a metric of the kind " + kind);
    };
  }

  /** A place and what it asks. */
  record Query(String where, String text) {
    @Override
    public String toString() {
      return where;
    }
  }

  static Stream<Query> queries() throws IOException {
    return Stream.of(alerts(), dashboard(), scaling(), page()).flatMap(List::stream);
  }

  private static List<Query> alerts() throws IOException {
    List<Query> queries = new ArrayList<>();
    for (JsonNode rule : rules()) {
      queries.add(new Query("alert " + rule.path("alert").asText(), rule.path("expr").asText()));
    }
    return queries;
  }

  private static JsonNode rules() throws IOException {
    return new ObjectMapper(new YAMLFactory())
        .readTree(ALERTS.toFile())
        .path("groups")
        .path(0)
        .path("rules");
  }

  private static List<Query> dashboard() throws IOException {
    List<Query> queries = new ArrayList<>();
    for (JsonNode panel : new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(
            new Query("panel " + panel.path("title").asText(), target.path("expr").asText()));
      }
    }
    return queries;
  }

  /** As the chart writes it for one type. */
  private static List<Query> scaling() throws IOException {
    String template = Files.readString(CHART.resolve(Path.of("templates", "autoscaling.yaml")));
    Matcher query = Pattern.compile("(?m)^ *query: (.*)$").matcher(template);
    assertThat(query.find()).isTrue();
    return List.of(
        new Query(
            "scaling",
            query
                .group(1)
                .replace("{{ $.Release.Namespace | quote }}", "\"somewhere\"")
                .replace("{{ $type }}", "webhook")));
  }

  /** What the page itself recommends. */
  private static List<Query> page() throws IOException {
    List<Query> queries = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(TOP.resolve(Path.of("docs", "metrics.md")))) {
      if (line.startsWith("```")) {
        inside = line.equals("```promql");
      } else if (inside && !line.startsWith("#")) {
        queries.add(new Query("docs/metrics.md: " + line, line));
      }
    }
    assertThat(queries).isNotEmpty();
    return queries;
  }

  @ParameterizedTest
  @MethodSource("queries")
  void asksForWhatThereIs(Query query) throws IOException {
    Map<String, Set<String>> documented = documented();
    List<String> names = NAME.matcher(query.text()).results().map(found -> found.group()).toList();

    assertThat(names).isNotEmpty();
    Set<String> tags = new HashSet<>(SCRAPED);
    for (String name : names) {
      if (JVM.contains(name)) {
        tags.add("area");
        continue;
      }
      assertThat(documented).as("metrics of %s", query).containsKey(name);
      tags.addAll(documented.get(name));
      if (name.endsWith("_bucket")) {
        tags.add(BUCKET);
      }
    }
    GROUPED
        .matcher(query.text())
        .results()
        .flatMap(found -> Arrays.stream(found.group(1).split(",")))
        .map(String::strip)
        .forEach(tag -> assertThat(tags).as("tags of %s", query).contains(tag));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void selectsByTagsAndValuesThatThereAre(Query query) throws IOException {
    Map<String, Set<String>> documented = documented();
    Matcher selected = SELECTED.matcher(query.text());
    while (selected.find()) {
      String matchers = selected.group(2) == null ? "" : selected.group(2);
      Matcher matcher = MATCHER.matcher(matchers);
      int length = 0;
      while (matcher.find()) {
        length += matcher.group().length();
        String tag = matcher.group(1);
        if (SCRAPED.contains(tag) || JVM.contains(selected.group(1))) {
          continue;
        }
        assertThat(documented.get(selected.group(1)))
            .as("%s of %s", selected.group(1), query)
            .contains(tag);
        selectsSomething(query, tag, matcher.group(2), matcher.group(3));
      }
      assertThat(matchers.replaceAll("[,\\s]", "").length())
          .as("all of {%s} was understood", matchers)
          .isLessThanOrEqualTo(length);
    }
  }

  /** Every alternative of a regular expression has to fit a value, else it is a misspelt one. */
  private static void selectsSomething(Query query, String tag, String operator, String wanted) {
    if (wanted.startsWith("$")) {
      return;
    }
    Set<String> values = values(tag);
    List<String> alternatives =
        operator.endsWith("~") && !wanted.contains("(")
            ? List.of(wanted.split("\\|"))
            : List.of(wanted);
    for (String alternative : alternatives) {
      Pattern pattern =
          Pattern.compile(operator.endsWith("~") ? alternative : Pattern.quote(alternative));
      assertThat(values)
          .as("%s selects %s%s%s", query, tag, operator, alternative)
          .anyMatch(value -> pattern.matcher(value).matches());
    }
  }

  private static Set<String> values(String tag) {
    return switch (tag) {
      case "role" -> words(Role.values(), Role::word);
      case "type" -> words(DestinationType.values(), DestinationType::word);
      case "reason" -> words(Reason.values(), Reason::code);
      case "outcome" -> Set.of("delivered", "transient", "permanent");
      case "result" ->
          Set.of(
              "accepted",
              "rejected",
              "duplicate",
              "delivered",
              "dead-lettered",
              "cancelled",
              "committed",
              "aborted",
              "unknown");
      case "state" -> Set.of("closed", "open", "half-open");
      case "topic" ->
          TopicCatalog.topics(1, Role.SENT_TYPES).stream()
              .map(TopicSpec::name)
              .collect(Collectors.toSet());
      default -> throw new AssertionError("a tag without values: " + tag);
    };
  }

  private static <T> Set<String> words(T[] all, Function<T, String> word) {
    return Arrays.stream(all).map(word).collect(Collectors.toSet());
  }

  @ParameterizedTest
  @MethodSource("queries")
  void closesWhatItOpens(Query query) {
    String bare = query.text().replaceAll("\"[^\"]*\"", "\"\"");
    for (String pair : List.of("()", "{}", "[]")) {
      assertThat(bare.chars().filter(c -> c == pair.charAt(0)).count())
          .as("%s in %s", pair, query)
          .isEqualTo(bare.chars().filter(c -> c == pair.charAt(1)).count());
    }
    // Prometheus ends a histogram's quantile in nothing without the bucket's end.
    if (bare.contains("histogram_quantile")) {
      assertThat(bare).containsPattern("by \\([^)]*\\ble\\b");
    }
  }

  @Test
  void everyMetricIsOnTheDashboard() throws IOException {
    String all = dashboard().stream().map(Query::text).collect(Collectors.joining("\n"));

    for (Metric metric : Metric.values()) {
      String name = metric.id().replace('.', '_').replace('-', '_');
      assertThat(all).as(metric.id()).contains(name);
    }
  }

  @Test
  void everyAlertSaysWhatItMeansAndIsDocumented() throws IOException {
    String page = Files.readString(TOP.resolve(Path.of("docs", "deployment.md")));
    Set<String> names = new TreeSet<>();

    for (JsonNode rule : rules()) {
      String name = rule.path("alert").asText();
      assertThat(names.add(name)).as("%s is there once", name).isTrue();
      assertThat(rule.path("labels").path("severity").asText()).isIn("critical", "warning");
      assertThat(rule.path("annotations").path("summary").asText()).isNotBlank();
      assertThat(rule.path("annotations").path("description").asText()).isNotBlank();
      assertThat(page).contains("| `" + name + "` |");
    }
    assertThat(names).isNotEmpty();
  }

  @Test
  void panelsHaveIdsOfTheirOwnAndDoNotOverlap() throws IOException {
    JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
    Set<Integer> ids = new HashSet<>();
    Set<String> taken = new HashSet<>();

    for (JsonNode panel : dashboard.path("panels")) {
      assertThat(ids.add(panel.path("id").intValue())).isTrue();
      JsonNode at = panel.path("gridPos");
      assertThat(at.path("x").intValue() + at.path("w").intValue()).isLessThanOrEqualTo(24);
      for (int x = 0; x < at.path("w").intValue(); x++) {
        for (int y = 0; y < at.path("h").intValue(); y++) {
          String place = (at.path("x").intValue() + x) + "/" + (at.path("y").intValue() + y);
          assertThat(taken.add(place)).as("%s at %s", panel.path("title"), place).isTrue();
        }
      }
      if (!panel.path("type").asText().equals("row")) {
        assertThat(panel.path("description").asText())
            .as(panel.path("title").asText())
            .isNotBlank();
        assertThat(panel.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
      }
    }
    List<String> variables = new ArrayList<>();
    dashboard
        .path("templating")
        .path("list")
        .forEach(variable -> variables.add(variable.path("name").asText()));
    assertThat(variables).containsExactly("datasource", "namespace", "type");
  }
}
