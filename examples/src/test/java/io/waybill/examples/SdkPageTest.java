package io.waybill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Java of the documentation is the Java that the other tests run, line by line. */
class SdkPageTest {
  private static final Path EXAMPLES = Path.of("src/main/java/io/waybill/examples");
  private static final Path PAGE = Path.of("../docs/sdk.md");
  private static final Path GUIDE = Path.of("../docs/guide");
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "^ *// example: ([a-z-]+)\\n(.*?)^ *// end of example$",
          Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern BLOCK =
      Pattern.compile("^```java ?([a-z-]*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern NAMED_BLOCK =
      Pattern.compile("^```java ([a-z-]+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private static Map<String, String> examples() throws IOException {
    Map<String, String> examples = new TreeMap<>();
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      for (Path file : files.toList()) {
        Matcher matcher = EXAMPLE.matcher(Files.readString(file));
        while (matcher.find()) {
          assertThat(
                  examples.put(
                      matcher.group(1), matcher.group(2).stripTrailing().stripIndent() + "\n"))
              .as("another example of the name %s", matcher.group(1))
              .isNull();
        }
      }
    }
    return examples;
  }

  @Test
  void everyBlockOfThePageIsAnExample() throws IOException {
    assertThat(examplesOn(PAGE)).doesNotHaveDuplicates().hasSizeGreaterThan(15);
  }

  @Test
  void everyNamedBlockOfTheGuideIsAnExample() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> pages = Files.list(GUIDE)) {
      for (Path page : pages.filter(each -> each.toString().endsWith(".md")).sorted().toList()) {
        // What has no name is not of the SDK: a receiver's lines, which its own test runs.
        found.addAll(examplesOn(page, NAMED_BLOCK));
      }
    }

    assertThat(found).contains("high-volume", "outbox");
  }

  private static List<String> examplesOn(Path page) throws IOException {
    return examplesOn(page, BLOCK);
  }

  private static List<String> examplesOn(Path page, Pattern block) throws IOException {
    Map<String, String> examples = examples();
    return block
        .matcher(Files.readString(page))
        .results()
        .map(found -> {
          String name = found.group(1);
          assertThat(examples).as("an example for each block").containsKey(name);
          assertThat(found.group(2)).as(name).isEqualTo(examples.get(name));
          return name;
        })
        .toList();
  }
}
