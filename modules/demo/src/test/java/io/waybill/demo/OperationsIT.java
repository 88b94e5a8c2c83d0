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
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The operations handbook: two processes, Kafka's own tools, and a receiver that holds one up. */
@Tag("long")
class OperationsIT {
  private static final Pattern TASKS = Pattern.compile("\"webhook\":\\{\"tasks\":(\\d+)");
  private static final Pattern CHANGELOG_ROW =
      Pattern.compile("^\\| `(waybill\\.[a-z-]+)` \\| `([a-z-]+)` \\|", Pattern.MULTILINE);

  /** What may come more often than it must: a few sends that a restart cut off. */
  private static final int MOST_REPEATS = 20;

  @TempDir private Path folder;

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
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
    Map<String, List<String>> idsByBody = idsByBody(receiver, "/op/rolling", "rolling-");

    assertThat(published).as("while both were restarted").isGreaterThan(20);
    assertThat(idsByBody.keySet())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1, published)
                .mapToObj(number -> "{\"eventId\":\"rolling-" + number + "\"}")
                .toList());
    isSentAtLeast(1, idsByBody);
  }

  /** The {@code webhook-id} of each request that came, by what was sent. */
  private static Map<String, List<String>> idsByBody(
      GuideReceiver receiver, String path, String part) throws IOException {
    return receiver.received(path).stream()
        .filter(one -> one.body().contains(part))
        .collect(
            Collectors.groupingBy(
                GuideReceiver.Received::body,
                Collectors.mapping(GuideReceiver.Received::webhookId, Collectors.toList())));
  }

  /** At least once is the promise: a slow machine may repeat a few, each with its own id. */
  private static void isSentAtLeast(int times, Map<String, List<String>> idsByBody) {
    assertThat(idsByBody)
        .isNotEmpty()
        .allSatisfy((body, ids) -> {
          assertThat(ids).as(body).hasSizeGreaterThanOrEqualTo(times);
          assertThat(ids).as("the same id again").containsOnly(ids.get(0));
        });
    assertThat(idsByBody.values().stream().map(ids -> ids.get(0)).distinct().count())
        .as("an id for each body")
        .isEqualTo(idsByBody.size());
    int repeats = idsByBody.values().stream().mapToInt(ids -> ids.size() - times).sum();
    assertThat(repeats).as("repeats").isLessThanOrEqualTo(MOST_REPEATS);
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
    Map<String, List<String>> idsByBody = idsByBody(receiver, "/op/held", "");

    assertThat(idsByBody).hasSize(21);
    isSentAtLeast(2, idsByBody);
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
    for (String part : Arrays.asList("evt-two-nodes", "evt-one-node", "evt-resealed")) {
      isSentAtLeast(1, idsByBody(receiver, "/op/rolling", part));
    }
    // A second delivery would have another id: its repeat was recognised.
    isSentAtLeast(1, idsByBody(receiver, "/op/rolling", "evt-parked"));
  }
}
