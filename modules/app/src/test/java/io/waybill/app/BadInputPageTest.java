package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every row of the list of bad inputs has a test that exists and names the row. */
class BadInputPageTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final int ROWS = 94;
  private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| .*");
  private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]+)#([A-Za-z0-9]+)`");

  private final Map<String, String> sources = sources();

  @Test
  void everyRowHasATestThatNamesIt() {
    List<String> missing = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    for (String line : page().lines().toList()) {
      Matcher row = ROW.matcher(line);
      if (!row.matches()) {
        continue;
      }
      int number = Integer.parseInt(row.group(1));
      rows.add(number);
      List<String> tests = TEST.matcher(line).results().map(test -> test.group()).toList();
      if (tests.isEmpty()) {
        missing.add("row " + number + " has no test");
      }
      TEST.matcher(line)
          .results()
          .filter(test -> !names(test.group(1), test.group(2), number))
          .map(test -> "row " + number + " is not named by " + test.group())
          .forEach(missing::add);
    }

    assertThat(missing).isEmpty();
    assertThat(rows).hasSize(ROWS).isSorted().doesNotHaveDuplicates();
  }

  /** In a name that is shown, or in the name of a case. */
  private boolean names(String type, String method, int row) {
    String source = sources.getOrDefault(type, "");
    Matcher found = Pattern.compile(" void " + method + "\\(").matcher(source);
    while (found.find()) {
      // Its annotations, or the cases before it, stand behind whatever method comes before.
      int before = source.lastIndexOf("\n  }\n", found.start());
      String annotations = source.substring(Math.max(before, 0), found.start());
      Matcher cases = Pattern.compile("@MethodSource\\(\"(\\w+)\"\\)").matcher(annotations);
      String named = annotations + (cases.find() ? body(source, cases.group(1)) : "");
      if ((annotations.contains("Test") || annotations.contains("@Property"))
          && name(row).matcher(named).find()) {
        return true;
      }
    }
    return false;
  }

  /**
   * {@code "row 3: ..."}, {@code "rows 3, 4: ..."}, {@code row("3 ...")} or {@code row(3, ...)}.
   */
  private static Pattern name(int row) {
    return Pattern.compile(
        "\"(?:[^\"]*; )?rows?\\b[\\d, ]*?\\b"
            + row
            + "\\b|(?:argumentSet|row|field)\\(\\s*\""
            + row
            + "\\b|row\\(\\s*"
            + row
            + ",");
  }

  private static String body(String source, String method) {
    int begin = source.indexOf("> " + method + "()");
    return begin < 0 ? "" : source.substring(begin, source.indexOf("\n  }\n", begin));
  }

  private static String page() {
    String page = read(ROOT.resolve("docs/reliability.md"));
    return page.substring(page.indexOf("\n## Bad input, row by row"));
  }

  private static Map<String, String> sources() {
    try (Stream<Path> files = Files.walk(ROOT.resolve("modules"))) {
      return files
          .filter(file ->
              file.toString().contains("src" + file.getFileSystem().getSeparator() + "test"))
          .filter(file -> file.toString().endsWith(".java"))
          .collect(
              Collectors.toMap(
                  file -> file.getFileName().toString().replace(".java", ""),
                  BadInputPageTest::read,
                  (one, other) -> one + other));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
