package io.waybill.sender;

import static io.waybill.sender.TestTasks.aTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationId;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A hundred destinations in one partition, of which some hang for ten minutes at once: the default
 * limits with what they are kept in, reading, committing, a timer that is a little late, and
 * receivers, by a time that the test makes.
 */
@Tag("long")
class SeveralHangSimulationTest {
  private static final int DESTINATIONS = 100;
  private static final Duration HEALTHY_FOR = Duration.ofSeconds(20);
  private static final Duration RECOVERY = HEALTHY_FOR.plusMinutes(10);
  private static final Duration ARRIVALS = RECOVERY.plusMinutes(1);
  private static final Duration LONGEST = RECOVERY.plusMinutes(20);
  private static final Duration TIMER_LATENESS = Duration.ofMillis(200);
  private static final Duration ANSWER = Duration.ofMillis(100);
  private static final Duration TIME_OUT = Duration.ofSeconds(30);
  private static final Settled NOTHING = new Settled(List.of(), 0, TestTasks.DELIVERED);

  private final Simulation time = new Simulation();
  private final Instant begin = time.now();
  private final SenderLimits limits = SenderLimits.defaults();
  private final Budget budget = new Budget(limits.inFlight(), limits.bytes());
  private final Lanes lanes =
      new Lanes(
          limits.lane(),
          Long.MAX_VALUE,
          () -> new FakeBreaker(BreakerPolicy.defaults(), time.ticker()),
          _ -> Optional.empty(),
          time.ticker());
  private final AssignedPartition partition =
      new AssignedPartition(new TopicPartition("tasks", 0), Optional.empty(), List.of());

  private final ArrayDeque<Task> unread = new ArrayDeque<>();
  private final Map<TaskId, Integer> parks = new HashMap<>();
  private final Map<DestinationId, Map<TaskId, Instant>> parkedUntil = new HashMap<>();
  private final Map<TaskId, Instant> createdAt = new HashMap<>();
  private final Map<DestinationId, Instant> lastSlots = new HashMap<>();
  private final Set<TaskId> tried = new HashSet<>();
  private final List<Long> othersDelays = new ArrayList<>();
  private final List<String> overtakings = new ArrayList<>();
  private int hanging;
  private int othersParked;
  private long worstDelay = -1;
  private Duration worstAt = Duration.ZERO;
  private int meant;
  private int undelivered;
  private int longestNote;
  private int heldBack;
  private long mostHeld;
  private int mostInFlight;
  private Duration closestSlots = Duration.ofDays(1);
  private Instant lastDelivered = begin;
  private long offset;
  private long numbers;

  private final Lanes.Starter starter =
      new Lanes.Starter() {
        @Override
        public boolean allows(Work work) {
          return budget.allowsSend(0, work.isExpress());
        }

        @Override
        public int freeForAttempts(Work work) {
          return Math.min(budget.freeSends(false), limits.readUpTo() - partition.inFlight());
        }

        @Override
        public int freePlaces(Work work) {
          return limits.readUpTo() - partition.progress().size();
        }

        @Override
        public boolean allowsParking(Work work) {
          return true;
        }

        @Override
        public void start(Work work, Order order) {
          partition.started();
          switch (order) {
            case Order.Send send -> send(work, send);
            case Order.Park park -> park(work, park);
            case Order.Refuse _ -> throw new AssertionError();
          }
        }
      };

  private boolean isHanging(DestinationId id) {
    return Integer.parseInt(id.value()) < hanging;
  }

  private boolean hangs(DestinationId id) {
    return isHanging(id)
        && !time.now().isBefore(begin.plus(HEALTHY_FOR))
        && time.now().isBefore(begin.plus(RECOVERY));
  }

  private void finish(Work work) {
    partition.ended();
    partition.progress().finish(work.place(), new AssignedPartition.Finished(NOTHING, 1));
  }

  private void send(Work work, Order.Send order) {
    Task task = work.task();
    DestinationId to = task.destinationId();
    budget.sendStarted(0, false);
    if (!isHanging(to)) {
      long delay = Duration.between(task.createdAt(), time.now()).toMillis();
      othersDelays.add(delay);
      if (delay > worstDelay) {
        worstDelay = delay;
        worstAt = Duration.between(begin, time.now());
      }
    } else if (tried.add(task.taskId()) && !parks.containsKey(task.taskId())) {
      noteOvertaking(task);
    }
    boolean fails = hangs(to);
    time.after(
        fails ? TIME_OUT : ANSWER,
        () -> {
          budget.sendEnded(0, false);
          finish(work);
          lanes.ended(work, order, fails ? Verdict.BAD : Verdict.GOOD);
          if (fails) {
            // Tried again after a while, as its retry policy says.
            time.after(Duration.ofSeconds(60), () -> unread.add(task));
          } else if (isHanging(to)) {
            undelivered--;
            lastDelivered = time.now();
          }
        });
  }

  private void noteOvertaking(Task task) {
    parkedUntil.getOrDefault(task.destinationId(), Map.of()).entrySet().stream()
        .filter(parked -> createdAt.get(parked.getKey()).isBefore(task.createdAt()))
        .filter(parked -> parked.getValue().isAfter(time.now()))
        .findAny()
        .ifPresent(parked -> overtakings.add(task.createdAt() + " before one parked"));
  }

  private void park(Work work, Order.Park order) {
    Task task = work.task();
    DestinationId to = task.destinationId();
    if (isHanging(to)) {
      parks.merge(task.taskId(), 1, Integer::sum);
      parkedUntil.computeIfAbsent(to, _ -> new HashMap<>()).put(task.taskId(), order.dueAt());
      createdAt.put(task.taskId(), task.createdAt());
    } else {
      othersParked++;
    }
    Instant last = lastSlots.put(to, order.dueAt());
    if (last != null) {
      Duration apart = Duration.between(last, order.dueAt());
      closestSlots = apart.compareTo(closestSlots) < 0 ? apart : closestSlots;
    }
    finish(work);
    time.at(
        order.dueAt().plus(TIMER_LATENESS),
        () -> {
          parkedUntil.getOrDefault(to, Map.of()).remove(task.taskId());
          unread.add(task);
        });
  }

