package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill destinations get}. */
@Command(
    name = "get",
    description = {
      "Show one destination as JSON, as it was written.",
      "Of header values only a fingerprint is shown: it tells two values apart and cannot be"
          + " turned back. A masked value that is applied again keeps what is stored."
    })
final class DestinationsGet extends KafkaCommand {
  @Parameters(paramLabel = "ID", description = "The destination's id.")
  private Optional<DestinationId> id = Optional.empty();

  @Option(
      names = "--definition",
      description = "Only what `destinations apply` takes: to edit it and apply it again.")
  private boolean definition;

  DestinationsGet(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    DestinationId wanted = id.orElseThrow(() -> wrongUsage("ID is missing"));
    try (Connection connection = connect()) {
      Destinations destinations = new Destinations(connection, environment(), this::warn);
      Destination destination = destinations.get(wanted);
      ObjectNode json =
          DestinationView.json(destination, Destinations.fieldsOf(wanted, destinations.secrets()));
      if (definition) {
        DestinationView.SET_BY_WAYBILL.forEach(json::remove);
        IdentityView.toDefinition(json);
      }
      Json.print(json, out());
    }
    return ExitCodes.OK;
  }
}
