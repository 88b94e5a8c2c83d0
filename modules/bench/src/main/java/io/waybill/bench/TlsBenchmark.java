package io.waybill.bench;

import java.time.Duration;
import java.util.List;

/**
 * The sender against the bare loop as in {@link SenderBenchmark}, both over HTTPS with connections
 * that are kept: what the sender adds where each send also costs a record of TLS in each direction.
 * Wants a laboratory whose receivers speak {@link Lab.Transport#TLS}, and has them answer at once.
 */
final class TlsBenchmark {
  private static final int USUAL_SECONDS = 10;

  /**
   * The sender closes connections that rested for 30 s, and the other side's window is nearly that
   * long: some thousand handshakes may come with a start, and are not what is measured.
   */
  private static final Duration SETTLING = Duration.ofSeconds(6);

  private final Lab lab;
  private final Options options;
  private final int inFlight;

  TlsBenchmark(Lab lab, Options options, int inFlight) {
    this.lab = lab;
    this.options = options;
    this.inFlight = inFlight;
  }

  Report measure() {
    Comparison comparison =
        new Comparison(lab, options, Duration.ofSeconds(options.seconds(USUAL_SECONDS)), SETTLING);
    Side sender = Side.sender(lab, inFlight);
    Side bareLoop = Side.bareLoop(lab, inFlight);
    comparison.answerAfter(0);
    Comparison.Ratios ratios =
        comparison.measure(Comparison.Contestant.of(sender), Comparison.Contestant.of(bareLoop));
    return new Report(
        List.of(
            ratios.rate(
                "sends-tls.rate", "sends per second over TLS, sender / bare loop", 0.70, 0.90),
            ratios.cpu("sends-tls.cpu", "CPU per send over TLS, sender / bare loop", 1.4, 1.2)),
        List.of(comparison.note(inFlight), sender.unrecorded(), bareLoop.unrecorded()));
  }
}
