package io.waybill.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever writes a page with commands must have a test run them. */
class DocumentedPagesTest {
  /**
   * Run beside what they are about: by {@code DocumentedReceiverTest}, by {@code
   * RecipientsGuideTest}.
   */
  private static final Set<String> RUN_ELSEWHERE =
      Set.of("guide/verify-a-webhook.md", "guide/encrypted-mail.md");

  /** Pages outside the guide that promise the same. */
  private static final List<String> OTHERS =
      List.of("first-steps.md", "monitoring.md", "operations.md");

  private static List<String> pagesThatTestsRun() {
    return Stream.of(DocumentedCommandsIT.class, GuidePagesIT.class, OperationsIT.class)
        .flatMap(tests -> Arrays.stream(tests.getDeclaredMethods()))
        .filter(method -> method.isAnnotationPresent(Test.class))
        .flatMap(DocumentedPagesTest::pages)
        .toList();
  }

  private static Stream<String> pages(Method test) {
    return Optional.ofNullable(test.getAnnotation(Runs.class)).stream()
        .flatMap(runs -> Arrays.stream(runs.value()));
  }

  @Test
  void everyPageWithCommandsIsRunByOneTest() throws IOException {
    List<String> withCommands = new ArrayList<>(OTHERS);
    for (String page : Pages.in("guide")) {
      if (Pages.hasCommands(page) && !RUN_ELSEWHERE.contains(page)) {
        withCommands.add(page);
      }
    }

    assertThat(pagesThatTestsRun()).containsExactlyInAnyOrderElementsOf(withCommands);
  }

  @Test
  void everySectionOfTheTutorialHasAPageThatIsRunAndListed() throws IOException {
    List<String> sections =
        List.of(
            "basic-implementation.md",
            "healthcare-compliance.md",
            "multi-destination-fanout.md",
            "security.md",
            "high-volume.md",
            "monitoring.md",
            "error-handling.md",
            "advanced-patterns.md",
            "fallback.md");
    String index = Pages.text("guide/README.md");

    for (String section : sections) {
      assertThat(pagesThatTestsRun()).contains("guide/" + section);
      assertThat(index).contains("(" + section + ")");
    }
  }
}
