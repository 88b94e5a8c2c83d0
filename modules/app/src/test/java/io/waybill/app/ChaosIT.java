package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.checker.Bounds;
import io.waybill.checker.Received;
import io.waybill.domain.DestinationType;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Reason;
import io.waybill.testkit.Answer;
import io.waybill.testkit.StallWatch;
import io.waybill.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Senders are killed and held still at random moments under load, while some receivers are unwell:
 * tasks are retried, parked, given up, and left alone by breakers. How often, and by which dice,
 * system properties say; docs/checker.md has the command.
 */
@Tag("long")
class ChaosIT {
  private static final int KILLS = Integer.getInteger("chaos.kills", 2);
  private static final int STOPS = Integer.getInteger("chaos.stops", 1);
  private static final int SENDERS = Integer.getInteger("chaos.senders", 2);
  private static final int PER_SECOND = Integer.getInteger("chaos.rate", 150);
  private static final long SEED = Long.getLong("chaos.seed", 1);

  private static final int DESTINATIONS = 20;
  private static final int MAX_BETWEEN_FAULTS_MILLIS = 3_000;
  private static final Duration SOON = Duration.ofSeconds(120);
  private static final Duration LONGEST_STALL = Duration.ofSeconds(25);

  private enum Fault {
    KILL,
    STOP
  }

  private final Random dice = new Random(SEED);
  private final List<Instant> faults = new ArrayList<>();

  /** Of those that are held still, when they are let go. */
  private final Map<String, Instant> stopped = new HashMap<>();

  /** Of those that were killed, when they are started again. */
  private final Map<String, Instant> dead = new HashMap<>();

  @Test
  void losesNothingWhateverIsKilledOrHeldStill(@TempDir Path folder) throws Exception {
    String[] instances =
        IntStream.rangeClosed(1, SENDERS).mapToObj(i -> "sender-" + i).toArray(String[]::new);
    MixedReceivers receivers =
        new MixedReceivers(
            DESTINATIONS,
            request -> Answer.status(200).after(Duration.ofMillis(50 + request.number() % 300)));
    try (SenderLab lab = SenderLab.start(folder);
        SteadyLoad load = SteadyLoad.to(lab, DESTINATIONS, receivers);
        StallWatch events = StallWatch.of(lab.waybill().bootstrapServers(), Topics.EVENTS)) {
      lab.startSenders(instances);
      load.start(PER_SECOND);
      load.awaitArrivals(2 * PER_SECOND, SOON);
      Instant begun = Instant.now();
      for (Fault fault : shuffled()) {
        Instant next = Instant.now().plusMillis(dice.nextInt(MAX_BETWEEN_FAULTS_MILLIS));
        until(lab, () -> Instant.now().isAfter(next) && !working(lab, instances).isEmpty());
        List<String> working = working(lab, instances);
        hit(lab, working.get(dice.nextInt(working.size())), fault);
      }
      Duration lasted = Duration.between(begun, Instant.now());
      until(lab, () -> stopped.isEmpty() && dead.isEmpty());
      load.awaitArrivals(2 * PER_SECOND, SOON);
      load.stop();
      receivers.recover();
      load.awaitAllEnded(SOON);
      // All go on: the one that was launched last may still be starting.
      until(lab, () -> working(lab, instances).size() == SENDERS);
      report(folder, lab, load, events, lasted);
    }
  }

  private List<Fault> shuffled() {
    List<Fault> all = new ArrayList<>(Collections.nCopies(KILLS, Fault.KILL));
    all.addAll(Collections.nCopies(STOPS, Fault.STOP));
    Collections.shuffle(all, dice);
    return all;
  }

  private void hit(SenderLab lab, String instance, Fault fault) {
    switch (fault) {
      case KILL -> {
        lab.sender(instance).kill();
        dead.put(instance, Instant.now().plusMillis(dice.nextInt(3_000)));
      }
      case STOP -> {
        lab.sender(instance).pause();
        // Some are back before anybody has missed them, some after their transaction is aborted.
        long longest = SenderLab.SESSION.plus(SenderLab.LONGEST_TRANSACTION).toMillis();
        stopped.put(instance, Instant.now().plusMillis(1_000 + dice.nextLong(longest)));
      }
    }
    faults.add(Instant.now());
  }

