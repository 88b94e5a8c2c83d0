package io.waybill.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Benchmarks of outages and of much of everything, as commands. */
final class SizeCommands {
  private SizeCommands() {}

  /** What becomes of a destination's tasks when it comes back. */
  @Command(
      name = "recovery",
      description = "How a destination's parked tasks drain when it is back, against its rate.",
      mixinStandardHelpOptions = true)
  static final class Recovery extends Measured {
    @CommandLine.Option(
        names = "--tasks",
        defaultValue = "100000",
        description = "Tasks parked before it comes back (default ${DEFAULT-VALUE}).")
    private int tasks;

    @CommandLine.Option(
        names = "--rate",
        defaultValue = "1500",
        description = "Sends per second that it allows (default ${DEFAULT-VALUE}).")
    private int rate;

    @Override
    Report measure(Options options) {
      options.asInstallation();
      return inLab(
          options,
          Lab.Transport.PLAIN,
          lab -> new RecoveryBenchmark(lab, options, tasks, rate).measure());
    }
  }

  /** What a send costs when there is more of everything. */
  @Command(
      name = "growth",
      description = "CPU per send with more destinations and with a larger backlog.",
      mixinStandardHelpOptions = true)
  static final class Growth extends Measured {
    @CommandLine.Option(
        names = "--most-destinations",
        defaultValue = "100000",
        description = "Destinations of the largest catalog (default ${DEFAULT-VALUE}).")
    private int most;

    @CommandLine.Option(
        names = "--backlog",
        defaultValue = "1000000",
        description = "Tasks of the large backlog (default ${DEFAULT-VALUE}).")
    private int backlog;

    @Override
    Report measure(Options options) {
      options.of(GrowthBenchmark.PORTS, GrowthBenchmark.PORTS);
      return inLab(
          options,
          Lab.Transport.PLAIN,
          lab -> new GrowthBenchmark(lab, options, most, backlog).measure());
    }
  }

  /** What many parked tasks cost. */
  @Command(
      name = "timer",
      description = "How late parked tasks come, and what they cost the live ones.",
      mixinStandardHelpOptions = true)
  static final class Timer extends Measured {
    @CommandLine.Option(
        names = "--parked",
        defaultValue = "1000000",
        description = "Tasks parked while lateness is measured (default ${DEFAULT-VALUE}).")
    private int parked;

    @CommandLine.Option(
        names = "--due-per-second",
        defaultValue = "4000",
        description = "Tasks that come due meanwhile (default ${DEFAULT-VALUE}).")
    private int duePerSecond;

    @CommandLine.Option(
        names = "--due-seconds",
        defaultValue = "45",
        description = "For how long they do (default ${DEFAULT-VALUE}).")
    private int dueSeconds;

    @Override
    Report measure(Options options) {
      options.asInstallation();
      return inLab(
          options,
          Lab.Transport.PLAIN,
          lab -> new TimerBenchmark(lab, options, parked, duePerSecond, dueSeconds).measure());
    }
  }

  /** Whether a small heap is enough. */
  @Command(
      name = "memory",
      description = "A sender with a heap of 512 MiB, very many sends under way, a large backlog.",
      mixinStandardHelpOptions = true)
  static final class Memory extends Measured {
    @CommandLine.Option(
        names = "--backlog",
        defaultValue = "1000000",
        description = "Tasks that are drained (default ${DEFAULT-VALUE}).")
    private int backlog;

    @Override
    Report measure(Options options) {
      options.of(MemoryBenchmark.DESTINATIONS, MemoryBenchmark.PORTS);
      options.atLeastPartitions(MemoryBenchmark.PARTITIONS);
      return inLab(
          options,
          Lab.Transport.PLAIN,
          lab -> new MemoryBenchmark(lab, options, backlog).measure());
    }
  }
}
