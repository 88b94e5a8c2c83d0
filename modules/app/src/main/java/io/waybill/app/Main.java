package io.waybill.app;

import io.waybill.app.cli.CommandProvider;
import io.waybill.app.cli.Commands;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine;

/** Where {@code waybill} begins. */
public final class Main {
  /** Commands that run Waybill itself, beside those that talk to a running one. */
  private static final List<CommandProvider> COMMANDS =
      List.of(
          CommandProvider.of("up", UpCommand::new),
          CommandProvider.of("run", RunCommand::new),
          CommandProvider.of("topics", TopicsCommand::new),
          CommandProvider.of("config", ConfigCommand::new));

  private Main() {}

  /** Runs one command line and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return Commands.ofProcess(
        COMMANDS, new ChannelTester(Clock.systemUTC()), new StoreCleaner(Clock.systemUTC()));
  }
}
