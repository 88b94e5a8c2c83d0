package io.waybill.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Reasons are public API: docs/status.md explains each of them once, and none that there is not.
 */
class DocumentedReasonsTest {
  private static final Pattern CODE = Pattern.compile("`([a-z-]+)`");

  @Test
  void everyReasonStandsInATableOnce() throws IOException {
    String page = Files.readString(Path.of("..", "..", "docs", "status.md"));
    List<String> explained =
        page.substring(page.indexOf("## Reasons"))
            .lines()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.substring(0, line.indexOf(" | ")))
            .flatMap(codes -> CODE.matcher(codes).results())
            .map(MatchResult::group)
            .map(code -> code.substring(1, code.length() - 1))
            .toList();

    assertThat(explained)
        .containsExactlyInAnyOrderElementsOf(Stream.of(Reason.values()).map(Reason::code).toList());
  }
}
