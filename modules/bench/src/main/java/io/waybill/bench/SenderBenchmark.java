package io.waybill.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The sender with everything on against the bare loop: the same payloads, partitions, receivers and
 * HTTP client, one after the other within each round.
 */
final class SenderBenchmark {
  private static final int USUAL_SECONDS = 10;

  /** After each start, for what a start brings. */
  private static final Duration SETTLING = Duration.ofSeconds(2);

  /** Windows that are thrown away, until the compilers are done: they compete for the cores. */
  private static final int MOST_WARM_UPS = 10;

  private static final Duration WARM_UP = Duration.ofSeconds(10);

  private static final Duration LONG = Duration.ofSeconds(60);

  private final Lab lab;
  private final Options options;
  private final int inFlight;
  private final List<Integer> delaysMillis;
  private final Duration length;
  private final List<Figure> figures = new ArrayList<>();

  SenderBenchmark(Lab lab, Options options, int inFlight, List<Integer> delaysMillis) {
    this.lab = lab;
    this.options = options;
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
    lab.receiver().order(LONG, "delay", delayMillis);
    String answers = delayMillis == 0 ? "at-once" : delayMillis + "-ms";
    System.out.printf("%nreceivers answer: %s%n%s%n", answers, Window.HEADING);
    List<Double> rates = new ArrayList<>();
    List<Double> cpus = new ArrayList<>();
    warmUp(sender);
    warmUp(bareLoop);
    for (int round = 1; round <= options.rounds(); round++) {
      // Turn about, so that whatever the first leaves behind does not always hit the same one.
      boolean senderFirst = round % 2 == 0;
      Window first = window(senderFirst ? sender : bareLoop, Integer.toString(round), length);
      Window second = window(senderFirst ? bareLoop : sender, Integer.toString(round), length);
      Window ofSender = senderFirst ? first : second;
      Window ofBareLoop = senderFirst ? second : first;
      requireSends(ofSender, ofBareLoop);
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

  private static void requireSends(Window... windows) {
    for (Window window : windows) {
      if (window.perSecond() == 0) {
        throw new BenchException("nothing was sent in a measured window: the machine is too busy");
      }
    }
  }

  private void warmUp(Side side) {
    for (int i = 0; i < MOST_WARM_UPS && !window(side, "warm-up", WARM_UP).isWarm(); i++) {
      // Until it is warm, or never will be.
    }
  }

  private Window window(Side side, String round, Duration window) {
    side.topUp((SETTLING.toMillis() + window.toMillis()) / 1e3 + 1, options);
    long before = lab.received();
    long[] beforeOfEach = lab.receivedOfEach();
    side.child().order(LONG, "start");
    awaitFirst(side, before);
    Pause.of(SETTLING);
    Reading from = Reading.now(lab, side.child());
    Pause.of(window);
    Reading to = Reading.now(lab, side.child());
    side.child().order(LONG, "stop");
    Window measured = Window.between(from, to);
    System.out.println(measured.row(round, side.name()));
    long[] requests = lab.receivedOfEach();
    Arrays.setAll(requests, destination -> requests[destination] - beforeOfEach[destination]);
    side.sent(requests, measured);
    return measured;
  }

  private void awaitFirst(Side side, long before) {
    long end = System.nanoTime() + LONG.toNanos();
    while (lab.received() == before) {
      if (System.nanoTime() - end > 0) {
        throw new BenchException(
            "the " + side.name() + " has sent nothing for " + LONG + " after its start");
      }
      Pause.of(Duration.ofMillis(20));
    }
  }
}