  /** Waits, and brings back meanwhile what is to come back. */
  private void until(SenderLab lab, Callable<Boolean> condition) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(SOON)
        .until(() -> {
          Instant now = Instant.now();
          stopped
              .entrySet()
              .removeIf(entry -> {
                boolean isTime = now.isAfter(entry.getValue());
                if (isTime) {
                  lab.sender(entry.getKey()).resume();
                }
                return isTime;
              });
          dead.entrySet()
              .removeIf(entry -> {
                boolean isTime = now.isAfter(entry.getValue());
                if (isTime) {
                  lab.launchSender(entry.getKey());
                }
                return isTime;
              });
          return condition.call();
        });
  }

  /**
   * Those that may be hit: a sender that is only starting, or stands still, has nothing to lose.
   */
  private List<String> working(SenderLab lab, String... instances) {
    return List.of(instances).stream()
        .filter(instance -> !stopped.containsKey(instance) && !dead.containsKey(instance))
        .filter(lab::isReady)
        .toList();
  }

  private void report(
      Path folder, SenderLab lab, SteadyLoad load, StallWatch events, Duration lasted)
      throws Exception {
    List<Received> received = load.received();
    Bounds bounds = Judgement.boundsOf(faults, received);
    long repeated = received.stream().filter(Judgement::isEnd).count() - load.submitted().size();
    int forNothing = Judgement.repeatedForNothing(faults, received).size();
    Map<Integer, Long> answers =
        received.stream()
            .collect(
                Collectors.groupingBy(
                    one -> one.status().orElse(0), TreeMap::new, Collectors.counting()));
    Map<Reason, Long> waits = waits(lab, load);
    System.out.printf(
        """
        chaos: %d kills and %d stops of %d senders in %d s, seed %d
        chaos: %d deliveries, %d requests received, %d more of them ended a delivery than there are;\
         %d x (%d + %d) = %d may be
        chaos: %d repeats of what no fault found unfinished; the oldest repeated had ended %d ms before
        chaos: answers %s (0: none); waits %s; %d breakers opened; given up %s
        chaos: longest stall of a reader of committed records: %d ms%n\
        """,
        KILLS,
        STOPS,
        SENDERS,
        lasted.toSeconds(),
        SEED,
        load.submitted().size(),
        received.size(),
        repeated,
        bounds.crashes(),
        bounds.inFlight(),
        bounds.finishedNotCommitted(),
        bounds.repeatsOfCrashes(),
        forNothing,
        Judgement.oldestRepeated(faults, received).toMillis(),
        answers,
        waits,
        lab.openedBreakers().size(),
        load.givenUp().values().stream()
            .collect(Collectors.groupingBy(reason -> reason, TreeMap::new, Collectors.counting())),
        events.longest().toMillis());
    Judgement.assertEveryRuleHolds(folder, lab.waybill(), load.submitted(), received, bounds);
    assertThat(lab.alarms()).isEmpty();
    assertThat(lab.openedBreakers())
        .as("of those that are unwell only")
        .isNotEmpty()
        .allMatch(line ->
            MixedReceivers.UNWELL.stream()
                .anyMatch(number -> line.contains(load.destination(number).value())));
    assertThat(answers).as("everybody was met").containsKeys(0, 200, 404, 429, 500, 503);
    assertThat(waits).containsKeys(Reason.RETRY, Reason.BREAKER_OPEN, Reason.OVERFLOW);
    assertThat(forNothing).isZero();
    assertThat(bounds.inFlight()).as("sends were hit").isPositive();
    assertThat(events.records()).isGreaterThanOrEqualTo(load.submitted().size());
    assertThat(events.longest()).isLessThan(LONGEST_STALL);
  }

  /** For what, and how often, tasks of the load were given to the timer. */
  private static Map<Reason, Long> waits(SenderLab lab, SteadyLoad load) {
    return lab.waybill().readAll(Topics.retry(DestinationType.WEBHOOK)).stream()
        .map(record ->
            Installation.decode(() -> lab.waybill().codecs().parkedTasks().decode(record.value())))
        .filter(parked -> parked.task().organizationId().equals(load.organization()))
        .collect(Collectors.groupingBy(ParkedTask::reason, TreeMap::new, Collectors.counting()));
  }
}
