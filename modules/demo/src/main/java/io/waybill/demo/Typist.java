package io.waybill.demo;

import io.waybill.app.cli.Commands;
import io.waybill.domain.DeliveryId;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs commands as a user would type them, and shows them with what they print. */
final class Typist {
  private final Path folder;
  private final Path dataDir;
  private final PrintWriter out;

  /**
   * @param folder for the documents that commands are given
   */
  Typist(Path folder, Path dataDir, PrintWriter out) {
    this.folder = folder;
    this.dataDir = dataDir;
    this.out = out;
  }

  /** What a command printed, its complaints first, and how it ended. */
  private record Ran(String printed, int exitCode) {}

  /** Applies a destination and gives its id. */
  String apply(String file, Map<String, String> values) throws IOException {
    return run("destinations", "apply", "--output", "id", "-f", write(file, values)).strip();
  }

  /** Applies a destination that is refused. */
  void applyInVain(String file, Map<String, String> values) throws IOException {
    Ran ran = type(List.of("destinations", "apply", "-f", write(file, values)));
    if (ran.exitCode() == 0) {
      throw new IllegalStateException(file + " was taken, which it must not be");
    }
    out.println("(exit code " + ran.exitCode() + ")");
    out.flush();
  }

  DeliveryId deliver(String file, Map<String, String> values) throws IOException {
    String id = run("deliver", "-f", write(file, values)).strip();
    return DeliveryId.parse(id)
        .orElseThrow(() -> new IllegalStateException("deliver printed no id but: " + id));
  }

  /** Runs a command that must succeed and gives what it printed. */
  String run(String... arguments) {
    Ran ran = type(List.of(arguments));
    if (ran.exitCode() != 0) {
      throw new IllegalStateException("the command ended with exit code " + ran.exitCode());
    }
    return ran.printed();
  }

  private Ran type(List<String> arguments) {
    List<String> shown =
        arguments.stream().map(argument -> argument.replace(folder + "/", "")).toList();
    out.println("$ waybill " + String.join(" ", shown));
    StringWriter printed = new StringWriter();
    StringWriter complaints = new StringWriter();
    List<String> all = new ArrayList<>(arguments);
    all.add("--data-dir");
    all.add(dataDir.toString());
    int exit =
        Commands.commandLine()
            .setOut(new PrintWriter(printed, true))
            .setErr(new PrintWriter(complaints, true))
            .execute(all.toArray(String[]::new));
    out.print(complaints.toString().replace(folder + "/", ""));
    out.print(printed);
    out.flush();
    return new Ran(printed.toString(), exit);
  }

  /** Writes one of the demo's documents with its blanks filled in. */
  private String write(String file, Map<String, String> values) throws IOException {
    String text;
    try (var in = Typist.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the demo's " + file + " is not in its jar");
      }
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    for (var value : values.entrySet()) {
      text = text.replace("@" + value.getKey() + "@", value.getValue());
    }
    Path written = folder.resolve(file);
    Files.writeString(written, text.replace("@now@", Instant.now().toString()));
    return written.toString();
  }
}
