package io.waybill.app.cli;

import io.waybill.domain.DestinationCommand;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill destinations set-default}. */
@Command(
    name = "set-default",
    description =
        "Make a destination one of its organization's defaults: those that a request with"
            + " \"destinations\": \"default\" goes to.")
final class DestinationsSetDefault extends DestinationsChange {
  @Option(names = "--off", description = "Take it out of the defaults instead.")
  private boolean off;

  DestinationsSetDefault(Environment environment) {
    super(environment);
  }

  @Override
  DestinationCommand.Action action() {
    return new DestinationCommand.SetDefault(!off, OptionalLong.empty());
  }

  @Override
  String done() {
    return off ? "not-default" : "default";
  }
}
