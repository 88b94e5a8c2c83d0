package io.waybill.sender;

import static io.waybill.sender.TestTasks.aTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryOptions;
import io.waybill.domain.DestinationId;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * One destination gets more than twice as many express tasks as it can take, for two minutes, and a
 * task of the lowest priority now and then. Express tasks do not park behind what is parked, so its
 * lane is never without them.
 */
class ExpressOverloadSimulationTest {
  private static final DestinationId BUSY = new DestinationId("busy");
  private static final Duration LOAD = Duration.ofMinutes(2);
  private static final Duration LONGEST = Duration.ofMinutes(30);
  private static final Duration EXPRESS_EVERY = Duration.ofMillis(20);
  private static final Duration LOW_EVERY = Duration.ofSeconds(10);
  private static final Duration TIMER_LATENESS = Duration.ofMillis(200);

  /** Ten at a time: twenty a second. */
  private static final LaneLimits LIMITS = new LaneLimits(10, Double.POSITIVE_INFINITY, 3);

  private static final Duration ANSWER = Duration.ofMillis(500);

  private final Simulation time = new Simulation();
  private final Lanes lanes =
      new Lanes(
          LIMITS,
          Long.MAX_VALUE,
          () -> new FakeBreaker(BreakerPolicy.defaults(), time.ticker()),
          _ -> Optional.empty(),
          time.ticker());
  private final AssignedPartition partition =
      new AssignedPartition(new TopicPartition("tasks", 0), Optional.empty(), List.of());
  private final Map<TaskId, Integer> parks = new HashMap<>();
  private final List<Task> made = new ArrayList<>();
  private final List<Task> low = new ArrayList<>();

  /**
   * When a task of the lowest priority came into the lane after it was parked for the last time.
   */
  private final Map<TaskId, Instant> cameBack = new HashMap<>();

  private final Map<TaskId, Instant> inLane = new HashMap<>();
  private int oldestParked;
  private final List<Duration> lastWaits = new ArrayList<>();
  private int delivered;
  private long offset;

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
          Task task = work.task();
          inLane.remove(task.taskId());
          switch (order) {
            case Order.Send send -> {
              if (!task.isExpress()) {
                lastWaits.add(Duration.between(cameBack.get(task.taskId()), time.now()));
              }
              time.after(
                  ANSWER,
                  () -> {
                    lanes.ended(work, send, Verdict.GOOD);
                    delivered++;
                  });
            }
            case Order.Park park -> {
              parks.merge(task.taskId(), 1, Integer::sum);
              boolean isOldest = inLane.values().stream().allMatch(task.createdAt()::isBefore);
              oldestParked += isOldest && !inLane.isEmpty() ? 1 : 0;
              time.at(park.dueAt().plus(TIMER_LATENESS), () -> arrive(task));
            }
            case Order.Refuse _ -> throw new AssertionError();
          }
        }
      };

  private void arrive(Task task) {
    cameBack.put(task.taskId(), time.now());
    inLane.put(task.taskId(), task.createdAt());
    lanes.add(
        new Work(
            partition,
            partition.progress().received(offset).orElseThrow(),
            new RecordOrigin("tasks", 0, offset++),
            new Work.TaskRecord(task),
            1),
        starter);
  }

  private Task make(int priority) {
    // Apart, so that the age tells which is newer.
    Task task =
        aTask()
            .to(BUSY)
            .priority(priority)
            .createdAt(time.now().plusNanos(made.size() % 1_000_000))
            .build();
    made.add(task);
    arrive(task);
    return task;
  }

  private static boolean isTime(Duration elapsed, Duration every) {
    return elapsed.toMillis() % every.toMillis() == 0;
  }

  private void run() {
    while (time.isBefore(LONGEST)) {
      time.step();
      if (time.isBefore(LOAD)) {
        if (isTime(time.elapsed(), EXPRESS_EVERY)) {
          make(DeliveryOptions.HIGHEST_PRIORITY);
        }
        if (isTime(time.elapsed(), LOW_EVERY)) {
          low.add(make(DeliveryOptions.LOWEST_PRIORITY));
        }
      } else if (delivered == made.size()) {
        return;
      }
      time.happen();
      lanes.dispatch(starter);
    }
  }

  @Test
  void whatIsTheOldestLeavesAndNothingBouncesUnderLastingExpressOverload() {
    run();

    assertThat(delivered).isEqualTo(made.size());
    assertThat(low).hasSize(11);
    int mostOfLow =
        low.stream().mapToInt(task -> parks.getOrDefault(task.taskId(), 0)).max().orElseThrow();
    double mean =
        made.stream()
            .mapToInt(task -> parks.getOrDefault(task.taskId(), 0))
            .average()
            .orElseThrow();
    Duration longestLastWait = lastWaits.stream().max(Duration::compareTo).orElseThrow();
    System.out.printf(
        "express overload: parks per task mean %.2f, of the lowest priority at most %d; it waited"
            + " %d ms at most after its last return%n",
        mean, mostOfLow, longestLastWait.toMillis());
    assertThat(oldestParked).as("parked although nothing older waited").isZero();
    assertThat(mean).isLessThanOrEqualTo(3);
    assertThat(mostOfLow).isLessThanOrEqualTo(3);
    // Until the lane is looked at for what it has too much of, and ten starts at twenty a second.
    assertThat(longestLastWait).isLessThanOrEqualTo(Duration.ofSeconds(2));
  }
}
