package io.waybill.app.cli;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.PauseScope;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code waybill pause destination} and {@code waybill resume destination}. */
@Command(name = "destination", description = "The tasks of one destination.")
final class PauseDestination extends PauseChange {
  @Parameters(paramLabel = "ID", description = "The destination's id.")
  private Optional<DestinationId> id = Optional.empty();

  @Mixin private final AskingOption asking = new AskingOption();

  PauseDestination(Environment environment, Verb verb) {
    super(environment, verb);
  }

  @Override
  PauseScope scope(Connection connection) {
    DestinationId wanted = id.orElseThrow(() -> wrongUsage("ID is missing"));
    Destinations destinations = new Destinations(connection, environment(), this::warn);
    Destination found = destinations.get(wanted, asking, this);
    return new PauseScope.OfDestination(found.id(), found.organizationId());
  }
}
