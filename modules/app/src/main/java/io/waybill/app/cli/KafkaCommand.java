package io.waybill.app.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands that talk to a running Waybill share: its connection and where they write. */
abstract class KafkaCommand implements Callable<Integer> {
  @Mixin private final KafkaOptions kafka = new KafkaOptions();
  @Spec private @Nullable CommandSpec spec;

  private final Environment environment;

  KafkaCommand(Environment environment) {
    this.environment = environment;
  }

  final Environment environment() {
    return environment;
  }

  final Connection connect() {
    environment.logging().apply(RootCommand.isVerbose(spec().root()));
    return kafka.connect(environment);
  }

  /** What the Waybill on the data folder says of itself, unless another cluster was named. */
  final Optional<Endpoint> running() {
    return kafka.running(environment);
  }

  /** How it is called, without the program: {@code destinations get}. */
  final String name() {
    String qualified = spec().qualifiedName();
    return qualified.substring(qualified.indexOf(' ') + 1);
  }

  /** For results. */
  final PrintWriter out() {
    return spec().commandLine().getOut();
  }

  /** For everything else. */
  final PrintWriter err() {
    return spec().commandLine().getErr();
  }

  final void warn(String message) {
    err().println("waybill: warning: " + TextTable.plain(message));
    err().flush();
  }

  /** A command line that cannot be meant. */
  final ParameterException wrongUsage(String message) {
    return new ParameterException(spec().commandLine(), message);
  }

  /**
   * The bytes of the file, or of standard input when it is {@code -}.
   *
   * @throws CliException when it cannot be read
   */
  final byte[] input(Path file) {
    try {
      return file.toString().equals("-")
          ? environment.in().readAllBytes()
          : Files.readAllBytes(environment.resolve(file));
    } catch (IOException e) {
      throw CliException.usage(
          "the file " + file + " cannot be read: " + Messages.of(e) + ". Check the name after -f",
          e);
    }
  }

  private CommandSpec spec() {
    CommandSpec present = spec;
    if (present == null) {
      throw new IllegalStateException("picocli sets the spec before it runs a command");
    }
    return present;
  }
}
