package io.waybill.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.embedded.EmbeddedRegistry;
import io.waybill.embedded.EmbeddedRegistryConfig;
import io.waybill.testkit.KafkaFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The operations handbook: two processes, Kafka's own tools, and a receiver that holds one up. */
@Tag("long")
class OperationsIT {
  private static final Pattern TASKS = Pattern.compile("\"webhook\":\\{\"tasks\":(\\d+)");
  private static final Pattern CHANGELOG_ROW =
      Pattern.compile("^\\| `(waybill\\.[a-z-]+)` \\| `([a-z-]+)` \\|", Pattern.MULTILINE);

  @TempDir private Path folder;

  @Test
  @Runs("operations.md")
  void theHandbookWorksAsWritten(TestInfo test) throws Exception {
    Shell shell = new Shell(folder).withKafkaTools();
    try (EmbeddedRegistry registry =
            new EmbeddedRegistry(new EmbeddedRegistryConfig(folder.resolve("registry"), 0));
        GuideReceiver receiver = new GuideReceiver(shell)) {
      registry.start();

      String output =
          shell.run(
              "operations",
              Pages.of(test),
              Map.of(
                  "KAFKA", KafkaFixture.shared().bootstrapServers(),
                  "REGISTRY", registry.url(),
                  "RECEIVER", receiver.url("/op")),
              Duration.ofMinutes(15));

      assertThat(output).doesNotContain("s3cr3t");
      restartsLoseNothing(shell, receiver);
      holesAreNoLag(shell);
      aResetSendsAgainWhatWasBehindTheHole(receiver);
      changelogsAreThoseOfTheTable(shell);
      nothingOfALostDirectoryIsForgotten(receiver);
    }
  }

  private static void restartsLoseNothing(Shell shell, GuideReceiver receiver) throws IOException {
    int published = Integer.parseInt(shell.output("published.txt").strip());
    List<String> bodies =
        receiver.received("/op/rolling").stream()
            .map(GuideReceiver.Received::body)
            .filter(body -> body.contains("rolling-"))
            .toList();

    assertThat(published).as("while both were restarted").isGreaterThan(20);
    assertThat(bodies)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1, published)
                .mapToObj(number -> "{\"eventId\":\"rolling-" + number + "\"}")
                .toList());
  }

  /** Kafka's tool counts what is behind the task that is held, Waybill does not. */
  private static void holesAreNoLag(Shell shell) throws IOException {
    long kafkas =
        shell
            .output("groups.txt")
            .lines()
            .map(line -> line.strip().split("\\s+"))
            .filter(cells -> cells.length > 5 && cells[1].equals("waybill.tasks.webhook"))
            .mapToLong(cells -> cells[5].equals("-") ? 0 : Long.parseLong(cells[5]))
            .sum();
    Matcher waybills = TASKS.matcher(shell.output("lag.json"));

    assertThat(kafkas).isGreaterThanOrEqualTo(21);
    assertThat(waybills.find()).isTrue();
    assertThat(Long.parseLong(waybills.group(1))).isBetween(1L, 10L);
  }

  private static void aResetSendsAgainWhatWasBehindTheHole(GuideReceiver receiver)
      throws IOException {
    Map<String, List<String>> idsByBody =
        receiver.received("/op/held").stream()
            .collect(
                Collectors.groupingBy(
                    GuideReceiver.Received::body,
                    Collectors.mapping(GuideReceiver.Received::webhookId, Collectors.toList())));

    assertThat(idsByBody).hasSize(21);
    assertThat(idsByBody)
        .allSatisfy((body, ids) -> {
          assertThat(ids).as(body).hasSize(2);
          assertThat(ids).as("the same id again").containsOnly(ids.get(0));
        });
  }

  private static void changelogsAreThoseOfTheTable(Shell shell) throws IOException {
    List<String> documented = new ArrayList<>();
    Matcher rows = CHANGELOG_ROW.matcher(Pages.text("operations.md"));
    while (rows.find()) {
      documented.add(rows.group(1) + "-" + rows.group(2) + "-changelog");
    }

    assertThat(shell.output("changelogs.txt").lines())
        .containsExactlyInAnyOrderElementsOf(documented);
  }

  private static void nothingOfALostDirectoryIsForgotten(GuideReceiver receiver)
      throws IOException {
    assertThat(receiver.received("/op/rolling"))
        .filteredOn(one -> one.body().contains("evt-parked"))
        .as("parked through it, and its repeat recognised")
        .hasSize(1);
    for (String body : Arrays.asList("evt-two-nodes", "evt-one-node", "evt-resealed")) {
      assertThat(receiver.received("/op/rolling"))
          .filteredOn(one -> one.body().contains(body))
          .hasSize(1);
    }
  }
}
