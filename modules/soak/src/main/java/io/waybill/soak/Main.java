package io.waybill.soak;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where {@code bin/soak} begins. */
@Command(
    name = "bin/soak",
    mixinStandardHelpOptions = true,
    description = {
      "Kills every part of a whole installation at random, under load, and judges what is left.",
      "Exit code 0 when every rule is zero and every bound holds, 1 when not, 2 when nothing could"
          + " be judged. docs/reliability.md says what the figures mean."
    })
final class Main implements Callable<Integer> {
  private static final int BROKEN = 1;
  private static final DateTimeFormatter FOLDER =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  @Spec private CommandSpec spec;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Decides the whole schedule of faults (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--minutes",
      defaultValue = "40",
      description = "How long there are faults; may be a fraction (default: ${DEFAULT-VALUE}).")
  private double minutes;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Where the verdict is written, besides the run's folder.")
  private @Nullable Path json;

  @Option(
      names = "--brokers",
      defaultValue = "1",
      description =
          "1, or 3 with replication 3 and min ISR 2 in the profile production (default:"
              + " ${DEFAULT-VALUE}).")
  private int brokers;

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      defaultValue = "8",
      description = "Mean time between two signals to processes (default: ${DEFAULT-VALUE}).")
  private double every;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "30",
      description = "Requests published per second (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--calm",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "Length of each of the three windows before the faults; in the second one destination is"
              + " dead (default: ${DEFAULT-VALUE}).")
  private double calm;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Of the run's files; a new one (default: one below target/soak).")
  private @Nullable Path folder;

  @Option(
      names = "--judge",
      paramLabel = "DIR",
      description = "Runs nothing, and judges the run of this folder again.")
  private @Nullable Path judged;

  /** Runs one command line and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler((failure, command, _) -> {
          if (!(failure instanceof SoakException)) {
            failure.printStackTrace(command.getErr());
          }
          command.getErr().println("bin/soak: " + failure.getMessage());
          command.getErr().flush();
          return ExitCode.USAGE;
        });
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Path place = place();
    Verdict verdict =
        judged == null
            ? new Soak(config(place), System.getProperty("waybill.soak.commit", "unknown"), out)
                .run()
            : Judge.judgeAgain(new RunFiles(place));
    verdict.print(out);
    RunFiles.writeJson(place.resolve("verdict.json"), verdict.json());
    Optional.ofNullable(json).ifPresent(file -> RunFiles.writeJson(file, verdict.json()));
    return verdict.holds() ? ExitCode.OK : BROKEN;
  }

  private Path place() {
    if (judged != null) {
      return judged.toAbsolutePath().normalize();
    }
    if (folder != null) {
      return folder.toAbsolutePath().normalize();
    }
    return Path.of(System.getProperty("waybill.soak.folder", "target/soak"))
        .resolve(FOLDER.format(Instant.now()) + "-seed-" + seed)
        .toAbsolutePath();
  }

  private SoakConfig config(Path place) {
    return new SoakConfig(
        seed,
        Duration.ofMillis((long) (minutes * 60_000)),
        brokers,
        Duration.ofMillis((long) (every * 1_000)),
        rate,
        Duration.ofMillis((long) (calm * 1_000)),
        place);
  }
}
