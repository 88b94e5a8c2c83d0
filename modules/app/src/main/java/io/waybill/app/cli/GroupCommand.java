package io.waybill.app.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A word that only groups commands; without one of them it is a wrong command line. */
@Command(synopsisSubcommandLabel = "COMMAND")
class GroupCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public final Integer call() {
    CommandSpec present = spec;
    if (present == null) {
      throw new IllegalStateException("picocli sets the spec before it runs a command");
    }
    throw new ParameterException(
        present.commandLine(),
        "a command is missing after `"
            + present.qualifiedName()
            + "`: one of "
            + String.join(", ", present.subcommands().keySet()));
  }
}
