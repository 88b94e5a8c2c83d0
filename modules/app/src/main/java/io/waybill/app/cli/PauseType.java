package io.waybill.app.cli;

import io.waybill.domain.DestinationType;
import io.waybill.domain.PauseScope;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill pause type} and {@code waybill resume type}. */
@Command(name = "type", description = "All tasks of one destination type, whosever they are.")
final class PauseType extends PauseChange {
  @Parameters(paramLabel = "TYPE", description = "webhook, email or storage.")
  private Optional<DestinationType> type = Optional.empty();

  PauseType(Environment environment, Verb verb) {
    super(environment, verb);
  }

  @Override
  PauseScope scope(Connection connection, Pauses pauses) {
    return new PauseScope.OfType(type.orElseThrow(() -> wrongUsage("TYPE is missing")));
  }
}
