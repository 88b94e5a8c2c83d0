package io.waybill.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The sender against parallel-consumer, the library that most would build such a sender with: core
 * (a thread for each send) and reactor. Same payloads, partitions, receivers, HTTP client and
 * number of sends under way, and the same event for each send. See {@link Peer} for what it need
 * not do. The library as it comes is what the goals are of; reactor tuned is printed beside it.
 */
final class PeersBenchmark {
  private static final int USUAL_SECONDS = 10;

  private final Lab lab;
  private final Options options;
  private final int inFlight;
  private final int delayMillis;

  /**
   * A benchmark that has not begun.
   *
   * @param delayMillis after which the receivers answer
   */
  PeersBenchmark(Lab lab, Options options, int inFlight, int delayMillis) {
    this.lab = lab;
    this.options = options;
    this.inFlight = inFlight;
    this.delayMillis = delayMillis;
  }

  Report measure() {
    Comparison comparison =
        new Comparison(lab, options, Duration.ofSeconds(options.seconds(USUAL_SECONDS)));
    List<Figure> figures = new ArrayList<>();
    List<String> notes = new ArrayList<>(List.of(comparison.note(inFlight)));
    Side sender = Side.sender(lab, inFlight);
    comparison.answerAfter(delayMillis);
    for (Peer.Kind kind : Peer.Kind.values()) {
      Side peer = Side.peer(lab, kind, inFlight);
      Comparison.Ratios ratios =
          comparison.measure(Comparison.Contestant.of(sender), Comparison.Contestant.of(peer));
      figures.addAll(figures(kind, ratios));
      notes.add(peer.unrecorded());
    }
    notes.add(sender.unrecorded());
    return new Report(figures, notes);
  }

  private static List<Figure> figures(Peer.Kind kind, Comparison.Ratios ratios) {
    String name = "peers." + kind.word();
    String rate = "sends per second, sender / parallel-consumer-" + kind.word();
    String cpu = "CPU per send, sender / parallel-consumer-" + kind.word();
    return switch (kind) {
      case CORE ->
          List.of(
              ratios.rate(name + ".rate", rate, 1.8, 2.5),
              ratios.cpu(name + ".cpu", cpu, 0.55, 0.4));
      case REACTOR ->
          List.of(
              ratios.rate(name + ".rate", rate, 1.15, 1.5),
              ratios.cpu(name + ".cpu", cpu, 0.9, 0.7));
      case REACTOR_IMMEDIATE ->
          List.of(
              Figure.shown(name + ".rate", rate, ratios.rates()),
              Figure.shown(name + ".cpu", cpu, ratios.cpus()));
    };
  }
}
