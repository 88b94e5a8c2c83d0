package io.waybill.bench;

import io.waybill.sender.SenderConfig;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A sender with a small heap: as many sends under way as an operator can allow, and a large backlog
 * from its first task to its last.
 */
final class MemoryBenchmark {
  /** Of each of the two processes. */
  static final String HEAP = "512m";

  /** So many that none needs more than one or two sends under way. */
  static final int DESTINATIONS = 10_000;

  static final int PORTS = 1_000;

  /** A partition holds 500 tasks in memory at most. */
  static final int PARTITIONS = 48;

  /** The first wave begins in a process that is cold; attempts end after half a minute. */
  private static final Duration WAVE_WITHIN = Duration.ofSeconds(25);

  private static final Duration STEADY = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Of the backlog; what a process takes until then is what it takes. */
  private static final double WARM = 0.2;

  private static final int LEAST_PER_SECOND = 2_000;

  private final Lab lab;
  private final Options options;
  private final int backlog;
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * One wave.
   *
   * @param open requests at the receivers, at once
   * @param heap MiB in use after a collection
   * @param resident MiB of the process
   */
  private record Wave(double open, double heap, double resident) {
    /** The process has ended. */
    static final Wave ENDED = new Wave(0, 0, 0);
  }

  /**
   * Nothing is measured yet. The laboratory has {@link #DESTINATIONS}, {@link #PORTS}, and {@link
   * #PARTITIONS} at least.
   *
   * @param backlog tasks that are drained
   */
  MemoryBenchmark(Lab lab, Options options, int backlog) {
    this.lab = lab;
    this.options = options;
    this.backlog = backlog;
  }

  Report measure() {
    notes.add(
        String.format(
            Locale.ROOT,
            "-Xmx%s, %,d destinations, %,d ports, %d partitions, %d bytes of payload, %d waves",
            HEAP,
            options.destinations(),
            options.ports(),
            options.partitions(),
            options.payloadBytes(),
            options.rounds()));
    try (Installation at = Installation.of(lab, options)) {
      inFlight(at);
      drain(at);
    }
    return new Report(figures, notes);
  }

  private Child startSender(String name, String limits) {
    return lab.startSubject(
        name,
        HEAP,
        SenderMain.class,
        lab.bootstrapServers(),
        lab.registryUrl(),
        lab.keyset().toString(),
        limits);
  }

  /**
   * Waves of requests that are all under way at once. A fifth of the sends is kept for express
   * tasks, so there are as many of these as of the others.
   */
  private void inFlight(Installation at) {
    int tasks = SenderMain.MOST_IN_FLIGHT * (options.rounds() + 2);
    write(at, tasks, Traffic.ORDINARY);
    write(at, tasks, Traffic.EXPRESS);
    lab.receiver().order(LONG, "hang", Receiver.ALL);
    Child sender = startSender("sender-of-waves", SenderMain.MOST);
    sender.order(LONG, "start");
    System.out.printf(
        "%n%-8s %14s %22s %22s%n", "wave", "open requests", "heap MiB, collected", "process MiB");
    List<Wave> waves = new ArrayList<>();
    for (int number = 0; number <= options.rounds() && sender.isAlive(); number++) {
      Wave wave = wave(sender);
      System.out.printf(
          Locale.ROOT,
          "%-8s %14.0f %22.0f %22.0f%n",
          number == 0 ? "warm-up" : Integer.toString(number),
          wave.open(),
          wave.heap(),
          wave.resident());
      if (number > 0 || !sender.isAlive()) {
        waves.add(wave);
      }
    }
    if (sender.isAlive()) {
      lab.receiver().order(LONG, "hang", Receiver.NONE);
      sender.order(LONG, "stop");
      sender.close();
    }
    report(waves);
  }

  /** Lets requests come until no more do, looks, and lets all of them go. */
  private Wave wave(Child sender) {
    awaitOpen();
    Pause.of(STEADY);
    try {
      double heap = Double.parseDouble(sender.order(LONG, "heap"));
      return new Wave(open(), heap, sender.residentMiB());
    } catch (BenchException e) {
      if (sender.isAlive()) {
        throw e;
      }
      System.out.println(e.getMessage());
      return Wave.ENDED;
    } finally {
      // What comes instead of them waits.
      lab.receiver().order(LONG, "hang", Receiver.ALL);
    }
  }

