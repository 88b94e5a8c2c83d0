package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever reads docs/security.md can run every test that it names. */
class SecurityPageTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Pattern TEST =
      Pattern.compile("`([A-Z][A-Za-z0-9]+(?:Test|IT|Contract))(?:#([A-Za-z0-9]+))?`");

  private final String page = read(ROOT.resolve("docs/security.md"));
  private final Map<String, String> sources = sources();

  @Test
  void everyNamedTestExists() {
    List<String> missing =
        TEST.matcher(page)
            .results()
            .filter(test -> !exists(test.group(1), test.group(2)))
            .map(test -> test.group())
            .toList();

    assertThat(missing).isEmpty();
    assertThat(TEST.matcher(page).results().count()).isGreaterThan(40);
  }

  @Test
  void everyThreatHasATest() {
    List<String> rows =
        page.lines()
            .filter(line -> line.startsWith("| "))
            .filter(line -> !line.startsWith("| threat "))
            .toList();

    assertThat(rows)
        .hasSizeGreaterThan(15)
        .allSatisfy(row -> assertThat(TEST.matcher(row).find()).as(row).isTrue());
  }

  @Test
  void claimsNoCompliance() {
    assertThat(page).contains("no claim of compliance");
    assertThat(page.toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("hipaa compliant", "hipaa-compliant", "is compliant", "certified");
  }

  private boolean exists(String type, String method) {
    String source = sources.getOrDefault(type, "");
    if (method == null) {
      return !source.isEmpty();
    }
    int place = source.indexOf(" void " + method + "(");
    if (place < 0) {
      return false;
    }
    // Its annotations stand behind the end of whatever comes before.
    int before = source.lastIndexOf("\n  }\n", place);
    return source.substring(Math.max(before, 0), place).contains("Test\n")
        || source.substring(Math.max(before, 0), place).contains("Test(");
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
                  SecurityPageTest::read,
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
