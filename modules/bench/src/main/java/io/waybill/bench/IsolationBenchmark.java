package io.waybill.bench;

import io.waybill.sender.SenderConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * What a destination that hangs does to all others: the same schedule with and without the hang,
 * one after the other within each round. Latency counts from a task's scheduled time to its arrival
 * at the receiver, and what does not arrive counts as late.
 */
final class IsolationBenchmark {
  private static final int[] SHARES = {20, 90};

  /** Beyond the time-out of 30 s: the attempts that hang end, and others take their place. */
  private static final int USUAL_SECONDS = 40;

  private static final Duration LEAD_IN = Duration.ofSeconds(3);
  private static final Duration UNTIL_START = Duration.ofMillis(500);
  private static final int WARM_UP_SECONDS = 8;

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final double LEAST_ALLOWANCE_MILLIS = 25;
  private static final double RELATIVE_ALLOWANCE = 0.2;

  /** Less than this is no difference. */
  private static final double AIM_MILLIS = 5;

  private final Lab lab;
  private final Options options;
  private final int othersPerSecond;
  private final List<Figure> figures = new ArrayList<>();

  IsolationBenchmark(Lab lab, Options options, int othersPerSecond) {
    this.lab = lab;
    this.options = options;
    this.othersPerSecond = othersPerSecond;
  }

  Report measure() {
    Child sender =
        lab.startSubject(
            "sender",
            SenderMain.class,
            lab.bootstrapServers(),
            lab.registryUrl(),
            lab.keyset().toString(),
            SenderMain.DEFAULTS);
    for (int share : SHARES) {
      measure(sender, share);
    }
    return new Report(
        figures,
        List.of(
            String.format(
                Locale.ROOT,
                "%d destinations, %d partitions, the sender's default limits, %d tasks/s to the"
                    + " others, %d rounds of %d s; no timer: what is parked stays parked",
                options.destinations(),
                options.partitions(),
                othersPerSecond,
                options.rounds(),
                options.seconds(USUAL_SECONDS))));
  }

  private void measure(Child sender, int share) {
    Schedule schedule = new Schedule(options.destinations(), othersPerSecond, share);
    System.out.printf(
        "%none destination has %d %% of the traffic (%.0f tasks/s); latency of the others in ms%n%s%n",
        share,
        schedule.hangingPerSecond(),
        "round    run           p50       p99     worst    tasks   missing");
    List<Double> withoutP99 = new ArrayList<>();
    List<Double> extraP50 = new ArrayList<>();
    List<Double> extraP99 = new ArrayList<>();
    for (int round = 0; round <= options.rounds(); round++) {
      String number = round == 0 ? "warm-up" : Integer.toString(round);
      int seconds = round == 0 ? WARM_UP_SECONDS : options.seconds(USUAL_SECONDS);
      boolean hangFirst = round % 2 == 0;
      Arrivals.Latency first = window(sender, schedule, hangFirst, number, seconds);
      Arrivals.Latency second = window(sender, schedule, !hangFirst, number, seconds);
      Arrivals.Latency with = hangFirst ? first : second;
      Arrivals.Latency without = hangFirst ? second : first;
      if (round > 0) {
        withoutP99.add(without.p99());
        extraP50.add(with.p50() - without.p50());
        extraP99.add(with.p99() - without.p99());
      }
    }
    double allowed =
        Math.max(LEAST_ALLOWANCE_MILLIS, RELATIVE_ALLOWANCE * Numbers.median(withoutP99));
    figures.add(
        Figure.median(
            "isolation." + share + ".p50",
            "ms that the hang adds to the others' p50",
            extraP50,
            new Figure.Goal.AtMost(allowed),
            new Figure.Goal.AtMost(AIM_MILLIS)));
    figures.add(
        Figure.median(
            "isolation." + share + ".p99",
            "ms that the hang adds to the others' p99",
            extraP99,
            new Figure.Goal.AtMost(allowed),
            new Figure.Goal.AtMost(AIM_MILLIS)));
  }

  private Arrivals.Latency window(
      Child sender, Schedule schedule, boolean hangs, String round, int seconds) {
    sender.order(LONG, "start");
    long start = Receiver.nowMicros() + micros(UNTIL_START);
    long from = micros(LEAD_IN);
    long to = from + micros(Duration.ofSeconds(seconds));
    if (hangs) {
      lab.receiver().order(LONG, "hang", Schedule.HANGING);
    }
    Arrivals arrivals = Arrivals.record(lab, start + from, start + to, Schedule.HANGING);
    List<Future<RecordMetadata>> writes = new ArrayList<>();
    schedule.run(
        start,
        to,
        (destination, scheduled) ->
            writes.add(lab.task(destination, Traffic.payload(scheduled, options.payloadBytes()))));
    Lab.written(writes);
    Arrivals.Latency latency = arrivals.await(schedule.others(from, to));
    System.out.printf(
        Locale.ROOT,
        "%-8s %-9s %7.1f %9.1f %9.1f %8d %9d%n",
        round,
        hangs ? "hang" : "no hang",
        latency.p50(),
        latency.p99(),
        latency.worst(),
        latency.expected(),
        latency.missing());
    // What hangs is answered, so that the sender can stop in order.
    lab.receiver().order(LONG, "hang", -1);
    sender.order(LONG, "stop");
    lab.skipToEnd(SenderConfig.groupId(Traffic.TYPE), Lab.TASKS);
    return latency;
  }

  private static long micros(Duration time) {
    return time.toNanos() / 1_000;
  }
}
