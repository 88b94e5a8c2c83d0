package io.waybill.soak;

import io.waybill.checker.Received;
import io.waybill.checker.Report;
import io.waybill.checker.Submitted;
import io.waybill.soak.Fault.Kind;
import io.waybill.testkit.StallWatch.Stall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The bounds of a run, worked out from its evidence alone. */
final class Measures {
  static final String FIRST_ACK = "first acknowledgement after a broker restart";
  static final String LEADER_GAP = "gap after a leader was killed";
  static final String AFTER_TWO_DOWN = "recovery after two of three brokers were down";
  static final String ACKS_WITHOUT_ISR = "acknowledged while two of three were down";
  static final String STALL = "stall of a reader of committed records";
  static final String GRACEFUL = "graceful stop";
  static final String EXIT_CODES = "graceful stops that did not end with 143";
  static final String UNEXPLAINED = "repeats that no kill explains";
  static final String REPEATS = "repeats of crashes";
  static final String ISOLATION = "p99 of the others with one destination dead";
  static final String DIED = "processes that died by themselves";
  static final String ALARMS = "alarms in logs";
  static final String KILLS = "kills";
  static final String PUBLISHED = "requests published";
  static final String GRACEFUL_REPEATS = "repeats of graceful stops";
  static final String FAILED = "faults that could not be carried out";

  /** What a run of the usual length must have, and a shorter one has as its schedule says. */
  private static final long ENOUGH_KILLS = 200;

  /** Of what the rate asks for. */
  private static final double PUBLISHED_AT_LEAST = 0.9;

  /** 128 + SIGTERM: what a JVM ends with that was asked to, and had no reason to object. */
  private static final int ENDED_BY_TERM = 143;

  /** What was on its way when the second broker fell may still have been acknowledged. */
  private static final Duration FALLS_WITHIN = Duration.ofSeconds(1);

  private final Evidence evidence;

  Measures(Evidence evidence) {
    this.evidence = evidence;
  }

  List<Bound> bounds(Report report, Collection<Received> unexplained) {
    List<Bound> bounds = new ArrayList<>();
    boolean three = evidence.run().brokers() == 3;
    bounds.add(kills());
    bounds.add(published());
    if (!three) {
      bounds.add(
          worst(
              FIRST_ACK,
              15,
              happened(one -> Roster.isBroker(one.victim()) && !one.is(Kind.STOP)),
              one -> firstAck(one.until())));
    }
    bounds.add(
        worst(
            LEADER_GAP,
            25,
            happened(one -> one.is(Kind.KILL) && !one.led().isEmpty()),
            this::gapOfLed));
    if (three) {
      List<Happened> twoDown = happened(one -> one.is(Kind.TWO_DOWN));
      bounds.add(worst(AFTER_TWO_DOWN, 60, twoDown, one -> firstAck(one.until())));
      bounds.add(count(ACKS_WITHOUT_ISR, acksDuring(twoDown), twoDown.size()));
    }
    bounds.add(stall());
    List<Happened> stopped =
        happened(one -> one.is(Kind.TERM) && Roster.ROLES.containsKey(one.victim()));
    bounds.add(worst(GRACEFUL, 30, stopped, one -> Optional.of(one.took())));
    bounds.add(
        count(
            EXIT_CODES,
            stopped.stream().filter(one -> one.exitCode().orElse(-1) != ENDED_BY_TERM).count(),
            stopped.size()));
    bounds.add(
        count(
            GRACEFUL_REPEATS,
            Repeated.ofStops(unexplained, evidence.happened()).size(),
            stopped.size()));
    bounds.add(isolation());
    Report.Numbers numbers = report.numbers();
    bounds.add(
        Bound.atMost(
            REPEATS,
            (double) (numbers.repeated() - numbers.explained()),
            (double) numbers.allowed(),
            "",
            numbers.received()));
    bounds.add(count(UNEXPLAINED, unexplained.size(), numbers.received()));
    long faults = evidence.happened().size();
    bounds.add(count(DIED, happened(one -> one.what().equals(Happened.DIED)).size(), faults));
    bounds.add(
        count(FAILED, happened(one -> one.what().startsWith(Happened.FAILED)).size(), faults));
    bounds.add(count(ALARMS, evidence.alarms().size(), faults));
    return bounds;
  }

  private List<Happened> happened(Predicate<Happened> which) {
    return evidence.happened().stream().filter(which).toList();
  }

  private static Bound count(String name, long value, long samples) {
    return Bound.atMost(name, (double) value, 0, "", samples);
  }

  /** A measure of one fault. */
  private interface Measure {
    /** Empty when it never came about. */
    Optional<Duration> of(Happened one);
  }

  private static Bound worst(String name, double limit, List<Happened> of, Measure measure) {
    double worst = 0;
    for (Happened one : of) {
      worst =
          Math.max(worst, measure.of(one).map(Measures::seconds).orElse(Double.POSITIVE_INFINITY));
    }
    return Bound.atMost(name, worst, limit, "s", of.size());
  }

