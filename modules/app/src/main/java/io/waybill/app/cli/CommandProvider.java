package io.waybill.app.cli;

import java.util.function.Supplier;

/**
 * Adds a command to {@code waybill} from another package or module; found by {@link
 * java.util.ServiceLoader}. An implementation needs a public constructor without parameters.
 */
public interface CommandProvider {
  /** The word on the command line: {@code demo}. */
  String name();

  /**
   * A fresh picocli command, annotated or a {@code CommandSpec}. Its {@code call()} returns one of
   * {@link ExitCodes} and may throw {@link CliException}; {@code --verbose}, {@code --help} and
   * {@code --version} are added to it.
   */
  Object command();

  /** A provider out of its parts, for commands that are registered by hand. */
  static CommandProvider of(String name, Supplier<Object> command) {
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
}
