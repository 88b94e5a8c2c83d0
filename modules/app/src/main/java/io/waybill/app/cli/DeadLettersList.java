package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.wire.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code waybill dead-letters list}. */
@Command(name = "list", description = "List dead letters, the oldest first; no payloads.")
final class DeadLettersList extends KafkaCommand {
  @Mixin private final DeadLetterFilter filter = new DeadLetterFilter();

  @Mixin private final OutputOption output = new OutputOption();

  DeadLettersList(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    Instant now = environment().clock().instant();
    // Kept as what is shown, never as letters: those hold up to 12 MiB each.
    List<ObjectNode> found = new ArrayList<>();
    try (Connection connection = connect()) {
      new TopicScan(connection, this::warn)
          .read(
              Topics.DEAD_LETTERS,
              connection.codecs().deadLetters(),
              (letter, record) -> {
                if (filter.matches(letter, now)) {
                  found.add(DeadLetterView.json(letter, false));
                }
              });
    }
    found.sort(Comparator.comparing(json -> Instant.parse(json.path("diedAt").textValue())));
    switch (output.get()) {
      case ID ->
          found.stream()
              .map(json -> json.path("id").textValue())
              .distinct()
              .forEach(out()::println);
      case JSON -> {
        ArrayNode array = Json.array();
        found.forEach(array::add);
        Json.print(array, out());
      }
      case TABLE -> table(found);
    }
    out().flush();
    return ExitCodes.OK;
  }

  private void table(List<ObjectNode> found) {
    TextTable table =
        new TextTable(
            "DIED AT", "ID", "ORGANIZATION", "DELIVERY", "DESTINATION", "GEN", "REASON", "WORDS");
    for (ObjectNode json : found) {
      table.row(
          json.path("diedAt").asText(),
          json.path("id").asText(),
          json.path("organizationId").asText(),
          json.path("deliveryId").asText(),
          json.path("task").path("destinationId").asText(),
          json.path("task").path("generation").asText(),
          json.path("reason").asText(),
          json.path("message").asText());
    }
    table.print(out());
  }
}
