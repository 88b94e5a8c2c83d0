package io.waybill.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The sender with everything on against the bare loop: the same payloads, partitions, receivers and
 * HTTP client.
 */
final class SenderBenchmark {
  private static final int USUAL_SECONDS = 10;

  private final Lab lab;
  private final Options options;
  private final int inFlight;
  private final List<Integer> delaysMillis;

  SenderBenchmark(Lab lab, Options options, int inFlight, List<Integer> delaysMillis) {
    this.lab = lab;
    this.options = options;
    this.inFlight = inFlight;
    this.delaysMillis = List.copyOf(delaysMillis);
  }

  Report measure() {
    Comparison comparison =
        new Comparison(lab, options, Duration.ofSeconds(options.seconds(USUAL_SECONDS)));
    Side sender = Side.sender(lab, inFlight);
    Side bareLoop = Side.bareLoop(lab, inFlight);
    List<Figure> figures = new ArrayList<>();
    for (int delay : delaysMillis) {
      comparison.answerAfter(delay);
      Comparison.Ratios ratios =
          comparison.measure(Comparison.Contestant.of(sender), Comparison.Contestant.of(bareLoop));
      String name = "sends." + (delay == 0 ? "at-once" : delay + "-ms");
      figures.add(ratios.rate(name + ".rate", "sends per second, sender / bare loop", 0.70, 0.90));
      figures.add(ratios.cpu(name + ".cpu", "CPU per send, sender / bare loop", 1.4, 1.2));
    }
    return new Report(
        figures, List.of(comparison.note(inFlight), sender.unrecorded(), bareLoop.unrecorded()));
  }
}