  private Bound kills() {
    long kills = evidence.happened().stream().mapToLong(Happened::kills).sum();
    return Bound.atLeast(
        KILLS,
        (double) kills,
        (double) Math.min(ENOUGH_KILLS, evidence.run().plannedKills()),
        evidence.happened().size());
  }

  /** A load that fell silent would lose nothing, and stall nobody. */
  private Bound published() {
    Optional<Run.Window> load = evidence.run().load();
    if (load.isEmpty()) {
      return Bound.atLeast(PUBLISHED, 0, 1, 0);
    }
    long published =
        evidence.history().submitted().stream().filter(one -> load.get().has(one.at())).count();
    double asked = seconds(load.get().length()) * evidence.run().perSecond();
    return Bound.atLeast(
        PUBLISHED, (double) published, Math.ceil(PUBLISHED_AT_LEAST * asked), published);
  }

  /**
   * By a reader that has read on until the end. Each request has a status at least; one that has
   * read fewer has not seen what it was to watch.
   */
  private Bound stall() {
    long acknowledged = evidence.acknowledged().stream().filter(Acknowledged::isOne).count();
    double longest =
        evidence.stalls().stream()
            .map(Stall::lasted)
            .mapToDouble(Measures::seconds)
            .max()
            .orElse(0);
    long read = evidence.watched().orElse(0);
    return Bound.atMost(
        STALL, read < acknowledged ? Double.POSITIVE_INFINITY : longest, 25, "s", read);
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1_000.0;
  }

  Optional<Duration> firstAck(Instant after) {
    return evidence.acknowledged().stream()
        .filter(one -> one.isOne() && !one.at().isBefore(after))
        .map(Acknowledged::at)
        .min(Instant::compareTo)
        .map(at -> Duration.between(after, at));
  }

  /** Until each partition that the broker led takes requests again: the slowest of them. */
  Optional<Duration> gapOfLed(Happened killed) {
    Duration worst = Duration.ZERO;
    for (int partition : killed.led()) {
      Optional<Duration> gap =
          evidence.acknowledged().stream()
              .filter(one -> one.partition() == partition && one.at().isAfter(killed.at()))
              // Sent after the kill: an answer to an earlier one may have been on its way.
              .filter(one -> one.submittedAt().isAfter(killed.at()))
              .map(Acknowledged::at)
              .min(Instant::compareTo)
              .map(at -> Duration.between(killed.at(), at));
      if (gap.isEmpty()) {
        return gap;
      }
      worst = gap.get().compareTo(worst) > 0 ? gap.get() : worst;
    }
    return Optional.of(worst);
  }

  private long acksDuring(List<Happened> twoDown) {
    return evidence.acknowledged().stream()
        .filter(Acknowledged::isOne)
        .filter(one ->
            twoDown.stream()
                .anyMatch(down ->
                    one.at().isAfter(down.at().plus(FALLS_WITHIN))
                        && one.at().isBefore(down.until())))
        .count();
  }

  /** Against the calm windows of the same run, before and after. */
  private Bound isolation() {
    List<Long> calm = latencies(evidence.run().calm());
    List<Long> dead = latencies(evidence.run().dead());
    double ratio =
        calm.isEmpty() || dead.isEmpty()
            ? Double.POSITIVE_INFINITY
            : p99(dead) / (double) Math.max(1, p99(calm));
    return Bound.atMost(ISOLATION, ratio, 2, "x", Math.min(calm.size(), dead.size()));
  }

  static long p99(List<Long> latencies) {
    List<Long> sorted = latencies.stream().sorted().toList();
    return sorted.get(Math.min(sorted.size() - 1, (int) Math.ceil(sorted.size() * 0.99) - 1));
  }

  /** Milliseconds from submission to the first success at a webhook that is always well. */
  List<Long> latencies(List<Run.Window> windows) {
    Set<String> well = Destinations.well();
    Map<String, Instant> first = new HashMap<>();
    for (Received one : evidence.history().received()) {
      if (well.contains(one.destinationId())
          && one.status().isPresent()
          && one.status().getAsInt() / 100 == 2) {
        first.merge(
            one.deliveryId() + " " + one.destinationId(),
            one.receivedAt(),
            (a, b) -> a.isBefore(b) ? a : b);
      }
    }
    List<Long> latencies = new ArrayList<>();
    for (Submitted one : evidence.history().submitted()) {
      if (windows.stream().noneMatch(window -> window.has(one.at()))) {
        continue;
      }
      for (String destination : one.destinationIds()) {
        Instant at = first.get(one.deliveryId() + " " + destination);
        if (at != null) {
          latencies.add(Duration.between(one.at(), at).toMillis());
        }
      }
    }
    return latencies;
  }
}
