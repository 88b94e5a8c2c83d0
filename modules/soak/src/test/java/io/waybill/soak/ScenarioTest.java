package io.waybill.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The table of scenarios names tests that are there, run, and name their row; the page shows it.
 */
class ScenarioTest {
  private static final Path ROOT = Path.of("..", "..");

  @ParameterizedTest
  @EnumSource
  void itsTestsAreThereAndNameTheirRow(Scenario scenario) throws IOException {
    for (Scenario.Reference test : scenario.tests()) {
      String before = whatStandsBefore(source(test), test.method());
      assertThat(before)
          .as("%s: is a test that runs", test)
          .containsPattern("@(Test|ParameterizedTest)\\b")
          .doesNotContain("@Disabled");
      String digits = scenario.name().substring(1) + "(?![0-9])";
      assertThat(before + test.method())
          .as("%s: names its row", test)
          .containsPattern("(?<![0-9A-Za-z])[Ff]" + digits + "|AndF" + digits);
    }
  }

  /** Annotations and comment, from the end of the method before. */
  private static String whatStandsBefore(String source, String method) {
    Matcher found = Pattern.compile(" void " + method + "\\(").matcher(source);
    assertThat(found.find()).as("there is a method %s", method).isTrue();
    return source.substring(
        Math.max(0, source.lastIndexOf("\n  }\n", found.start())), found.start());
  }

  /** Surefire and Failsafe run what is called so. */
  private static String source(Scenario.Reference test) throws IOException {
    assertThat(test.type()).matches(".+(Test|IT)");
    try (Stream<Path> files =
        Files.walk(ROOT.resolve("modules").resolve(test.module()).resolve("src/test/java"))) {
      List<Path> found = files.filter(file -> file.endsWith(test.type() + ".java")).toList();
      assertThat(found).as("the class of %s", test).hasSize(1);
      return Files.readString(found.getFirst());
    }
  }

  @Test
  void thePageShowsTheTable() throws IOException {
    List<String> rows =
        Files.readAllLines(ROOT.resolve("docs/reliability.md")).stream()
            .filter(line -> line.matches("\\| F\\d+ \\|.*"))
            .toList();

    assertThat(rows)
        .containsExactlyElementsOf(Stream.of(Scenario.values()).map(Scenario::row).toList());
  }
}
