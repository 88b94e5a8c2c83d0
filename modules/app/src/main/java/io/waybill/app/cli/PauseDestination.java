package io.waybill.app.cli;

import io.waybill.client.plan.ForeignThing;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.PauseScope;
import java.util.List;
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
  PauseScope scope(Connection connection, Pauses pauses) {
    DestinationId wanted = id.orElseThrow(() -> wrongUsage("ID is missing"));
    Destinations destinations = new Destinations(connection, environment(), this::warn);
    if (verb() == Verb.RESUME && pauses.ofDestination(wanted)) {
      PauseScope.OfDestination paused = standing(wanted, destinations.evenDeleted());
      Optional<OrganizationId> owner =
          Optional.of(paused.owner()).filter(known -> !known.equals(OrganizationId.UNKNOWN));
      if (!asking.mayHave(owner, ForeignThing.DESTINATION, wanted.value(), this, connection)) {
        throw Destinations.unknown(wanted);
      }
      return paused;
    }
    Destination found = destinations.get(wanted, asking, this);
    return new PauseScope.OfDestination(found.id(), found.organizationId());
  }

  /**
   * What a standing pause covers. It may have been decided after its destination was deleted, or
   * stand when that is forgotten: it must be lifted all the same, or it stands for ever.
   *
   * @param evenDeleted the destinations that are known
   */
  static PauseScope.OfDestination standing(DestinationId id, List<Destination> evenDeleted) {
    return new PauseScope.OfDestination(
        id, ownerOf(id, evenDeleted).orElse(OrganizationId.UNKNOWN));
  }

  static Optional<OrganizationId> ownerOf(DestinationId id, List<Destination> evenDeleted) {
    return evenDeleted.stream()
        .filter(one -> one.id().equals(id))
        .findFirst()
        .map(Destination::organizationId);
  }
}
