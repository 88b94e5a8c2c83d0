package io.waybill.bench;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Benchmarks of the sender by itself, as commands. */
final class SendingCommands {
  private SendingCommands() {}

  /** The first figure of the engine: what the sender costs over the least that could do it. */
  @Command(
      name = "sends",
      aliases = "sender",
      description = "Sends per second and CPU per send of the sender, against a bare loop.",
      mixinStandardHelpOptions = true)
  static final class Sends extends Measured {
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
    Report measure(Options options) {
      return inLab(
          options,
          Lab.Transport.PLAIN,
          lab -> new SenderBenchmark(lab, options, inFlight, delays).measure());
    }
  }

  /** The same where each send is encrypted. */
  @Command(
      name = "sends-tls",
      description = "As sender, both sides over HTTPS with connections that are kept.",
      mixinStandardHelpOptions = true)
  static final class SendsTls extends Measured {
    @CommandLine.Option(
        names = "--in-flight",
        defaultValue = "2000",
        description = "Sends under way at a time (default ${DEFAULT-VALUE}).")
    private int inFlight;

    @Override
    Report measure(Options options) {
      return inLab(
          options, Lab.Transport.TLS, lab -> new TlsBenchmark(lab, options, inFlight).measure());
    }
  }

  /** What others would build it with. */
  @Command(
      name = "peers",
      description = "Sends per second and CPU per send of the sender, against parallel-consumer.",
      mixinStandardHelpOptions = true)
  static final class Peers extends Measured {
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
    Report measure(Options options) {
      return inLab(
          options,
          Lab.Transport.PLAIN,
          lab -> new PeersBenchmark(lab, options, inFlight, delay).measure());
    }
  }

  /** What it costs to see what the sender does. */
  @Command(
      name = "telemetry",
      description = "Sends per second and CPU per send with metrics and traces, against without.",
      mixinStandardHelpOptions = true)
  static final class Watched extends Measured {
    @CommandLine.Option(
        names = "--in-flight",
        defaultValue = "2000",
        description = "Sends under way at a time (default ${DEFAULT-VALUE}).")
    private int inFlight;

    @Override
    Report measure(Options options) {
      return inLab(
          options,
          Lab.Transport.PLAIN,
          lab -> new TelemetryBenchmark(lab, options, inFlight).measure());
    }
  }

  /** The second: what one destination that hangs does to the others. */
  @Command(
      name = "isolation",
      description = "Latency of the other destinations while one hangs, against the run without.",
      mixinStandardHelpOptions = true)
  static final class Isolation extends Measured {
    @CommandLine.Option(
        names = "--rate",
        defaultValue = "500",
        description = "Tasks per second of all others together (default ${DEFAULT-VALUE}).")
    private int rate;

    @Override
    Report measure(Options options) {
      options.withoutLinger();
      return inLab(
          options,
          Lab.Transport.PLAIN,
          lab -> new IsolationBenchmark(lab, options, rate).measure());
    }
  }
}
