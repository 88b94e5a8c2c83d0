package io.waybill.app;

import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine;

/** The commands that do something, by the words that call them. */
final class CommandTree {
  private CommandTree() {}

  /** Of the process: {@code destinations apply} and so on, without those of other modules. */
  static SortedMap<String, CommandLine> leaves() {
    SortedMap<String, CommandLine> leaves = new TreeMap<>();
    collect("", Main.commandLine(), leaves);
    return leaves;
  }

  private static void collect(String path, CommandLine command, SortedMap<String, CommandLine> to) {
    if (command.getSubcommands().isEmpty()) {
      to.put(path, command);
      return;
    }
    command
        .getSubcommands()
        .forEach((name, child) -> collect((path + " " + name).strip(), child, to));
  }
}
