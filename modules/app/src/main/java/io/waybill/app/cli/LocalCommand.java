package io.waybill.app.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the commands share that work on files of this machine and talk to nobody. */
abstract class LocalCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  private final Environment environment;

  LocalCommand(Environment environment) {
    this.environment = environment;
  }

  final Environment environment() {
    return environment;
  }

  final Path resolve(Path file) {
    return environment.resolve(file);
  }

  /** For results. */
  final PrintWriter out() {
    return spec().commandLine().getOut();
  }

  /** For everything else. */
  final PrintWriter err() {
    return spec().commandLine().getErr();
  }

  /** The whole command line that this is a command of. */
  final CommandLine program() {
    return spec().root().commandLine();
  }

  private CommandSpec spec() {
    CommandSpec present = spec;
    if (present == null) {
      throw new IllegalStateException("picocli sets the spec before it runs a command");
    }
    return present;
  }
}
