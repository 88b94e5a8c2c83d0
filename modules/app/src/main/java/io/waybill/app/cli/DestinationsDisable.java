package io.waybill.app.cli;

import io.waybill.domain.DestinationCommand;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill destinations disable}. */
@Command(name = "disable", description = "Let a destination take no new requests.")
final class DestinationsDisable extends DestinationsChange {
  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why, for whoever looks at the destination later; it is audited.")
  private Optional<String> reason = Optional.empty();

  DestinationsDisable(Environment environment) {
    super(environment);
  }

  @Override
  DestinationCommand.Action action() {
    return new DestinationCommand.Disable(OptionalLong.empty(), reason);
  }

  @Override
  String done() {
    return "disabled";
  }
}
