package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationHealth;
import io.waybill.wire.Topics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code waybill health list}. */
@Command(
    name = "list",
    description = {
      "List destinations with how well they take their tasks.",
      "Counts may be some seconds old. The breaker is told as one of the usual policy would stand:"
          + " five failures, one minute."
    })
final class HealthList extends KafkaCommand {
  @Mixin private final OrganizationFilter organization = new OrganizationFilter();

  @Mixin private final OutputOption output = new OutputOption();

  HealthList(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    try (Connection connection = connect()) {
      List<Destination> destinations =
          new Destinations(connection, environment(), this::warn)
              .all().stream().filter(one -> organization.lets(one.organizationId())).toList();
      Map<String, DestinationHealth> healths =
          new TopicScan(connection, this::warn)
              .newest(Topics.DESTINATION_HEALTH, connection.codecs().health());
      Pauses pauses = new Pauses(connection, this::warn);
      print(
          destinations.stream()
              .map(one ->
                  new HealthView(
                      one,
                      Optional.ofNullable(healths.get(one.id().value())),
                      environment().clock().instant(),
                      pauses.cover(one)))
              .toList());
    }
    return ExitCodes.OK;
  }

  private void print(List<HealthView> shown) {
    switch (output.get()) {
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
