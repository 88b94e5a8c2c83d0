package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.wire.TopicCatalog;
import io.waybill.wire.TopicSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Topic names are public API: docs/topics.md has each of them, and how long it keeps records. */
class DocumentedTopicsTest {
  @Test
  void everyTopicStandsInTheTableAsItIsMade() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("..", "..", "docs", "topics.md")).stream()
            .filter(line -> line.startsWith("| `waybill."))
            .toList();
    List<TopicSpec> topics =
        TopicCatalog.topics(TopicCatalog.DEFAULT_PARTITIONS, Role.SENT_TYPES).stream()
            .filter(topic -> !topic.name().endsWith(".express"))
            .toList();

    for (TopicSpec topic : topics) {
      assertThat(rows)
          .as(topic.name())
          .anySatisfy(row ->
              assertThat(row)
                  .startsWith("| `" + topic.name() + "`")
                  .contains(topic.partitions() == 1 ? " | 1 | " : " | n | ")
                  .contains(" | " + kept(topic) + " | "));
    }
    assertThat(rows.stream().filter(row -> !row.contains("application")).filter(this::isTopic))
        .hasSize(topics.size());
  }

  private boolean isTopic(String row) {
    return row.contains(" | n | ") || row.contains(" | 1 | ");
  }

  private static String kept(TopicSpec topic) {
    return topic.configs().get("cleanup.policy").equals("compact")
        ? "compacted"
        : Duration.ofMillis(Long.parseLong(topic.configs().get("retention.ms"))).toDays() + " d";
  }
}
