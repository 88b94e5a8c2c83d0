package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.OrganizationId;
import io.waybill.wire.Topics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill health list}. */
@Command(
    name = "list",
    description = {
      "List destinations with how well they take their tasks.",
      "Counts may be some seconds old. The breaker is told as one of the usual policy would stand:"
          + " five failures, one minute."
    })
final class HealthList extends KafkaCommand {
  @Option(names = "--org", paramLabel = "ORG", description = "Those of one organization only.")
  private Optional<OrganizationId> organization = Optional.empty();

  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Output output = Output.TABLE;

  HealthList(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    try (Connection connection = connect()) {
      List<Destination> destinations =
          new Destinations(connection, environment(), this::warn)
              .all().stream()
                  .filter(one -> organization.map(one.organizationId()::equals).orElse(true))
                  .toList();
      Map<String, DestinationHealth> healths =
          new TopicScan(connection, this::warn)
              .newest(Topics.DESTINATION_HEALTH, connection.codecs().health());
      print(
          destinations.stream()
              .map(one ->
                  new HealthView(
                      one,
                      Optional.ofNullable(healths.get(one.id().value())),
                      environment().clock().instant()))
              .toList());
    }
    return ExitCodes.OK;
  }

  private void print(List<HealthView> shown) {
    switch (output) {
      case ID -> shown.forEach(view -> out().println(view.destination().id()));
      case JSON -> {
        ArrayNode array = Json.array();
        shown.forEach(view -> array.add(view.json()));
        Json.print(array, out());
      }
      case TABLE -> {
        TextTable table = new TextTable(HealthView.HEADINGS);
        shown.forEach(view -> table.row(view.cells()));
        table.print(out());
      }
    }
    out().flush();
  }
}
