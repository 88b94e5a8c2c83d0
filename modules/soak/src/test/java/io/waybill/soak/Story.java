package io.waybill.soak;

import io.waybill.checker.History;
import io.waybill.checker.Received;
import io.waybill.checker.Report;
import io.waybill.checker.Submitted;
import io.waybill.checker.Topics;
import io.waybill.checker.Topics.TaskEvent;
import io.waybill.soak.Fault.Kind;
import io.waybill.testkit.StallWatch.Stall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A run as it should be, of which tests alter one thing. Times are seconds after its begin. */
final class Story {
  private static final String WELL = Destinations.id(Destinations.WEBHOOK, 5);

  static final Instant BEGIN = Instant.parse("2026-01-31T08:00:00Z");

  final List<Happened> happened = new ArrayList<>();
  final List<Submitted> submitted = new ArrayList<>();
  final List<Acknowledged> acknowledged = new ArrayList<>();
  final List<Received> received = new ArrayList<>();
  final List<Stall> stalls = new ArrayList<>();
  final List<String> alarms = new ArrayList<>();
  final List<Topics.Event> events = new ArrayList<>();
  OptionalLong watched = OptionalLong.of(1_000);
  Optional<Run.Window> load = Optional.of(new Run.Window(at(0), at(300)));
  long plannedKills;
  private final int brokers;

  /** One request a second for 300 s, to a webhook that answers after 100 ms. */
  Story(int brokers) {
    this.brokers = brokers;
    for (int second = 0; second < 300; second++) {
      submit(second, 0.1);
    }
  }

  static Instant at(double seconds) {
    return BEGIN.plusMillis(Math.round(seconds * 1_000));
  }

  void submit(double second, double latency) {
    String id = "delivery-" + submitted.size();
    submitted.add(
        new Submitted(
            id,
            "org-soak",
            List.of(WELL),
            Submitted.Fate.ACKNOWLEDGED,
            at(second),
            Optional.empty()));
    acknowledged.add(new Acknowledged(at(second), at(second + 0.01), submitted.size() % 3));
    receive(id, second + latency);
  }

  void receive(String id, double second) {
    received.add(
        new Received(
            "task-of-" + id,
            id,
            WELL,
            at(second),
            Optional.of(at(second + 0.05)),
            OptionalInt.of(200),
            Optional.empty()));
  }

  /** No acknowledgement between these; what was published then was published after it. */
  void silence(double from, double to) {
    acknowledged.removeIf(one -> one.at().isAfter(at(from)) && one.at().isBefore(at(to)));
  }

  void signal(Kind kind, String victim, double second, double until, double back) {
    happened.add(
        Happened.of(
                new Fault(1, Duration.ZERO, kind, victim, Duration.ZERO),
                victim,
                at(second),
                at(until))
            .backAt(at(back)));
  }

  void stopInOrder(String victim, double second, double took, int exitCode) {
    happened.add(
        Happened.of(
                new Fault(1, Duration.ZERO, Kind.TERM, victim, Duration.ZERO),
                victim,
                at(second),
                at(second + took))
            .stopped(exitCode, Duration.ofMillis(Math.round(took * 1_000)))
            .backAt(at(second + took + 4)));
  }

  void failWithout(String answer, String delivery) {
    events.add(
        new TaskEvent(
            delivery,
            "org-soak",
            "task-of-" + delivery,
            WELL,
            0,
            1,
            TaskEvent.Kind.ATTEMPT_FAILED,
            Optional.of(answer),
            true));
  }

  Evidence evidence() {
    return new Evidence(
        new Run(
            1,
            Duration.ofMinutes(3),
            brokers,
            Duration.ofSeconds(8),
            1,
            "test",
            plannedKills,
            List.of(new Run.Window(at(0), at(30)), new Run.Window(at(60), at(90))),
            List.of(new Run.Window(at(30), at(60))),
            load),
        happened,
        new History(submitted, received),
        acknowledged,
        stalls,
        watched,
        alarms,
        List.of(1.5));
  }

  List<Received> unexplained() {
    return new Repeated(received, happened, topics()).unexplained();
  }

  /** As the checker would report it, when everything else is right. */
  Report report() {
    long repeated = received.size() - submitted.size();
    return new Report(
        List.of(),
        new Report.Numbers(
            submitted.size(),
            submitted.size(),
            received.size(),
            received.size(),
            submitted.size(),
            repeated,
            0,
            0,
            new Repeated(received, happened, topics()).bounds().repeatsOfCrashes(),
            Map.of()));
  }

  Topics topics() {
    return new Topics(List.of(), List.of(), events, List.of(), List.of(), Map.of());
  }

  List<Bound> bounds() {
    return new Measures(evidence()).bounds(report(), unexplained());
  }

  List<String> broken() {
    return bounds().stream().filter(bound -> !bound.holds()).map(Bound::name).toList();
  }
}
