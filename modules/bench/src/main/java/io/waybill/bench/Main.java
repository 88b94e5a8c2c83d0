package io.waybill.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Where {@code bin/bench} begins: all benchmarks one after the other, each in a laboratory of its
 * own, or one with options of its own. Exit code 0: every figure holds; 1: one does not; 2: a
 * benchmark could not measure.
 */
@Command(
    name = "bin/bench",
    description = "Measures Waybill on this machine. docs/benchmark.md says what the figures mean.",
    mixinStandardHelpOptions = true,
    subcommands = {
      SendingCommands.Sends.class,
      SendingCommands.SendsTls.class,
      SendingCommands.Peers.class,
      RoadCommands.WholeRoad.class,
      RoadCommands.FanOut.class,
      RoadCommands.Latency.class,
      SendingCommands.Isolation.class,
      SizeCommands.Recovery.class,
      SizeCommands.Growth.class,
      SizeCommands.Timer.class,
      SizeCommands.Memory.class,
      RoadCommands.Bytes.class,
      RoadCommands.Client.class,
      SendingCommands.Watched.class
    })
final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description = "These benchmarks and no others, in this order.")
  private List<String> only = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Measured rounds of each; medians are of these (default 5).")
  private @Nullable Integer rounds;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes all figures to a file.")
  private @Nullable Path json;

  private Main() {}

  public static void main(String[] args) {
    int code =
        new CommandLine(new Main())
            .setExecutionExceptionHandler((failure, command, _) -> {
              command.getErr().println("bin/bench: " + words(failure));
              return ExitCode.USAGE;
            })
            .execute(args);
    System.exit(code);
  }

  private static String words(Exception failure) {
    if (!(failure instanceof BenchException)) {
      failure.printStackTrace();
    }
    return String.valueOf(failure.getMessage());
  }

  @Override
  public Integer call() {
    Map<String, Measured> benchmarks = benchmarks();
    Machine.print(System.out);
    List<Report> reports = new ArrayList<>();
    Map<String, String> failures = new LinkedHashMap<>();
    int number = 0;
    for (Map.Entry<String, Measured> benchmark : benchmarks.entrySet()) {
      System.out.printf("%n== %s (%d of %d)%n", benchmark.getKey(), ++number, benchmarks.size());
      try {
        Report report = benchmark.getValue().measure();
        report.print(System.out);
        reports.add(report);
      } catch (RuntimeException e) {
        // What the others find is worth having all the same.
        failures.put(benchmark.getKey(), words(e));
        System.out.println(benchmark.getKey() + ": " + e.getMessage());
      }
    }
    Report whole = Report.of(reports);
    System.out.printf("%n== all%n");
    whole.print(System.out);
    failures.forEach((name, why) -> System.out.println(name + " could not be measured: " + why));
    Optional.ofNullable(json).ifPresent(whole::write);
    if (!failures.isEmpty()) {
      return ExitCode.USAGE;
    }
    return whole.holds() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /** By their names, told what this command was told. */
  private Map<String, Measured> benchmarks() {
    Map<String, CommandLine> all = new LinkedHashMap<>();
    spec.subcommands().values().forEach(command -> all.put(command.getCommandName(), command));
    List<String> wanted = only.isEmpty() ? List.copyOf(all.keySet()) : only;
    Map<String, Measured> benchmarks = new LinkedHashMap<>();
    for (String name : wanted) {
      CommandLine command = all.get(name);
      if (command == null) {
        throw new ParameterException(
            spec.commandLine(),
            "--only: there is no benchmark '"
                + name
                + "', only "
                + String.join(", ", all.keySet()));
      }
      command.parseArgs(rounds == null ? new String[0] : new String[] {"--rounds=" + rounds});
      benchmarks.put(name, command.getCommand());
    }
    return benchmarks;
  }
}