  private void read() {
    if (partition.progress().size() > limits.readUpTo()) {
      return;
    }
    for (int i = 0; i < limits.pollRecords() && !unread.isEmpty(); i++) {
      Task task = unread.removeFirst();
      lanes.add(
          new Work(
              partition,
              partition.progress().received(offset).orElseThrow(),
              new RecordOrigin("tasks", 0, offset++),
              new Work.TaskRecord(task),
              1),
          starter);
    }
  }

  private void commit() {
    var finished = partition.progress().finished(limits.batchRecords());
    partition
        .progress()
        .step(finished, offset)
        .ifPresent(step -> {
          longestNote = Math.max(longestNote, CommitNote.length(step.offset(), step.complete()));
          heldBack += finished.size() - step.places().size();
          partition.progress().committed(step);
        });
  }

  private void arrive(int number, Instant at) {
    // Apart, so that the age tells which is newer.
    Task task =
        aTask()
            .to(new DestinationId(Integer.toString(number)))
            .createdAt(at.plusNanos(numbers++ % 9_000_000))
            .build();
    if (isHanging(task.destinationId())) {
      undelivered++;
      boolean isMeant = !at.isBefore(begin.plus(HEALTHY_FOR)) && at.isBefore(begin.plus(RECOVERY));
      meant += isMeant ? 1 : 0;
    }
    unread.add(task);
  }

  /** Arrivals at one rate to those that hang, in turn, and at another to the others. */
  private void run(double toHanging, double toOthers) {
    double dueToHanging = 0;
    double dueToOthers = 0;
    long turns = 0;
    long othersTurns = 0;
    for (long step = 0; time.isBefore(LONGEST); step++) {
      time.step();
      if (time.isBefore(ARRIVALS)) {
        for (dueToHanging += toHanging / 100; dueToHanging >= 1; dueToHanging--) {
          arrive((int) (turns++ % hanging), time.now());
        }
        for (dueToOthers += toOthers / 100; dueToOthers >= 1; dueToOthers--) {
          arrive(hanging + (int) (othersTurns++ % (DESTINATIONS - hanging)), time.now());
        }
      } else if (undelivered == 0) {
        return;
      }
      time.happen();
      if (step % 3 == 0) {
        commit();
      }
      lanes.dispatch(starter);
      read();
      lanes.dispatch(starter);
      mostHeld = Math.max(mostHeld, partition.progress().size());
      mostInFlight = Math.max(mostInFlight, budget.inFlight());
    }
  }

  private long percentile(double share) {
    List<Long> sorted = othersDelays.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size()));
  }

  @ParameterizedTest(name = "{0} of 100 hang, {1} tasks a second to them, {2} to the others")
  @CsvSource({
    "1, 100, 400, 20, 20",
    "1, 450, 50, 20, 20",
    "2, 100, 400, 20, 20",
    "2, 450, 50, 20, 20",
    "8, 100, 400, 20, 20",
    "8, 450, 50, 20, 20",
    // So many a second fill the partition before it can be known that they hang.
    "8, 900, 100, 20, 250",
    // What all forty parked when they opened comes back at once, before what stands behind it.
    "40, 450, 50, 1000, 1500"
  })
  void theOthersGoOnAsIfNothingHung(
      int many, double toHanging, double toOthers, long thousandthMillis, long mostMillis) {
    hanging = many;
    run(toHanging, toOthers);

    double mean = parks.values().stream().mapToInt(Integer::intValue).sum() / (double) meant;
    System.out.printf(
        "%d hang, %.0f tasks/s to them, %.0f to others: others wait p99 %d ms, p99.9 %d ms, most"
            + " %d ms (at %s); parks per task mean %.2f, most %d; held at most %d, in flight %d; longest"
            + " note %d; last one %s after recovery%n",
        many,
        toHanging,
        toOthers,
        percentile(0.99),
        percentile(0.999),
        worstDelay,
        worstAt,
        mean,
        parks.values().stream().max(Comparator.naturalOrder()).orElse(0),
        mostHeld,
        mostInFlight,
        longestNote,
        Duration.between(begin.plus(RECOVERY), lastDelivered));
    assertThat(undelivered).isZero();
    assertThat(othersParked).isZero();
    // Two steps at most: one to read, one for the commit that makes room.
    assertThat(percentile(0.99)).isLessThanOrEqualTo(Simulation.STEP.multipliedBy(2).toMillis());
    assertThat(percentile(0.999)).isLessThanOrEqualTo(thousandthMillis);
    assertThat(percentile(1)).isLessThanOrEqualTo(mostMillis);
    assertThat(mean).isLessThanOrEqualTo(3);
    assertThat(overtakings).isEmpty();
    assertThat(heldBack).as("outcomes that wait for room in the note").isZero();
    assertThat(mostHeld).isLessThanOrEqualTo(limits.perPartition());
    // The longest wait, probing, and the time that all take at eight tenths of what one can take.
    assertThat(Duration.between(begin.plus(RECOVERY), lastDelivered))
        .isLessThan(Duration.ofMinutes(4).plusSeconds(meant / many / 800));
    // Never closer than the lane can drain: eight tenths of a hundred at a time, a tenth of a
    // second each.
    assertThat(closestSlots).isGreaterThanOrEqualTo(Duration.ofNanos(1_240_000));
  }
}
