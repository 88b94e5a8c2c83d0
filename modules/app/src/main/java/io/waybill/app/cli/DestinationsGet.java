package io.waybill.app.cli;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import java.util.Optional;
import picocli.CommandLine.Command;
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

  DestinationsGet(Environment environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    DestinationId wanted = id.orElseThrow(() -> wrongUsage("ID is missing"));
    try (Connection connection = connect()) {
      Destinations destinations = new Destinations(connection, environment(), this::warn);
      Destination destination = destinations.get(wanted);
      Json.print(
          DestinationView.json(destination, Destinations.fieldsOf(wanted, destinations.secrets())),
          out());
    }
    return ExitCodes.OK;
  }
}
