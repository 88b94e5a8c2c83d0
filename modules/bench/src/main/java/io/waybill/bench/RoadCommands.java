package io.waybill.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Benchmarks of the road of a request, as commands. */
final class RoadCommands {
  private RoadCommands() {}

  /** What the SDK costs its users over a producer of their own. */
  @Command(
      name = "client",
      description = "Requests per second that the SDK publishes, against a bare Kafka producer.",
      mixinStandardHelpOptions = true)
  static final class Client extends Measured {
    @Override
    Report measure(Options options) {
      return inLab(
          options, Lab.Transport.PLAIN, lab -> new ClientBenchmark(lab, options).measure());
    }
  }

  /** What the whole pipeline takes, all roles and the broker on the cores of this machine. */
  @Command(
      name = "pipeline",
      description = "Requests per second up to their final status, against a bare loop that sends.",
      mixinStandardHelpOptions = true)
  static final class WholeRoad extends Measured {
    @CommandLine.Option(
        names = "--in-flight",
        defaultValue = "2000",
        description = "Sends of the bare loop under way at a time (default ${DEFAULT-VALUE}).")
    private int inFlight;

    @Override
    Report measure(Options options) {
      return inLab(
          options,
          Lab.Transport.PLAIN,
          lab -> new PipelineBenchmark(lab, options, inFlight).measure());
    }
  }

  /** What it costs to turn requests into tasks exactly once. */
  @Command(
      name = "fan-out",
      description = "Tasks per second of fan-out alone, against a producer of the same records.",
      mixinStandardHelpOptions = true)
  static final class FanOut extends Measured {
    @Override
    Report measure(Options options) {
      return inLab(
          options, Lab.Transport.PLAIN, lab -> new FanOutBenchmark(lab, options).measure());
    }
  }

  /** How long a request is on its way when there is room. */
  @Command(
      name = "latency",
      description = "Time from publishing to arrival, at a tenth of the rate that is possible.",
      mixinStandardHelpOptions = true)
  static final class Latency extends Measured {
    @Override
    Report measure(Options options) {
      return inLab(
          options, Lab.Transport.PLAIN, lab -> new LatencyBenchmark(lab, options).measure());
    }
  }

  /** What a delivery costs the brokers. */
  @Command(
      name = "bytes",
      description = "Kafka records and bytes that are written for one delivered task.",
      mixinStandardHelpOptions = true)
  static final class Bytes extends Measured {
    @CommandLine.Option(
        names = "--rate",
        defaultValue = "500",
        description =
            "Requests per second: the fewer, the more of the records are marks of transactions"
                + " (default ${DEFAULT-VALUE}).")
    private int rate;

    @Override
    Report measure(Options options) {
      return inLab(
          options, Lab.Transport.PLAIN, lab -> new BytesBenchmark(lab, options, rate).measure());
    }
  }
}
