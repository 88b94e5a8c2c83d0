package io.waybill.sender;

import static io.waybill.sender.TestTasks.aTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationId;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One destination hangs for ten minutes, another does not: lanes, a timer that is a little late,
 * and receivers, by a time that the test makes.
 */
class HangSimulationTest {
  private static final DestinationId HANGING = new DestinationId("hanging");
  private static final DestinationId HEALTHY = new DestinationId("healthy");
  private static final Duration HEALTHY_FOR = Duration.ofMinutes(1);
  private static final Duration RECOVERY = Duration.ofMinutes(11);
  private static final Duration ARRIVALS = Duration.ofMinutes(16);
  private static final Duration LONGEST = Duration.ofMinutes(40);
  private static final Duration TIMER_LATENESS = Duration.ofMillis(200);
  private static final Duration ANSWER = Duration.ofMillis(100);

  private final Simulation time = new Simulation();
  private final Instant begin = time.now();
  private final LaneLimits limits = LaneLimits.defaults();
  private final Lanes lanes =
      new Lanes(
          limits,
          Long.MAX_VALUE,
          () -> new FakeBreaker(BreakerPolicy.defaults(), time.ticker()),
          _ -> Optional.empty(),
          time.ticker());
  private final AssignedPartition partition =
      new AssignedPartition(new TopicPartition("tasks", 0), Optional.empty(), List.of());

  private final Map<TaskId, Integer> parks = new HashMap<>();
  private final Map<TaskId, Instant> slots = new HashMap<>();
  private final Map<TaskId, Task> outstanding = new HashMap<>();
  private final List<Instant> allSlots = new ArrayList<>();
  private final Map<TaskId, Instant> delivered = new HashMap<>();
  private final Set<TaskId> tried = new HashSet<>();
  private final List<Task> made = new ArrayList<>();
  private final List<String> overtakings = new ArrayList<>();
  private Duration failsAfter = Duration.ofSeconds(30);
  private long offset;
  private int underWay;
  private int mostHeld;
  private Duration slowestHealthy = Duration.ZERO;
  private int healthyParked;

  private final Lanes.Starter starter =
      new Lanes.Starter() {
        @Override
        public boolean allows(Work work) {
          return true;
        }

        @Override
        public int freeForAttempts(Work work) {
          return Integer.MAX_VALUE;
        }

        @Override
        public int freePlaces(Work work) {
          return Integer.MAX_VALUE;
        }

        @Override
        public boolean allowsParking(Work work) {
          return true;
        }

        @Override
        public void start(Work work, Order order) {
          switch (order) {
            case Order.Send send -> send(work, send);
            case Order.Park park -> park(work, park);
            case Order.Refuse _ -> throw new AssertionError();
          }
        }
      };

  private boolean hangs() {
    return !time.now().isBefore(begin.plus(HEALTHY_FOR))
        && time.now().isBefore(begin.plus(RECOVERY));
  }

  private void arrive(Task task) {
    outstanding.remove(task.taskId());
    lanes.add(
        new Work(
            partition,
            partition.progress().received(offset).orElseThrow(),
            new RecordOrigin("tasks", 0, offset++),
            new Work.TaskRecord(task),
            1),
        starter);
  }

  private void send(Work work, Order.Send order) {
    Task task = work.task();
    boolean isHealthy = task.destinationId().equals(HEALTHY);
    if (isHealthy) {
      Duration waited = Duration.between(task.createdAt(), time.now());
      slowestHealthy = waited.compareTo(slowestHealthy) > 0 ? waited : slowestHealthy;
    } else if (tried.add(task.taskId()) && !parks.containsKey(task.taskId())) {
      noteOvertaking(task);
    }
    boolean fails = !isHealthy && hangs();
    underWay += isHealthy ? 0 : 1;
    time.after(
        fails ? failsAfter : ANSWER,
        () -> {
          underWay -= isHealthy ? 0 : 1;
          lanes.ended(work, order, fails ? Verdict.BAD : Verdict.GOOD);
          if (fails) {
            // Tried again after a while, as its retry policy says.
            time.after(Duration.ofSeconds(60), () -> arrive(task));
          } else if (!isHealthy) {
            delivered.put(task.taskId(), time.now());
          }
        });
  }

