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
  private static final int USUAL_SECONDS = 5;
  private static final Duration WARM_UP = Duration.ofSeconds(2);

  /**
   * In the round that is thrown away both compilers have their work to do, which depends on what
   * has run and not on the time.
   */
  private static final long FIRST_WARM_UP_SENDS = 300_000;

  private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(60);

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
                "%d in flight, %d destinations, %d partitions, %d bytes of payload, %d rounds of %d s",
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
    for (int round = 0; round <= options.rounds(); round++) {
      // Turn about, so that whatever the first leaves behind does not always hit the same one.
      boolean senderFirst = round % 2 == 0;
      Window first = window(senderFirst ? sender : bareLoop, round);
      Window second = window(senderFirst ? bareLoop : sender, round);
      Window ofSender = senderFirst ? first : second;
      Window ofBareLoop = senderFirst ? second : first;
      if (round > 0) {
        requireSends(ofSender, ofBareLoop);
        rates.add(ofSender.perSecond() / ofBareLoop.perSecond());
        cpus.add(ofSender.cpuMicros() / ofBareLoop.cpuMicros());
      }
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

  private Window window(Side side, int round) {
    side.topUp(
        round == 0 ? FIRST_WARM_UP_SENDS : 0,
        (WARM_UP.toMillis() + length.toMillis()) / 1e3 + 1,
        options);
    long before = lab.received();
    side.child().order(LONG, "start");
    awaitFirst(side, before);
    Pause.of(WARM_UP);
    if (round == 0) {
      warmUp(before);
    }
    Reading from = Reading.now(lab, side.child());
    Pause.of(length);
    Reading to = Reading.now(lab, side.child());
    side.child().order(LONG, "stop");
    Window window = Window.between(from, to);
    System.out.println(window.row(round == 0 ? "warm-up" : Integer.toString(round), side.name()));
    side.sent(lab.received() - before, window);
    return window;
  }

  private void warmUp(long before) {
    long end = System.nanoTime() + LONGEST_WARM_UP.toNanos();
    while (lab.received() - before < FIRST_WARM_UP_SENDS && System.nanoTime() - end < 0) {
      Pause.of(Duration.ofMillis(100));
    }
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
