package io.waybill.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The sender with everything on against the bare loop: the same payloads, partitions, receivers and
 * HTTP client, one after the other within each round.
 */
final class SenderBenchmark {
  private static final int USUAL_SECONDS = 10;
  private static final String START = "start";

  private final Lab lab;
  private final Options options;
  private final Windows windows;
  private final int inFlight;
  private final List<Integer> delaysMillis;
  private final Duration length;
  private final List<Figure> figures = new ArrayList<>();

  SenderBenchmark(Lab lab, Options options, int inFlight, List<Integer> delaysMillis) {
    this.lab = lab;
    this.options = options;
    this.windows = new Windows(lab, options);
    this.inFlight = inFlight;
    this.delaysMillis = List.copyOf(delaysMillis);
    this.length = Duration.ofSeconds(options.seconds(USUAL_SECONDS));
  }

  Report measure() {
    Side sender = Side.sender(lab, options, inFlight);
    Side bareLoop = Side.bareLoop(lab, inFlight);
    for (int delay : delaysMillis) {
      measure(sender, bareLoop, delay);
    }
    return new Report(
        figures,
        List.of(
            String.format(
                Locale.ROOT,
                "%d in flight, %d destinations, %d partitions, %d bytes of payload, %d rounds of %d"
                    + " s",
                inFlight,
                options.destinations(),
                options.partitions(),
                options.payloadBytes(),
                options.rounds(),
                length.toSeconds()),
            sender.unrecorded(),
            bareLoop.unrecorded()));
  }

  private void measure(Side sender, Side bareLoop, int delayMillis) {
    windows.answerAfter(delayMillis);
    String answers = delayMillis == 0 ? "at-once" : delayMillis + "-ms";
    System.out.printf("%nreceivers answer: %s%n%s%n", answers, Window.HEADING);
    List<Double> rates = new ArrayList<>();
    List<Double> cpus = new ArrayList<>();
    windows.warmUp(sender, START);
    windows.warmUp(bareLoop, START);
    for (int round = 1; round <= options.rounds(); round++) {
      // Turn about, so that whatever the first leaves behind does not always hit the same one.
      boolean senderFirst = round % 2 == 0;
      Side one = senderFirst ? sender : bareLoop;
      Side other = senderFirst ? bareLoop : sender;
      Window first = windows.measure(one, START, one.name(), Integer.toString(round), length);
      Window second = windows.measure(other, START, other.name(), Integer.toString(round), length);
      Window ofSender = senderFirst ? first : second;
      Window ofBareLoop = senderFirst ? second : first;
      Windows.requireSends(ofSender, ofBareLoop);
      rates.add(ofSender.perSecond() / ofBareLoop.perSecond());
      cpus.add(ofSender.cpuMicros() / ofBareLoop.cpuMicros());
    }
    figures.add(
        Figure.median(
            "sends." + answers + ".rate",
            "sends per second, sender / bare loop",
            rates,
            new Figure.Goal.AtLeast(0.70),
            new Figure.Goal.AtLeast(0.90)));
    figures.add(
        Figure.median(
            "sends." + answers + ".cpu",
            "CPU per send, sender / bare loop",
            cpus,
            new Figure.Goal.AtMost(1.4),
            new Figure.Goal.AtMost(1.2)));
  }
}
