package io.waybill.app.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/** Runs commands as a user would type them, and keeps what they print. */
record Cli(
    Path folder,
    List<CommandProvider> others,
    Optional<ConnectionTester> tester,
    Optional<ObjectCleaner> cleaner) {

  Cli(Path folder, List<CommandProvider> others, Optional<ConnectionTester> tester) {
    this(folder, others, tester, Optional.empty());
  }

  Cli(Path folder, List<CommandProvider> others) {
    this(folder, others, Optional.empty());
  }

  /** What a command left behind. */
  record Ran(int exitCode, String out, String err) {}

  static Cli in(Path folder) {
    return new Cli(folder, List.of());
  }

  Ran run(String... arguments) {
    return runWithInput("", arguments);
  }

  Ran runWithInput(String input, String... arguments) {
    Environment environment =
        new Environment(
            folder,
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            InstantSource.system(),
            "cli:test",
            false,
            question -> false,
            verbose -> {});
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Commands.commandLine(environment, others, tester, cleaner)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return new Ran(command.execute(arguments), out.toString(), err.toString());
  }
}
