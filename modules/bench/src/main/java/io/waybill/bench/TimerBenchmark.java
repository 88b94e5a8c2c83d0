package io.waybill.bench;

import io.waybill.app.Role;
import io.waybill.timer.TimerTopology;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What many parked tasks cost: those that come due, by how late they are, and everything else that
 * is sent meanwhile. The timer is the service's own role, in a process of its own.
 */
final class TimerBenchmark {
  /** Parked in the comparison of live rates. */
  private static final int PARKED_BESIDE = 100_000;

  /** Over so long they come due, as retries do. */
  private static final int SPREAD_SECONDS = 120;

  private static final int USUAL_SECONDS = 5;
  private static final Duration WARM_UP = Duration.ofSeconds(6);
  private static final int MOST_PER_SECOND = 30_000;
  private static final Duration MUCH_LATER = Duration.ofHours(6);

  /** How fast the machine parks at least; what is due sooner would be late for that reason. */
  private static final int PARKED_PER_SECOND = 6_000;

  private static final Duration LEAD = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PARKED_WITHIN = Duration.ofMinutes(5);

  private final Lab lab;
  private final Options options;
  private final int parked;
  private final int duePerSecond;
  private final int dueSeconds;
  private final Duration length;
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * Nothing is measured yet. The laboratory is of {@link Options#asInstallation}.
   *
   * @param parked tasks while lateness is measured, due much later
   * @param duePerSecond further ones that come due meanwhile
   * @param dueSeconds for so long
   */
  TimerBenchmark(Lab lab, Options options, int parked, int duePerSecond, int dueSeconds) {
    this.lab = lab;
    this.options = options;
    this.parked = parked;
    this.duePerSecond = duePerSecond;
    this.dueSeconds = dueSeconds;
    this.length = Duration.ofSeconds(options.seconds(USUAL_SECONDS));
  }

  Report measure() {
    notes.add(
        String.format(
            Locale.ROOT,
            "%d destinations, %d partitions, %d bytes of payload, %d rounds of %d s",
            options.destinations(),
            options.partitions(),
            options.payloadBytes(),
            options.rounds(),
            length.toSeconds()));
    try (Installation loaded = Installation.of(lab, options);
        Installation empty =
            Installation.start(lab, options, "broker-of-none-parked", options.destinations())) {
      Child timer = startTimer(loaded, "timer");
      startTimer(empty, "timer-with-none-parked");
      int beside = Math.min(PARKED_BESIDE, parked);
      live(loaded, empty, beside);
      lateness(loaded, timer, beside);
    }
    return new Report(figures, notes);
  }

  private Child startTimer(Installation at, String name) {
    return ServiceMain.start(lab, at, options, name, Set.of(Role.TIMER), Optional.empty());
  }

  private void live(Installation loaded, Installation empty, int beside) {
    double seconds = (LoadWindows.SETTLING.toMillis() + length.toMillis()) / 1e3 + 1;
    int tasks = (int) (MOST_PER_SECOND * seconds);
    Load loadedLoad = write(loaded, tasks);
    Load emptyLoad = write(empty, tasks);
    LoadWindows windows = new LoadWindows(lab, LoadWindows.startSender(lab));
    System.out.printf("%nlive sends%n%s%n", Window.HEADING);
    windows.warmUp(empty, emptyLoad, tasks, WARM_UP);
    park(loaded, beside, _ -> Instant.now().plus(MUCH_LATER));
    windows.warmUp(loaded, loadedLoad, tasks, WARM_UP);
    List<Double> rates = new ArrayList<>();
    List<Double> cpus = new ArrayList<>();
    for (int round = 1; round <= options.rounds(); round++) {
      boolean isLoadedFirst = round % 2 == 0;
      Window first =
          isLoadedFirst
              ? withParked(windows, loaded, loadedLoad, beside, round)
              : windows.measure(empty, emptyLoad, tasks, "" + round, "none parked", length);
      Window second =
          isLoadedFirst
              ? windows.measure(empty, emptyLoad, tasks, "" + round, "none parked", length)
              : withParked(windows, loaded, loadedLoad, beside, round);
      Windows.requireSends(first, second);
      Window with = isLoadedFirst ? first : second;
      Window without = isLoadedFirst ? second : first;
      rates.add(with.perSecond() / without.perSecond());
      cpus.add(with.cpuMicros() / without.cpuMicros());
    }
    figures.add(
        Figure.median(
            "timer.live",
            "sends per second with %,d tasks parked / with none".formatted(beside),
            rates,
            new Figure.Goal.AtLeast(0.9),
            new Figure.Goal.AtLeast(0.9)));
    notes.add(
        String.format(
            Locale.ROOT,
            "live: of the parked %.0f a second come due, as with retries spread over %d s; CPU of"
                + " the sender per send %.2f times that with none",
            (double) beside / SPREAD_SECONDS,
            SPREAD_SECONDS,
            Numbers.median(cpus)));
  }

  private Load write(Installation at, int tasks) {
    return Load.write(at, tasks, options.destinations(), options.payloadBytes());
  }

  /** A window in which some of the parked come due, second after second. */
  private Window withParked(
      LoadWindows windows, Installation at, Load load, int beside, int round) {
    double perSecond = (double) beside / SPREAD_SECONDS;
    double seconds = (LoadWindows.SETTLING.toMillis() + length.toMillis()) / 1e3 + LEAD.toSeconds();
    Instant first = Instant.now().plus(LEAD);
    park(
        at,
        (int) (perSecond * seconds),
        number -> first.plusMillis(Math.round(1e3 * number / perSecond)));
    return windows.measure(at, load, load.size(), "" + round, "parked", length);
  }

  private void lateness(Installation at, Child timer, int beside) {
    long begin = System.nanoTime();
    Duration cpuFrom = timer.cpu();
    park(at, parked - beside, _ -> Instant.now().plus(MUCH_LATER));
    double parkedSeconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%n%,d tasks more parked in %.0f s, %.0f a second%n",
        parked - beside,
        parkedSeconds,
        (parked - beside) / parkedSeconds);
    notes.add(
        String.format(
            Locale.ROOT,
            "lateness: %,d parked; a task took the timer %.0f us of CPU to park; then %,d a second"
                + " come due for %d s beside them",
            parked,
            timer.cpu().minus(cpuFrom).toNanos() / 1e3 / Math.max(1, parked - beside),
            duePerSecond,
            dueSeconds));
    try (LatenessReader reader = new LatenessReader(at)) {
      int count = duePerSecond * dueSeconds;
      Duration lead = LEAD.plusSeconds(count / PARKED_PER_SECOND);
      Instant first = Instant.now().plus(lead);
      park(at, count, number -> first.plusMillis(1_000L * number / duePerSecond));
      if (Instant.now().isAfter(first)) {
        throw new BenchException(
            "the machine parks fewer than %,d tasks a second, so some were due before they were"
                    .formatted(PARKED_PER_SECOND)
                + " parked: give fewer with --due-per-second");
      }
      double resident = timer.residentMiB();
      Duration cpu = timer.cpu();
      reader.await(count, lead.plusSeconds(dueSeconds).plus(PATIENCE));
      report(reader, count, resident, timer, cpu);
    }
  }

