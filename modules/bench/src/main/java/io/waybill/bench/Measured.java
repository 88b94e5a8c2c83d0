package io.waybill.bench;

import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/**
 * A benchmark as a command: what it is told, and how it is run. Exit code 0: every figure holds; 1:
 * one does not.
 */
abstract class Measured implements Callable<Integer> {
  @Mixin private Options options = new Options();

  /**
   * Runs it, which takes minutes, and prints each round.
   *
   * @throws BenchException when nothing could be measured
   */
  abstract Report measure(Options options);

  /** In a laboratory of its own. */
  static Report inLab(Options options, Lab.Transport transport, Function<Lab, Report> benchmark) {
    try (Lab lab = new Lab(options, transport)) {
      Report report = benchmark.apply(lab);
      lab.succeeded();
      return report;
    }
  }

  /** As it was told on its own command line. */
  final Report measure() {
    return measure(options);
  }

  @Override
  public final Integer call() {
    Machine.print(System.out);
    Report report = measure();
    report.print(System.out);
    options.json().ifPresent(report::write);
    return report.holds() ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
