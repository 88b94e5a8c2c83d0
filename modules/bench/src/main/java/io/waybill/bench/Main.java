package io.waybill.bench;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/**
 * Where {@code bin/bench} begins. Exit code 0: every figure holds; 1: one does not; 2: nothing
 * could be measured.
 */
@Command(
    name = "bin/bench",
    description = "Measures Waybill on this machine. docs/benchmark.md says what the figures mean.",
    mixinStandardHelpOptions = true,
    subcommands = {
      Main.Sends.class,
      Main.SendsTls.class,
      Main.Peers.class,
      Main.Isolation.class,
      Main.Client.class,
      Main.Watched.class,
      Main.WholeRoad.class,
      Main.FanOut.class,
      Main.Latency.class,
      Main.Bytes.class,
      Main.Recovery.class,
      Main.Growth.class,
      Main.Timer.class,
      Main.Memory.class
    })
final class Main {
  private Main() {}

  public static void main(String[] args) {
    int code =
        new CommandLine(new Main())
            .setExecutionExceptionHandler((failure, command, _) -> {
              if (!(failure instanceof BenchException)) {
                failure.printStackTrace();
              }
              command.getErr().println("bin/bench: " + failure.getMessage());
              return ExitCode.USAGE;
            })
            .execute(args);
    System.exit(code);
  }

  private static int run(Options options, Function<Lab, Report> benchmark) {
    return run(options, Lab.Transport.PLAIN, benchmark);
  }

  private static int run(
      Options options, Lab.Transport transport, Function<Lab, Report> benchmark) {
    var machine = Machine.description();
    machine.forEach((name, value) -> System.out.printf("%-12s %s%n", name, value));
    Report report;
    try (Lab lab = new Lab(options, transport)) {
      report = benchmark.apply(lab);
      lab.succeeded();
    }
    report.print(System.out);
    options.json().ifPresent(file -> report.write(file, machine));
    return report.holds() ? ExitCode.OK : 1;
  }

  /** The first figure of the engine: what the sender costs over the least that could do it. */
  @Command(
      name = "sender",
      description = "Sends per second and CPU per send of the sender, against a bare loop.",
      mixinStandardHelpOptions = true)
  static final class Sends implements Callable<Integer> {
    @Mixin private Options options = new Options();

    @CommandLine.Option(
        names = "--in-flight",
        defaultValue = "2000",
        description = "Sends under way at a time (default ${DEFAULT-VALUE}).")
    private int inFlight;

    @CommandLine.Option(
        names = "--delays",
        defaultValue = "0,100",
        split = ",",
        paramLabel = "MS",
        description =
            "After how many milliseconds the receivers answer (default ${DEFAULT-VALUE}).")
    private List<Integer> delays = List.of();

    @Override
    public Integer call() {
      return run(options, lab -> new SenderBenchmark(lab, options, inFlight, delays).measure());
    }
  }

  /** The same where each send is encrypted. */
  @Command(
      name = "sends-tls",
      description = "As sender, both sides over HTTPS with connections that are kept.",
      mixinStandardHelpOptions = true)
  static final class SendsTls implements Callable<Integer> {
    @Mixin private Options options = new Options();

    @CommandLine.Option(
        names = "--in-flight",
        defaultValue = "2000",
        description = "Sends under way at a time (default ${DEFAULT-VALUE}).")
    private int inFlight;

    @Override
    public Integer call() {
      return run(
          options, Lab.Transport.TLS, lab -> new TlsBenchmark(lab, options, inFlight).measure());
    }
  }

  /** What others would build it with. */
  @Command(
      name = "peers",
      description = "Sends per second and CPU per send of the sender, against parallel-consumer.",
      mixinStandardHelpOptions = true)
  static final class Peers implements Callable<Integer> {
    @Mixin private Options options = new Options();

    @CommandLine.Option(
        names = "--in-flight",
        defaultValue = "2000",
        description = "Sends under way at a time (default ${DEFAULT-VALUE}).")
    private int inFlight;

    @CommandLine.Option(
        names = "--delay",
        defaultValue = "100",
        paramLabel = "MS",
        description =
            "After how many milliseconds the receivers answer (default ${DEFAULT-VALUE}).")
    private int delay;

    @Override
    public Integer call() {
      return run(options, lab -> new PeersBenchmark(lab, options, inFlight, delay).measure());
    }
  }

  /** What it costs to see what the sender does. */
  @Command(
      name = "telemetry",
      description = "Sends per second and CPU per send with metrics and traces, against without.",
      mixinStandardHelpOptions = true)
  static final class Watched implements Callable<Integer> {
    @Mixin private Options options = new Options();

    @CommandLine.Option(
        names = "--in-flight",
        defaultValue = "2000",
        description = "Sends under way at a time (default ${DEFAULT-VALUE}).")
    private int inFlight;

    @Override
    public Integer call() {
      return run(options, lab -> new TelemetryBenchmark(lab, options, inFlight).measure());
    }
  }

  /** The second: what one destination that hangs does to the others. */
  @Command(
      name = "isolation",
      description = "Latency of the other destinations while one hangs, against the run without.",
      mixinStandardHelpOptions = true)
  static final class Isolation implements Callable<Integer> {
    @Mixin private Options options = new Options();

