package io.waybill.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInfo;

/** The pages of the documentation, and the commands on them. */
final class Pages {
  private static final Path DOCS = Path.of("..", "..", "docs");
  private static final Pattern BLOCK =
      Pattern.compile("^```sh( kcat)?\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private Pages() {}

  static boolean isKcatHere() {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(each -> Files.isExecutable(Path.of(each, "kcat")));
  }

  /** The pages that a test is about. */
  static List<String> of(TestInfo test) {
    return Arrays.asList(test.getTestMethod().orElseThrow().getAnnotation(Runs.class).value());
  }

  static String text(String page) throws IOException {
    return Files.readString(DOCS.resolve(page));
  }

  /** All Markdown files of a folder below {@code docs}, by the names that {@link Runs} has. */
  static List<String> in(String folder) throws IOException {
    try (Stream<Path> files = Files.list(DOCS.resolve(folder))) {
      return files
          .map(file -> folder + "/" + file.getFileName())
          .filter(name -> name.endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  static boolean hasCommands(String page) throws IOException {
    return BLOCK.matcher(text(page)).find();
  }

  /** The commands of pages as one script. */
  static String script(List<String> pages) throws IOException {
    List<String> blocks = new ArrayList<>();
    for (String page : pages) {
      List<String> found = blocks(page);
      assertThat(found).as(page).isNotEmpty();
      blocks.addAll(found);
    }
    return String.join("\n", blocks);
  }

  private static List<String> blocks(String page) throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text(page));
    while (matcher.find()) {
      if (matcher.group(1) == null || isKcatHere()) {
        blocks.add(matcher.group(2));
      } else {
        System.out.println("SKIPPED a block of " + page + ": kcat is not installed");
      }
    }
    return blocks;
  }
}
