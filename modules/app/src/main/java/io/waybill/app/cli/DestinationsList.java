package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationSecrets;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code waybill destinations list}. */
@Command(name = "list", description = "List destinations.")
final class DestinationsList extends KafkaCommand {
  @Mixin private final OrganizationFilter organization = new OrganizationFilter();

  @Mixin private final OutputOption output = new OutputOption();

  DestinationsList(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    try (Connection connection = connect()) {
      Destinations destinations = new Destinations(connection, environment(), this::warn);
      List<Destination> shown =
          destinations.all().stream().filter(d -> organization.lets(d.organizationId())).toList();
      switch (output.get()) {
        case ID -> shown.forEach(destination -> out().println(destination.id()));
        case JSON -> {
          List<DestinationSecrets> secrets = destinations.secrets();
          ArrayNode array = Json.array();
          shown.forEach(
              d -> array.add(DestinationView.json(d, Destinations.fieldsOf(d.id(), secrets))));
          Json.print(array, out());
        }
        case TABLE -> table(shown, new Pauses(connection, this::warn));
      }
      out().flush();
    }
    return ExitCodes.OK;
  }

  private void table(List<Destination> shown, Pauses pauses) {
    TextTable table =
        new TextTable("ID", "ORGANIZATION", "TYPE", "LABEL", "STATE", "DEFAULT", "VERSION", "TO");
    for (Destination destination : shown) {
      table.row(
          destination.id().value(),
          destination.organizationId().value(),
          destination.type().word(),
          destination.label(),
          destination.enabled() ? pauses.cover(destination) ? "paused" : "enabled" : "disabled",
          destination.isDefault() ? "yes" : "no",
          Long.toString(destination.version()),
          DestinationView.target(destination));
    }
    table.print(out());
  }
}
