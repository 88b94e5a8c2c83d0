package io.waybill.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a send costs with few and with many destinations, and with a small and a large backlog: one
 * process, whose sender is started at installations with catalogs of different sizes in turns.
 */
final class GrowthBenchmark {
  /** The benchmark's own number of destinations and ports; further ones share the ports. */
  static final int PORTS = 1_000;

  private static final int FEW = 10;
  private static final int USUAL_SECONDS = 4;
  private static final Duration WARM_UP = Duration.ofSeconds(6);

  /** A sender that is twice as fast must not run out of work. */
  private static final int MOST_PER_SECOND = 30_000;

  /** What is left at the end of a window of the small backlog. */
  private static final int SMALL_BACKLOG = 100_000;

  private final Lab lab;
  private final Options options;
  private final int most;
  private final int backlog;
  private final Duration length;

  /** One number of destinations. */
  private record Size(int destinations, Installation at, Load load) {}

  /**
   * Nothing is measured yet. The laboratory has {@link #PORTS} destinations.
   *
   * @param most destinations of the largest catalog
   * @param backlog tasks of the large one
   */
  GrowthBenchmark(Lab lab, Options options, int most, int backlog) {
    this.lab = lab;
    this.options = options;
    this.most = most;
    this.backlog = backlog;
    this.length = Duration.ofSeconds(options.seconds(USUAL_SECONDS));
  }

  Report measure() {
    int load = (int) (MOST_PER_SECOND * seconds());
    try (Installation few = Installation.start(lab, options, "broker-of-few", FEW);
        Installation usual = Installation.of(lab, options);
        Installation many = Installation.start(lab, options, "broker-of-many", most)) {
      List<Size> sizes =
          List.of(
              new Size(FEW, few, Load.write(few, load, FEW, options.payloadBytes())),
              new Size(
                  PORTS,
                  usual,
                  Load.write(usual, Math.max(load, backlog), PORTS, options.payloadBytes())),
              new Size(most, many, Load.write(many, load, most, options.payloadBytes())));
      LoadWindows windows = new LoadWindows(lab, LoadWindows.startSender(lab));
      System.out.printf("%ndestinations and backlog%n%s%n", Window.HEADING);
      sizes.forEach(size -> windows.warmUp(size.at(), size.load(), load, WARM_UP));
      return measure(sizes, windows, load);
    }
  }

  /** From a start to a stop. */
  private double seconds() {
    return LoadWindows.SETTLING.toMillis() / 1e3 + length.toMillis() / 1e3 + 1;
  }

  private Report measure(List<Size> sizes, LoadWindows windows, long load) {
    List<List<Double>> cpus = new ArrayList<>();
    sizes.forEach(_ -> cpus.add(new ArrayList<>()));
    List<Double> ofDestinations = new ArrayList<>();
    List<Double> ofBacklog = new ArrayList<>();
    for (int round = 1; round <= options.rounds(); round++) {
      double[] cpu = new double[sizes.size()];
      double rate = 0;
      for (int i = 0; i < cpu.length; i++) {
        // Turn about, so that whatever the one before leaves behind does not always hit the same.
        int number = round % 2 == 0 ? cpu.length - 1 - i : i;
        Size size = sizes.get(number);
        Window window = measure(windows, size, load, round, size.destinations() + " dest.");
        cpu[number] = window.cpuMicros();
        cpus.get(number).add(window.cpuMicros());
        rate = Math.max(rate, window.perSecond());
      }
      ofDestinations.add(Math.max(cpu[1], cpu[2]) / cpu[0]);
      ofBacklog.add(backlogs(windows, sizes.get(1), rate, round));
    }
    return new Report(
        List.of(
            figure(
                "growth.destinations",
                "CPU per send at 1,000 or %,d destinations, whichever is more, / at %d"
                    .formatted(most, FEW),
                ofDestinations),
            figure(
                "growth.backlog",
                "CPU per send with a backlog of %,d tasks / of %,d"
                    .formatted(backlog, SMALL_BACKLOG),
                ofBacklog)),
        notes(sizes, cpus));
  }

  private static Figure figure(String name, String what, List<Double> rounds) {
    return Figure.median(
        name, what, rounds, new Figure.Goal.AtMost(1.3), new Figure.Goal.AtMost(1.1));
  }

  private double backlogs(LoadWindows windows, Size size, double rate, int round) {
    // What the window will send, and behind it the backlog.
    long small = SMALL_BACKLOG + Math.round(rate * seconds());
    boolean isLargeFirst = round % 2 == 0;
    double first = backlog(windows, size, isLargeFirst ? backlog : small, round);
    double second = backlog(windows, size, isLargeFirst ? small : backlog, round);
    return isLargeFirst ? first / second : second / first;
  }

  private double backlog(LoadWindows windows, Size size, long left, int round) {
    return measure(windows, size, left, round, left + " wait").cpuMicros();
  }

  private Window measure(LoadWindows windows, Size size, long left, int round, String name) {
    Window window =
        windows.measure(size.at(), size.load(), left, Integer.toString(round), name, length);
    Windows.requireSends(window);
    return window;
  }

  private List<String> notes(List<Size> sizes, List<List<Double>> cpus) {
    List<String> notes = new ArrayList<>();
    notes.add(
        String.format(
            Locale.ROOT,
            "usual limits (a load that waits parks nothing), %d ports, %d partitions, %d bytes of"
                + " payload, %d rounds of %d s",
            PORTS,
            options.partitions(),
            options.payloadBytes(),
            options.rounds(),
            length.toSeconds()));
    for (int i = 0; i < cpus.size(); i++) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%,d destinations: %.1f us of CPU for each send",
              sizes.get(i).destinations(),
              Numbers.median(cpus.get(i))));
    }
    return notes;
  }
}
