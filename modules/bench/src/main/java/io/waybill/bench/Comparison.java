package io.waybill.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One contestant against another, one after the other within each round, first warm: who comes
 * first changes from round to round, so that whatever the first leaves behind does not always hit
 * the same one.
 */
final class Comparison {
  private final Options options;
  private final Windows windows;
  private final Duration length;

  /** Windows of that length. */
  Comparison(Lab lab, Options options, Duration length) {
    this(lab, options, length, Windows.SETTLING);
  }

  /**
   * Windows of that length.
   *
   * @param settling after each start, not counted
   */
  Comparison(Lab lab, Options options, Duration length, Duration settling) {
    this.options = options;
    this.windows = new Windows(lab, options, settling);
    this.length = length;
  }

  /**
   * What is compared.
   *
   * @param start the order that starts it
   * @param name in the table of windows
   */
  record Contestant(Side side, String start, String name) {
    /** A side that is started in one way only. */
    static Contestant of(Side side) {
      return new Contestant(side, "start", side.name());
    }
  }

  /**
   * What came of it.
   *
   * @param rates sends per second, the one divided by the other, of each round
   * @param cpus the same of CPU per send
   */
  record Ratios(List<Double> rates, List<Double> cpus) {
    Ratios {
      rates = List.copyOf(rates);
      cpus = List.copyOf(cpus);
    }

    /** The more the better. */
    Figure rate(String name, String what, double goal, double aim) {
      return Figure.median(
          name, what, rates, new Figure.Goal.AtLeast(goal), new Figure.Goal.AtLeast(aim));
    }

    /** The less the better. */
    Figure cpu(String name, String what, double goal, double aim) {
      return Figure.median(
          name, what, cpus, new Figure.Goal.AtMost(goal), new Figure.Goal.AtMost(aim));
    }
  }

  /** How long receivers take from now on. */
  void answerAfter(int millis) {
    windows.answerAfter(millis);
    System.out.printf(
        "%nreceivers answer %s%n", millis == 0 ? "at once" : "after " + millis + " ms");
  }

  /** Warms both and measures all rounds. */
  Ratios measure(Contestant one, Contestant other) {
    System.out.println(Window.HEADING);
    windows.warmUp(other.side(), other.start());
    windows.warmUp(one.side(), one.start());
    List<Double> rates = new ArrayList<>();
    List<Double> cpus = new ArrayList<>();
    for (int round = 1; round <= options.rounds(); round++) {
      boolean oneFirst = round % 2 == 0;
      Window first = window(oneFirst ? one : other, round);
      Window second = window(oneFirst ? other : one, round);
      Window ofOne = oneFirst ? first : second;
      Window ofOther = oneFirst ? second : first;
      Windows.requireSends(ofOne, ofOther);
      rates.add(ofOne.perSecond() / ofOther.perSecond());
      cpus.add(ofOne.cpuMicros() / ofOther.cpuMicros());
    }
    return new Ratios(rates, cpus);
  }

  private Window window(Contestant contestant, int round) {
    return windows.measure(
        contestant.side(), contestant.start(), contestant.name(), Integer.toString(round), length);
  }

  /** What was measured, for the foot of a report. */
  String note(int inFlight) {
    return String.format(
        Locale.ROOT,
        "%d in flight, %d destinations, %d partitions, %d bytes of payload, %d rounds of %d s",
        inFlight,
        options.destinations(),
        options.partitions(),
        options.payloadBytes(),
        options.rounds(),
        length.toSeconds());
  }
}
