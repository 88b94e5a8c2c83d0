package io.waybill.bench;

import java.time.Duration;
import java.util.List;

/**
 * The sender that is watched against itself when it is not, in one process, one after the other
 * within each round. Watched means: all metrics, organizations and Kafka's clients included,
 * scraped every five seconds, and one trace of ten sent to a collector in the same process.
 */
final class TelemetryBenchmark {
  /** What starts the sender unwatched. */
  private static final String PLAIN = "start";

  private static final int USUAL_SECONDS = 10;

  private final Lab lab;
  private final Options options;
  private final int inFlight;

  TelemetryBenchmark(Lab lab, Options options, int inFlight) {
    this.lab = lab;
    this.options = options;
    this.inFlight = inFlight;
  }

  Report measure() {
    Comparison comparison =
        new Comparison(lab, options, Duration.ofSeconds(options.seconds(USUAL_SECONDS)));
    Side sender = Side.sender(lab, inFlight);
    comparison.answerAfter(0);
    Comparison.Ratios ratios =
        comparison.measure(
            new Comparison.Contestant(sender, SenderMain.WATCHED, "watched"),
            new Comparison.Contestant(sender, PLAIN, "plain"));
    return new Report(
        List.of(
            ratios.rate("telemetry.rate", "sends per second, watched / not", 0.95, 0.98),
            ratios.cpu("telemetry.cpu", "CPU per send, watched / not", 1.05, 1.02)),
        List.of(comparison.note(inFlight), sender.unrecorded()));
  }
}
