package io.waybill.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
    Duration length = Duration.ofSeconds(options.seconds(USUAL_SECONDS));
    Side sender = Side.sender(lab, options, inFlight);
    Windows windows = new Windows(lab, options);
    windows.answerAfter(0);
    System.out.println(Window.HEADING);
    windows.warmUp(sender, PLAIN);
    windows.warmUp(sender, SenderMain.WATCHED);
    List<Double> rates = new ArrayList<>();
    List<Double> cpus = new ArrayList<>();
    for (int round = 1; round <= options.rounds(); round++) {
      boolean watchedFirst = round % 2 == 0;
      Window first = window(windows, sender, watchedFirst, round, length);
      Window second = window(windows, sender, !watchedFirst, round, length);
      Window watched = watchedFirst ? first : second;
      Window plain = watchedFirst ? second : first;
      Windows.requireSends(watched, plain);
      rates.add(watched.perSecond() / plain.perSecond());
      cpus.add(watched.cpuMicros() / plain.cpuMicros());
    }
    return new Report(
        List.of(
            Figure.median(
                "telemetry.rate",
                "sends per second, watched / not",
                rates,
                new Figure.Goal.AtLeast(0.95),
                new Figure.Goal.AtLeast(0.98)),
            Figure.median(
                "telemetry.cpu",
                "CPU per send, watched / not",
                cpus,
                new Figure.Goal.AtMost(1.05),
                new Figure.Goal.AtMost(1.02))),
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
            sender.unrecorded()));
  }

  private static Window window(
      Windows windows, Side sender, boolean isWatched, int round, Duration length) {
    return windows.measure(
        sender,
        isWatched ? SenderMain.WATCHED : PLAIN,
        isWatched ? "watched" : "plain",
        Integer.toString(round),
        length);
  }
}
