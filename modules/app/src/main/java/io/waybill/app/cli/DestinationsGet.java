package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill destinations get}. */
@Command(
    name = "get",
    description = {
      "Show one destination, as it was written.",
      "Of header values only a fingerprint is shown: it tells two values apart and cannot be"
          + " turned back. A masked value that is applied again keeps what is stored."
    })
final class DestinationsGet extends KafkaCommand {
  @Parameters(paramLabel = "ID", description = "The destination's id.")
  private Optional<DestinationId> id = Optional.empty();

  @Mixin private final AskingOption asking = new AskingOption();

  @Mixin private final FormOption output = new FormOption(FormOption.Form.JSON);

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
      Destination destination = destinations.get(wanted, asking, this);
      ObjectNode json =
          DestinationView.json(destination, Destinations.fieldsOf(wanted, destinations.secrets()));
      if (definition) {
        DestinationView.SET_BY_WAYBILL.forEach(json::remove);
        IdentityView.toDefinition(json);
      }
      output.print(out(), () -> json, () -> FieldLines.print(json, out()));
    }
    return ExitCodes.OK;
  }
}
