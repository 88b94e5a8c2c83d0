package io.waybill.timer;

import static io.waybill.timer.TaskBuilder.aTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationType;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in whatever order: every task is let go once, and none before its time. */
class NoneLostNoneEarlyTest {
  private static final int TASKS = 1_500;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 20, 300, 4_000, 50_000})
  void everyTaskIsLetGoOnceAndNotEarly(long seed) {
    Random random = new Random(seed);
    Map<TaskId, Instant> due = new HashMap<>();
    Map<TaskId, Instant> released = new HashMap<>();
    // A small bound per look, so that looks end in the middle of what is due.
    try (TimerDriver timer = new TimerDriver(bounded(7))) {
      while (due.size() < TASKS) {
        for (int i = random.nextInt(12); i > 0; i--) {
          Task task = aTask().priority(random.nextInt(11)).build();
          // Coarse times on purpose: many tasks share one.
          Instant dueAt =
              timer.now().plusMillis((random.nextInt(600) - 60) * 50L + random.nextInt(2));
          due.put(task.taskId(), dueAt);
          timer.park(task, dueAt);
        }
        collect(timer, due, released);
        timer.advance(Duration.ofMillis(random.nextInt(120)));
        collect(timer, due, released);
      }
      for (int i = 0; i < 5_000 && released.size() < due.size(); i++) {
        timer.advance(Duration.ofMillis(50));
        collect(timer, due, released);
      }
      assertThat(released.keySet()).isEqualTo(due.keySet());
      assertThat(timer.parkedCount()).isZero();
      assertThat(timer.indexedCount()).isZero();
    }
  }

  private static void collect(
      TimerDriver timer, Map<TaskId, Instant> due, Map<TaskId, Instant> released) {
    List<Task> tasks = new ArrayList<>(timer.released());
    tasks.addAll(timer.released(Topics.expressTasks(DestinationType.WEBHOOK)));
    for (Task task : tasks) {
      assertThat(timer.now()).isAfterOrEqualTo(due.get(task.taskId()));
      assertThat(released.put(task.taskId(), timer.now())).as("let go twice").isNull();
    }
  }

  @Test
  void letsTasksGoInTheOrderOfTheirDueTimes() {
    Random random = new Random(7);
    try (TimerDriver timer = new TimerDriver(bounded(1_000))) {
      Map<TaskId, Instant> due = new HashMap<>();
      for (int i = 0; i < 200; i++) {
        Task task = aTask().build();
        due.put(task.taskId(), timer.now().plusMillis(1 + random.nextInt(10_000)));
        timer.park(task, due.get(task.taskId()));
      }

      timer.advance(Duration.ofSeconds(11));

      List<Instant> order = timer.released().stream().map(task -> due.get(task.taskId())).toList();
      assertThat(order).hasSize(200).isSorted();
    }
  }

  @Test
  void oneLookHandlesNoMoreThanItsBound() {
    try (TimerDriver timer = new TimerDriver(bounded(100))) {
      for (int i = 0; i < 150; i++) {
        timer.park(aTask().build(), timer.now().plusSeconds(1));
      }

      timer.advance(Duration.ofSeconds(1));
      assertThat(timer.released()).hasSize(100);
      timer.advance(Duration.ofMillis(50));

      assertThat(timer.released()).hasSize(50);
    }
  }

  @Test
  void whatComesDueLaterDoesNotWaitBehindABacklog() {
    try (TimerDriver timer = new TimerDriver(bounded(10))) {
      for (int i = 0; i < 500; i++) {
        timer.park(aTask().build(), timer.now().plusSeconds(1));
      }
      Task later = aTask().build();
      timer.park(later, timer.now().plusMillis(1_200));

      timer.advance(Duration.ofSeconds(1));
      timer.advance(Duration.ofMillis(199));
      assertThat(timer.released()).doesNotContain(later);
      timer.advance(Duration.ofMillis(50));

      assertThat(timer.released()).contains(later);
      assertThat(timer.parkedCount()).isGreaterThan(400);
    }
  }

  @Test
  void aSecondBacklogIsNotLostBehindTheFirst() {
    try (TimerDriver timer = new TimerDriver(bounded(10))) {
      for (int i = 0; i < 300; i++) {
        timer.park(aTask().build(), timer.now().plusMillis(i % 2 == 0 ? 100 : 200));
      }
      Task later = aTask().build();
      timer.park(later, timer.now().plusMillis(1_900));

      int released = 0;
      boolean isLaterReleased = false;
      for (int i = 0; i < 40; i++) {
        timer.advance(Duration.ofMillis(50));
        List<Task> tasks = timer.released();
        released += tasks.size();
        isLaterReleased |= tasks.contains(later);
      }

      // What is late for more than a second is one backlog, so that what comes due now is not.
      assertThat(isLaterReleased).isTrue();
      assertThat(released).isGreaterThan(250);
      timer.advance(Duration.ofMillis(50));
      for (int i = 0; i < 10; i++) {
        timer.advance(Duration.ofMillis(50));
      }
      assertThat(timer.parkedCount()).isZero();
    }
  }

  @Test
  void aLookThatTakesTooLongStillHandlesOneTask() {
    TimerConfig hurried =
        new TimerConfig(Duration.ofMillis(50), 100, Duration.ofNanos(1), Duration.ofSeconds(1));
    try (TimerDriver timer = new TimerDriver(hurried)) {
      timer.park(aTask().build(), timer.now().plusSeconds(1));
      timer.park(aTask().build(), timer.now().plusSeconds(1));

      timer.advance(Duration.ofSeconds(1));
      assertThat(timer.released()).hasSize(1);
      timer.advance(Duration.ofMillis(50));

      assertThat(timer.released()).hasSize(1);
    }
  }

  private static TimerConfig bounded(int maxPerTick) {
    return new TimerConfig(
        Duration.ofMillis(50), maxPerTick, Duration.ofSeconds(10), Duration.ofSeconds(1));
  }
}