  private void report(
      LatenessReader reader, int count, double resident, Child timer, Duration cpu) {
    Lateness seen = reader.seen();
    if (seen.count() < count) {
      throw new BenchException(
          "%,d of %,d tasks had not come %s after the last was due"
              .formatted(count - seen.count(), count, PATIENCE));
    }
    figures.add(
        Figure.median(
            "timer.lateness.p99",
            "ms from the due time until a reader of committed records has it, %,d parked"
                .formatted(parked),
            List.of((double) seen.percentile(99)),
            new Figure.Goal.AtMost(500),
            new Figure.Goal.AtMost(500)));
    figures.add(
        Figure.median(
            "timer.early",
            "tasks that the timer let go before they were due",
            List.of((double) reader.letGo().early()),
            new Figure.Goal.AtMost(0),
            new Figure.Goal.AtMost(0)));
    notes.add("lateness: " + seen);
    notes.add(
        String.format(
            Locale.ROOT,
            "the timer took %.0f us of CPU for each that came due, and %.0f MiB of memory when all"
                + " were parked, %.0f at the end",
            timer.cpu().minus(cpu).toNanos() / 1e3 / count,
            resident,
            timer.residentMiB()));
  }

  /** When the task of that number is due. */
  private interface Due {
    Instant at(int number);
  }

  /** Parks so many, and waits until the timer has them. */
  private void park(Installation at, int count, Due due) {
    Load.write(
        count,
        number ->
            at.park(
                number % options.destinations(),
                Traffic.payload(Receiver.nowMicros(), options.payloadBytes()),
                due.at(number)));
    long end = System.nanoTime() + PARKED_WITHIN.toNanos();
    while (!at.hasAll(TimerTopology.APPLICATION_ID, Topics.retry(Traffic.TYPE))) {
      if (System.nanoTime() - end > 0) {
        throw new BenchException("the timer has not taken all tasks within " + PARKED_WITHIN);
      }
      Pause.of(Duration.ofMillis(100));
    }
  }
}
