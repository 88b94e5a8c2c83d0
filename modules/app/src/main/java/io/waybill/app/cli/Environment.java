package io.waybill.app.cli;

import java.io.Console;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a command finds around itself, passed in so that tests can give another.
 *
 * @param workingDirectory relative file names start here
 * @param in standard input
 * @param clock the time
 * @param actor who acts, for the audit trail
 * @param interactive whether a person sits at a terminal: questions may be asked, colours used
 * @param confirm asks the person a question
 * @param logging sets up logging: called once with whether {@code --verbose} was given, before the
 *     first client is made
 */
record Environment(
    Path workingDirectory,
    InputStream in,
    InstantSource clock,
    String actor,
    boolean interactive,
    Predicate<String> confirm,
    Logging logging) {

  /** Sets up logging. */
  @FunctionalInterface
  interface Logging {
    void apply(boolean verbose);
  }

  /** The process's own. */
  @SuppressWarnings("SystemConsoleNull") // its contract still allows it
  static Environment ofProcess(Logging logging) {
    Console console = System.console();
    boolean interactive = console != null && console.isTerminal();
    return new Environment(
        Path.of("").toAbsolutePath(),
        System.in,
        InstantSource.system(),
        "cli:" + System.getProperty("user.name", "unknown"),
        interactive,
        question -> console != null && isYes(console.readLine("%s [y/N] ", question)),
        logging);
  }

  private static boolean isYes(@Nullable String answer) {
    // Null is the end of input: Ctrl-D.
    return answer != null && (answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes"));
  }

  /** A file as the user named it. */
  Path resolve(Path file) {
    return workingDirectory.resolve(file);
  }
}
