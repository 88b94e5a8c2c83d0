package io.waybill.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.OverallState;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill deliveries list}. */
@Command(
    name = "list",
    description = {
      "Count deliveries by state and list them, those first that changed last.",
      "Reads the whole status topic: what ended more than 30 days ago is not there any more."
    })
final class DeliveriesList extends KafkaCommand {
  @Mixin private final DeliveryFilter filter = new DeliveryFilter();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "List so many at most; all are counted (default: ${DEFAULT-VALUE}).")
  private int limit = 100;

  @Mixin private final OutputOption output = new OutputOption();

  DeliveriesList(Environment environment) {
    super(environment);
  }

  /** What is shown of a delivery, and no more: there may be a million. */
  private record Row(
      DeliveryId id,
      OrganizationId organization,
      OverallState state,
      String type,
      int destinations,
      int served,
      Instant createdAt,
      Instant updatedAt) {
    static Row of(DeliveryStatus status) {
      List<DestinationStatus> requested =
          status.destinations().stream().filter(one -> !one.isFallback()).toList();
      return new Row(
          status.deliveryId(),
          status.organizationId(),
          status.state(),
          status.summary().type(),
          requested.size(),
          (int) requested.stream().filter(DestinationStatus::isServed).count(),
          status.summary().createdAt(),
          status.updatedAt());
    }

    ObjectNode json() {
      return Json.object()
          .put("deliveryId", id.toString())
          .put("organizationId", organization.value())
          .put("state", state.word())
          .put("type", type)
          .put("destinations", destinations)
          .put("delivered", served)
          .put("createdAt", createdAt.toString())
          .put("updatedAt", updatedAt.toString());
    }
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw wrongUsage("--limit must be at least 1");
    }
    Map<DeliveryId, Row> found = new HashMap<>();
    try (Connection connection = connect()) {
      new TopicScan(connection, this::warn)
          .read(Topics.STATUS, record -> take(record, connection, found));
    }
    List<Row> shown =
        found.values().stream()
            .sorted(Comparator.comparing(Row::updatedAt).reversed())
            .limit(limit)
            .toList();
    print(shown);
    err().println(count(found));
    err().flush();
    return ExitCodes.OK;
  }

  private void take(
      ConsumerRecord<byte[], byte[]> record, Connection connection, Map<DeliveryId, Row> found) {
    if (record.value() == null) {
      if (record.key() != null) {
        DeliveryId.parse(new String(record.key(), UTF_8)).ifPresent(found::remove);
      }
      return;
    }
    try {
      DeliveryStatus status = connection.codecs().statuses().decode(record.value());
      if (filter.matches(status, environment().clock().instant())) {
        found.put(status.deliveryId(), Row.of(status));
      } else {
        found.remove(status.deliveryId());
      }
    } catch (UndecodableException e) {
      warn(TopicScan.unreadable(record, e));
    }
  }

  /** {@code 3 deliveries: completed 2, failed 1}. */
  private static String count(Map<DeliveryId, Row> found) {
    Map<OverallState, Long> states =
        found.values().stream()
            .collect(
                Collectors.groupingBy(
                    Row::state, () -> new EnumMap<>(OverallState.class), Collectors.counting()));
    String words =
        states.entrySet().stream()
            .map(entry -> entry.getKey().word() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
    return found.size()
        + (found.size() == 1 ? " delivery" : " deliveries")
        + (words.isEmpty() ? "" : ": " + words);
  }

  private void print(List<Row> shown) {
    switch (output.get()) {
      case ID -> shown.forEach(row -> out().println(row.id()));
      case JSON -> {
        ArrayNode array = Json.array();
        shown.forEach(row -> array.add(row.json()));
        Json.print(array, out());
      }
      case TABLE -> {
        TextTable table =
            new TextTable("UPDATED AT", "ID", "ORGANIZATION", "STATE", "TYPE", "DELIVERED");
        shown.forEach(row ->
            table.row(
                row.updatedAt().toString(),
                row.id().toString(),
                row.organization().value(),
                row.state().word(),
                row.type(),
                row.served() + " of " + row.destinations()));
        table.print(out());
      }
    }
    out().flush();
  }
}
