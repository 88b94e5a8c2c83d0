package io.waybill.app.cli;

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
}