    @CommandLine.Option(
        names = "--rate",
        defaultValue = "500",
        description = "Tasks per second of all others together (default ${DEFAULT-VALUE}).")
    private int rate;

    @Override
    public Integer call() {
      options.withoutLinger();
      return run(options, lab -> new IsolationBenchmark(lab, options, rate).measure());
    }
  }

  /** What becomes of a destination's tasks when it comes back. */
  @Command(
      name = "recovery",
      description = "How a destination's parked tasks drain when it is back, against its rate.",
      mixinStandardHelpOptions = true)
  static final class Recovery implements Callable<Integer> {
    @Mixin private Options options = new Options();

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
    public Integer call() {
      options.asInstallation();
      return run(options, lab -> new RecoveryBenchmark(lab, options, tasks, rate).measure());
    }
  }

  /** What a send costs when there is more of everything. */
  @Command(
      name = "growth",
      description = "CPU per send with more destinations and with a larger backlog.",
      mixinStandardHelpOptions = true)
  static final class Growth implements Callable<Integer> {
    @Mixin private Options options = new Options();

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
    public Integer call() {
      options.of(GrowthBenchmark.PORTS, GrowthBenchmark.PORTS);
      return run(options, lab -> new GrowthBenchmark(lab, options, most, backlog).measure());
    }
  }

  /** What many parked tasks cost. */
  @Command(
      name = "timer",
      description = "How late parked tasks come, and what they cost the live ones.",
      mixinStandardHelpOptions = true)
  static final class Timer implements Callable<Integer> {
    @Mixin private Options options = new Options();

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
    public Integer call() {
      options.asInstallation();
      return run(
          options,
          lab -> new TimerBenchmark(lab, options, parked, duePerSecond, dueSeconds).measure());
    }
  }

  /** Whether a small heap is enough. */
  @Command(
      name = "memory",
      description = "A sender with a heap of 512 MiB, very many sends under way, a large backlog.",
      mixinStandardHelpOptions = true)
  static final class Memory implements Callable<Integer> {
    @Mixin private Options options = new Options();

    @CommandLine.Option(
        names = "--backlog",
        defaultValue = "1000000",
        description = "Tasks that are drained (default ${DEFAULT-VALUE}).")
    private int backlog;

    @Override
    public Integer call() {
      options.of(MemoryBenchmark.DESTINATIONS, MemoryBenchmark.PORTS);
      options.atLeastPartitions(MemoryBenchmark.PARTITIONS);
      return run(options, lab -> new MemoryBenchmark(lab, options, backlog).measure());
    }
  }

  /** What the SDK costs its users over a producer of their own. */
  @Command(
      name = "client",
      description = "Requests per second that the SDK publishes, against a bare Kafka producer.",
      mixinStandardHelpOptions = true)
  static final class Client implements Callable<Integer> {
    @Mixin private Options options = new Options();

    @Override
    public Integer call() {
      return run(options, lab -> new ClientBenchmark(lab, options).measure());
    }
  }

  /** What the whole pipeline takes, all roles and the broker on the cores of this machine. */
  @Command(
      name = "pipeline",
      description = "Requests per second up to their final status, against a bare loop that sends.",
      mixinStandardHelpOptions = true)
  static final class WholeRoad implements Callable<Integer> {
    @Mixin private Options options = new Options();

    @CommandLine.Option(
        names = "--in-flight",
        defaultValue = "2000",
        description = "Sends of the bare loop under way at a time (default ${DEFAULT-VALUE}).")
    private int inFlight;

    @Override
    public Integer call() {
      return run(options, lab -> new PipelineBenchmark(lab, options, inFlight).measure());
    }
  }

  /** What it costs to turn requests into tasks exactly once. */
  @Command(
      name = "fan-out",
      description = "Tasks per second of fan-out alone, against a producer of the same records.",
      mixinStandardHelpOptions = true)
  static final class FanOut implements Callable<Integer> {
    @Mixin private Options options = new Options();

    @Override
    public Integer call() {
      return run(options, lab -> new FanOutBenchmark(lab, options).measure());
    }
  }

  /** How long a request is on its way when there is room. */
  @Command(
      name = "latency",
      description = "Time from publishing to arrival, at a tenth of the rate that is possible.",
      mixinStandardHelpOptions = true)
  static final class Latency implements Callable<Integer> {
    @Mixin private Options options = new Options();

    @Override
    public Integer call() {
      return run(options, lab -> new LatencyBenchmark(lab, options).measure());
    }
  }

  /** What a delivery costs the brokers. */
  @Command(
      name = "bytes",
      description = "Kafka records and bytes that are written for one delivered task.",
      mixinStandardHelpOptions = true)
  static final class Bytes implements Callable<Integer> {
    @Mixin private Options options = new Options();

    @CommandLine.Option(
        names = "--rate",
        defaultValue = "500",
        description =
            "Requests per second: the fewer, the more of the records are marks of transactions"
                + " (default ${DEFAULT-VALUE}).")
    private int rate;

    @Override
    public Integer call() {
      return run(options, lab -> new BytesBenchmark(lab, options, rate).measure());
    }
  }
}