  private void noteOvertaking(Task task) {
    outstanding.values().stream()
        .filter(parked -> parked.createdAt().isBefore(task.createdAt()))
        .filter(parked -> slots.get(parked.taskId()).isAfter(time.now()))
        .findAny()
        .ifPresent(parked ->
            overtakings.add(
                Duration.between(begin, time.now())
                    + ": "
                    + Duration.between(begin, task.createdAt())
                    + " before "
                    + Duration.between(begin, parked.createdAt())
                    + ", parked until "
                    + Duration.between(begin, slots.get(parked.taskId()))));
  }

  private void park(Work work, Order.Park order) {
    Task task = work.task();
    healthyParked += task.destinationId().equals(HEALTHY) ? 1 : 0;
    parks.merge(task.taskId(), 1, Integer::sum);
    slots.put(task.taskId(), order.dueAt());
    allSlots.add(order.dueAt());
    outstanding.put(task.taskId(), task);
    time.at(order.dueAt().plus(TIMER_LATENESS), () -> arrive(task));
  }

  private void run(double perSecond) {
    double due = 0;
    while (time.isBefore(LONGEST)) {
      time.step();
      if (time.isBefore(ARRIVALS)) {
        for (due += perSecond * Simulation.STEP.toMillis() / 1e3; due >= 1; due--) {
          // Apart, so that the age tells which is newer.
          Task task = aTask().to(HANGING).createdAt(time.now().plusNanos(made.size())).build();
          made.add(task);
          arrive(task);
        }
        if (time.ticker().nanos() % Duration.ofMillis(50).toNanos() == 0) {
          arrive(aTask().to(HEALTHY).createdAt(time.now()).build());
        }
      } else if (delivered.size() == made.size()) {
        return;
      }
      time.happen();
      lanes.dispatch(starter);
      mostHeld = Math.max(mostHeld, underWay + lanes.waiting());
    }
  }

  @DisplayName("F14: a destination that is down for ten minutes")
  @ParameterizedTest(name = "{0} tasks a second, failing after {1} s")
  @CsvSource({"0.2, 30", "2, 30", "20, 30", "100, 30", "20, 0.01", "2, 0.01", "100, 5"})
  void parksEachTaskAFewTimesAndReleasesInOrder(double perSecond, double failsAfterSeconds) {
    failsAfter = Duration.ofMillis(Math.round(failsAfterSeconds * 1e3));
    run(perSecond);

    List<Task> meant =
        made.stream()
            .filter(task -> !task.createdAt().isBefore(begin.plus(HEALTHY_FOR)))
            .filter(task -> task.createdAt().isBefore(begin.plus(RECOVERY)))
            .toList();
    double mean =
        meant.stream()
            .mapToInt(task -> parks.getOrDefault(task.taskId(), 0))
            .average()
            .orElseThrow();
    Duration untilAll =
        meant.stream()
            .map(task -> Duration.between(begin.plus(RECOVERY), delivered.get(task.taskId())))
            .max(Comparator.naturalOrder())
            .orElseThrow();
    System.out.printf(
        "%.1f tasks/s failing after %s: parks per task mean %.2f, most %d; held at most %d;"
            + " last one %s after recovery%n",
        perSecond,
        failsAfter,
        mean,
        parks.values().stream().max(Comparator.naturalOrder()).orElse(0),
        mostHeld,
        untilAll);
    assertThat(delivered).hasSameSizeAs(made);
    assertThat(mean).isLessThanOrEqualTo(3);
    assertThat(overtakings).isEmpty();
    assertThat(mostHeld).isLessThanOrEqualTo(limits.inFlight() + 2 * limits.waiting());
    assertThat(healthyParked).isZero();
    assertThat(slowestHealthy).isLessThanOrEqualTo(Simulation.STEP);
    assertThat(untilAll).isLessThan(Duration.ofMinutes(5));
    // Never closer than the lane can drain: eight tenths of a hundred at a time, a second each or
    // less.
    for (int i = 1; i < allSlots.size(); i++) {
      assertThat(Duration.between(allSlots.get(i - 1), allSlots.get(i)))
          .isGreaterThanOrEqualTo(Duration.ofNanos(1_240_000));
    }
  }
}
