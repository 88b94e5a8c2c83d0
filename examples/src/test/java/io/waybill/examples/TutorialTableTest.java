package io.waybill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README says of the tutorial's steps: each is there, and so is each test it names. */
class TutorialTableTest {
  private static final Path ROOT = Path.of("..");
  private static final String HEADING = "## The tutorial, step by step";

  /** The tutorial's own headings with code below, in its order; one step may be several rows. */
  private static final List<String> STEPS =
      List.of(
          "Basic 1: initialize the service",
          "Basic 2: create basic destinations",
          "Basic 3: implement delivery logic",
          "Healthcare 1: secure storage destination",
          "Healthcare 2: encrypted email for PHI",
          "Healthcare 3: PHI access logging",
          "Fanout 1: create destination hierarchy");

  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)#(\\w+)`");

  /** A row of the table. */
  private record Row(String step, String runBy) {}

  private static List<Row> rows() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    assertThat(readme).containsOnlyOnce(HEADING);
    String section = readme.substring(readme.indexOf(HEADING) + HEADING.length());
    int next = section.indexOf("\n## ");
    return (next < 0 ? section : section.substring(0, next))
        .lines()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| step |"))
        .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
        .map(cells -> new Row(cells.get(1), cells.get(2)))
        .toList();
  }

  @Test
  void everyStepOfTheTutorialStandsInTheTable() throws IOException {
    assertThat(rows().stream().map(row -> row.step().replaceAll(" \\(.*\\)$", "")).distinct())
        .containsExactlyElementsOf(STEPS);
  }

  @Test
  void everyRowNamesTestsThatThereAre() throws IOException {
    for (Row row : rows()) {
      List<MatchResult> named = NAMED.matcher(row.runBy()).results().toList();
      assertThat(named).as(row.step()).isNotEmpty();
      for (MatchResult test : named) {
        assertThat(sourceOf(test.group(1)))
            .as(test.group())
            .containsPattern(
                "@(Test|ParameterizedTest)\\b(\\s+@[^\\n]+)*\\s+void " + test.group(2) + "\\(");
      }
    }
  }

  private static String sourceOf(String testClass) throws IOException {
    List<Path> found;
    try (Stream<Path> files =
        Files.find(
            ROOT,
            12,
            (file, attributes) ->
                file.endsWith(testClass + ".java")
                    && file.toString().contains(Path.of("src", "test", "java").toString()))) {
      found = files.toList();
    }
    assertThat(found).as("the source of " + testClass).hasSize(1);
    return Files.readString(found.get(0));
  }
}
