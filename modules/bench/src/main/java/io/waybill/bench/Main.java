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
      Main.Watched.class
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
}
