package io.waybill.app.cli;

import io.waybill.domain.DestinationCommand;
import java.util.OptionalLong;
import picocli.CommandLine.Command;

/** {@code waybill destinations delete}. */
@Command(
    name = "delete",
    description = "Delete a destination; its tasks under way end as cancelled.")
final class DestinationsDelete extends DestinationsChange {
  DestinationsDelete(Environment environment) {
    super(environment);
  }

  @Override
  DestinationCommand.Action action() {
    return new DestinationCommand.Delete(OptionalLong.empty());
  }

  @Override
  String done() {
    return "deleted";
  }
}
