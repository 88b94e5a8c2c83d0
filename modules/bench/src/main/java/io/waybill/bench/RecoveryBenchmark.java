package io.waybill.bench;

import io.waybill.app.Role;
import io.waybill.sender.LaneLimits;
import io.waybill.sender.SenderConfig;
import io.waybill.timer.TimerTopology;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * A destination with a rate limit that is down until very many of its tasks are parked, and then
 * comes back: how fast they drain, and whether it is overrun. Sender and timer are the service's
 * own roles.
 */
final class RecoveryBenchmark {
  /** The one that is down. */
  private static final int DOWN = 0;

  /** As shipped. */
  private static final int CAP = LaneLimits.defaults().inFlight();

  private static final Duration BEFORE = Duration.ofSeconds(10);

  /** Of its rate, before the outage: nothing is parked then. */
  private static final double LOAD_BEFORE = 0.5;

  /** An outage that is over begins to show when the breaker is tried again. */
  private static final Duration RESET = Duration.ofSeconds(60);

  private static final Duration PARKED_WITHIN = Duration.ofMinutes(5);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final double FROM = 0.25;
  private static final double TO = 0.75;

  private final Lab lab;
  private final Options options;
  private final int tasks;
  private final int perSecond;

  /**
   * Nothing is measured yet. The laboratory is of {@link Options#asInstallation}.
   *
   * @param tasks that are parked
   * @param perSecond the destination's rate limit
   */
  RecoveryBenchmark(Lab lab, Options options, int tasks, int perSecond) {
    this.lab = lab;
    this.options = options;
    this.tasks = tasks;
    this.perSecond = perSecond;
  }

  Report measure() {
    try (Installation at = Installation.of(lab, options)) {
      ServiceMain.start(
          lab,
          at,
          options,
          "service",
          EnumSet.of(Role.TIMER, Role.SENDER_WEBHOOK),
          Optional.of(LaneLimits.defaults().with(CAP, perSecond)));
      int before = before(at);
      say("sent %,d tasks at %.0f %% of its rate".formatted(before, 100 * LOAD_BEFORE));
      lab.receiver().order(LONG, "refuse", DOWN);
      long downAt = System.nanoTime();
      Load.write(tasks, _ -> task(at));
      awaitParked(at);
      double down = seconds(downAt);
      say("down for %.1f s, %,d tasks are parked".formatted(down, tasks));
      lab.receiver().order(LONG, "count", DOWN);
      lab.receiver().order(LONG, "refuse", Receiver.NONE);
      long backAt = System.nanoTime();
      awaitDelivered(before + tasks);
      double drained = seconds(backAt);
      Beats beats = Beats.parse(lab.receiver().order(LONG, "beats"));
      return report(beats, down, drained);
    }
  }

  /** Usual traffic, so that the sender knows how fast the destination answers. */
  private int before(Installation at) {
    int count = (int) (LOAD_BEFORE * perSecond * BEFORE.toSeconds());
    long start = System.nanoTime();
    Load.write(
        count,
        number -> {
          Pause.until(start + Math.round(number * 1e9 / (LOAD_BEFORE * perSecond)));
          return task(at);
        });
    awaitDelivered(count);
    return count;
  }

  private Future<RecordMetadata> task(Installation at) {
    return at.task(
        DOWN, Traffic.payload(Receiver.nowMicros(), options.payloadBytes()), Traffic.ORDINARY);
  }

  /**
   * Until the sender has done with all tasks, none of which can be delivered, and the timer has.
   */
  private void awaitParked(Installation at) {
    long end = System.nanoTime() + PARKED_WITHIN.toNanos();
    while (!at.hasAll(SenderConfig.groupId(Traffic.TYPE), Lab.TASKS)
        || !at.hasAll(TimerTopology.APPLICATION_ID, Topics.retry(Traffic.TYPE))) {
      if (System.nanoTime() - end > 0) {
        throw new BenchException("the tasks of the outage were not parked within " + PARKED_WITHIN);
      }
      Pause.of(Duration.ofMillis(200));
    }
  }

  private void awaitDelivered(long count) {
    Duration within = RESET.multipliedBy(4).plusSeconds(3L * tasks / perSecond);
    long end = System.nanoTime() + within.toNanos();
    long delivered;
    while ((delivered = lab.delivered()) < count) {
      if (System.nanoTime() - end > 0) {
        throw new BenchException(
            "%,d of %,d tasks were delivered after %s".formatted(delivered, count, within));
      }
      Pause.of(Duration.ofMillis(500));
    }
  }

  private Report report(Beats beats, double down, double drained) {
    Figure rate =
        Figure.median(
            "recovery.rate",
            "drained per second, middle half of the tasks, / its rate limit",
            List.of(beats.perSecond(FROM, TO) / perSecond),
            new Figure.Goal.AtLeast(0.8),
            new Figure.Goal.AtLeast(0.8));
    Figure peak =
        Figure.median(
            "recovery.peak",
            "most requests of any second / its rate limit",
            List.of((double) beats.busiestSecond() / perSecond),
            new Figure.Goal.AtMost(2),
            new Figure.Goal.AtMost(2));
    return new Report(
        List.of(rate, peak),
        List.of(
            String.format(
                Locale.ROOT,
                "%,d tasks parked, %,d sends a second and %d at a time allowed, %d partitions, %d"
                    + " bytes of payload, one run",
                tasks,
                perSecond,
                CAP,
                options.partitions(),
                options.payloadBytes()),
            String.format(
                Locale.ROOT,
                "down for %.1f s; once it was back the first came after %.1f s, half after %.1f s,"
                    + " the last was recorded after %.1f s",
                down,
                beats.secondsUntil(0),
                beats.secondsUntil(0.5),
                drained),
            String.format(
                Locale.ROOT,
                "%,d requests for %,d tasks, %,d events of a task that had one",
                beats.sum(),
                tasks,
                lab.deliveredAgain())));
  }

  private static double seconds(long since) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since) / 1e3;
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
