package io.waybill.app.cli;

import io.waybill.domain.DestinationCommand;
import java.util.OptionalLong;
import picocli.CommandLine.Command;

/** {@code waybill destinations disable}. */
@Command(name = "disable", description = "Let a destination take no new requests.")
final class DestinationsDisable extends DestinationsChange {
  DestinationsDisable(Environment environment) {
    super(environment);
  }

  @Override
  DestinationCommand.Action action() {
    return new DestinationCommand.Disable(OptionalLong.empty());
  }

  @Override
  String done() {
    return "disabled";
  }
}
