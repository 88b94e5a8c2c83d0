package io.waybill.app;

import io.waybill.app.cli.CommandProvider;
import io.waybill.app.cli.Commands;
import java.util.List;
import java.util.function.Supplier;

/** Where {@code waybill} begins. */
public final class Main {
  /** Commands that run Waybill itself, beside those that talk to a running one. */
  private static final List<CommandProvider> COMMANDS =
      List.of(
          provider("up", UpCommand::new),
          provider("run", RunCommand::new),
          provider("topics", TopicsCommand::new));

  private Main() {}

  private static CommandProvider provider(String name, Supplier<Object> command) {
    return new CommandProvider() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Object command() {
        return command.get();
      }
    };
  }

  /** Runs one command line and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(Commands.commandLine(COMMANDS).execute(args));
  }
}