  private void report(List<Wave> waves) {
    figures.add(
        Figure.median(
            "memory.in-flight",
            "requests open at the receivers at once, from a sender with -Xmx" + HEAP,
            waves.stream().map(Wave::open).toList(),
            new Figure.Goal.AtLeast(SenderMain.MOST_IN_FLIGHT),
            new Figure.Goal.AtLeast(SenderMain.MOST_IN_FLIGHT)));
    if (waves.contains(Wave.ENDED)) {
      notes.add("in flight: the sender ended for want of memory");
      return;
    }
    notes.add(
        String.format(
            Locale.ROOT,
            "in flight: at most %.0f MiB of heap in use after a collection and %.0f MiB of memory"
                + " with all of them open; limits: sender.inFlight %,d, which is the most that can"
                + " be configured, a fifth of it for express tasks",
            waves.stream().mapToDouble(Wave::heap).max().orElse(Double.NaN),
            waves.stream().mapToDouble(Wave::resident).max().orElse(Double.NaN),
            SenderMain.MOST_IN_FLIGHT));
  }

  private void write(Installation at, int tasks, int priority) {
    Load.write(
        tasks,
        number ->
            at.task(
                number % options.destinations(),
                Traffic.payload(Receiver.nowMicros(), options.payloadBytes()),
                priority));
  }

  private double open() {
    return Double.parseDouble(lab.receiver().order(LONG, "open"));
  }

  /** Until all are open, or no more come. */
  private void awaitOpen() {
    long end = System.nanoTime() + WAVE_WITHIN.toNanos();
    while (open() < SenderMain.MOST_IN_FLIGHT && System.nanoTime() - end < 0) {
      Pause.of(Duration.ofMillis(50));
    }
  }

  /** One backlog, drained from its first task to its last by a new process. */
  private void drain(Installation at) {
    String group = SenderConfig.groupId(Traffic.TYPE);
    at.place(group, at.ends(Topics.expressTasks(Traffic.TYPE)));
    Load load = Load.write(at, backlog, options.destinations(), options.payloadBytes());
    load.rewind(load.size());
    Child sender = startSender("sender-of-backlog", SenderMain.PATIENT);
    System.out.printf("%n%-14s %14s%n", "drained", "process MiB");
    long before = lab.received();
    sender.order(LONG, "start");
    long begin = System.nanoTime();
    long end = begin + Duration.ofSeconds(60 + backlog / LEAST_PER_SECOND).toNanos();
    double warm = 0;
    double largest = 0;
    double last = 0;
    long shown = 0;
    long sent;
    while ((sent = lab.received() - before) < load.size()) {
      last = sender.residentMiB();
      if (sent >= WARM * backlog) {
        warm = warm == 0 ? last : warm;
        largest = Math.max(largest, last);
      }
      if (sent >= shown) {
        System.out.printf(Locale.ROOT, "%,-14d %14.0f%n", sent, last);
        shown = sent + backlog / 10;
      }
      if (System.nanoTime() - end > 0) {
        throw new BenchException("%,d of %,d tasks were sent".formatted(sent, backlog));
      }
      Pause.of(Duration.ofMillis(250));
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    double heap = Double.parseDouble(sender.order(LONG, "heap"));
    sender.order(LONG, "stop");
    requireSettled(load);
    figures.add(
        Figure.median(
            "memory.backlog.growth",
            "most memory of the process while %,d tasks drain, -Xmx%s / when it was warm"
                .formatted(backlog, HEAP),
            List.of(largest / warm),
            new Figure.Goal.AtMost(1.2),
            new Figure.Goal.AtMost(1.2)));
    notes.add(
        String.format(
            Locale.ROOT,
            "backlog: %,d tasks in %.0f s, %.0f a second; %.0f MiB of memory when %.0f %% of it"
                + " were sent, %.0f at most, %.0f at the end, of which %.0f are heap in use after a"
                + " collection",
            backlog,
            seconds,
            backlog / seconds,
            warm,
            100 * WARM,
            largest,
            last,
            heap));
  }

  private void requireSettled(Load load) {
    if (load.settled() != load.size()) {
      throw new BenchException(
          "the sender has settled %,d of %,d tasks: what was measured is not what it is for"
              .formatted(load.settled(), load.size()));
    }
  }
}
