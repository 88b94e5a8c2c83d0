package io.waybill.app.cli;

import io.waybill.domain.DestinationCommand;
import java.util.OptionalLong;
import picocli.CommandLine.Command;

/** {@code waybill destinations enable}. */
@Command(
    name = "enable",
    description = "Let a destination take requests again; its failure counters start anew.")
final class DestinationsEnable extends DestinationsChange {
  DestinationsEnable(Environment environment) {
    super(environment);
  }

  @Override
  DestinationCommand.Action action() {
    return new DestinationCommand.Enable(OptionalLong.empty());
  }

  @Override
  String done() {
    return "enabled";
  }
}
