package io.waybill.timer;

import static io.waybill.timer.TaskBuilder.aTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Control;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PauseTest {
  /** Looks are cut short on a busy machine. */
  private static final Duration MOMENT = Duration.ofSeconds(10);

  private static final Instant SINCE = Instant.ofEpochMilli(5_000);

  private final TimerDriver timer = new TimerDriver(TimerConfig.defaults());

  @AfterEach
  void close() {
    timer.close();
  }

  /** All that can pause a task to "hook" of "acme". */
  static List<Control.Paused> pauses() {
    return List.of(
        new Control.DestinationPaused(new DestinationId("hook"), SINCE),
        new Control.OrganizationPaused(
            new OrganizationId("acme"), SINCE, Optional.empty(), Optional.empty()),
        new Control.TypePaused(DestinationType.WEBHOOK, SINCE, Optional.empty(), Optional.empty()));
  }

  private void lift(Control pause) {
    timer.pipe(Topics.CONTROL, pause.key(), null);
  }

  private Instant in(Duration time) {
    return timer.now().plus(time);
  }

  /** In small steps, as time goes by. */
  private void pass(Duration time) {
    for (Duration left = time; left.isPositive(); left = left.minusMillis(500)) {
      timer.advance(Duration.ofMillis(500));
    }
  }

  @ParameterizedTest
  @MethodSource("pauses")
  void holdsEvenExpressTasksUntilThePauseEndsAndLetsThemGoAtOnce(Control.Paused pause) {
    Task early = aTask().build();
    Task express = aTask().priority(9).build();

    timer.control(pause);
    timer.park(early, in(Duration.ofSeconds(-1)));
    timer.park(express, in(Duration.ofSeconds(30)));
    pass(Duration.ofMinutes(10));
    assertThat(timer.released()).isEmpty();
    assertThat(timer.released(Topics.expressTasks(DestinationType.WEBHOOK))).isEmpty();
    assertThat(timer.parkedCount()).isEqualTo(2);
    lift(pause);
    pass(MOMENT);

    assertThat(timer.released()).extracting(Task::taskId).containsExactly(early.taskId());
    assertThat(timer.released(Topics.expressTasks(DestinationType.WEBHOOK)))
        .extracting(Task::taskId)
        .containsExactly(express.taskId());
    assertThat(timer.parkedCount()).isZero();
    assertThat(timer.indexedCount()).isZero();
  }

  @Test
  void whatIsNotPausedGoesOn() {
    Task other = aTask().to("other").build();

    timer.control(new Control.DestinationPaused(new DestinationId("hook"), SINCE));
    timer.park(aTask().build(), in(Duration.ofSeconds(1)));
    timer.park(other, in(Duration.ofSeconds(1)));
    timer.advance(Duration.ofSeconds(1));

    assertThat(timer.released()).containsExactly(other);
  }

  @Test
  void theOldestGoesFirstWhateverTheyWaitedForBefore() {
    Control.Paused pause = pauses().get(1);
    List<Task> byAge =
        IntStream.range(0, 50)
            .mapToObj(i -> aTask().createdAt(Instant.ofEpochMilli(10_000 + i)).build())
            .toList();
    List<Task> shuffled = new ArrayList<>(byAge);
    Collections.shuffle(shuffled, new Random(1));

    timer.control(pause);
    for (int i = 0; i < shuffled.size(); i++) {
      timer.park(shuffled.get(i), in(Duration.ofMillis(i * 37L - 500)));
    }
    pass(Duration.ofSeconds(10));
    lift(pause);
    pass(MOMENT);

    assertThat(timer.released())
        .extracting(Task::taskId)
        .containsExactlyElementsOf(byAge.stream().map(Task::taskId).toList());
  }

  @Test
  void aTaskGrowsNoOlderWhileItIsHeld() {
    Control.Paused pause = pauses().getFirst();
    Instant dueAt = in(Duration.ofHours(1));
    Task task = aTask().attempts(2).createdAt(timer.now()).build();

    timer.park(task, dueAt);
    timer.control(pause);
    pass(Duration.ofHours(1));
    Duration age = Duration.between(task.firstDueAt(), dueAt);
    timer.advance(Duration.ofDays(3));
    lift(pause);
    pass(MOMENT);

    Task released = timer.released().getFirst();
    assertThat(Duration.between(released.firstDueAt(), timer.now()))
        .isBetween(age, age.plus(MOMENT));
    assertThat(released.withFirstDueAt(task.firstDueAt())).isEqualTo(task);
  }

  @Test
  void whatASenderParkedBecauseOfAPauseGoesWithIt() {
    Control.Paused pause = pauses().getFirst();
    Task task = aTask().build();

    timer.control(pause);
    timer.park(
        DestinationType.WEBHOOK, new ParkedTask(task, in(Duration.ofMinutes(1)), Reason.PAUSED));
    pass(MOMENT);
    assertThat(timer.released()).isEmpty();
    lift(pause);
    pass(MOMENT);

    assertThat(timer.released()).containsExactly(task);
  }

  @Test
  void whatASenderParkedBecauseOfAPauseThatHasEndedWaitsForItsTime() {
    Task task = aTask().build();

    timer.park(
        DestinationType.WEBHOOK, new ParkedTask(task, in(Duration.ofSeconds(7)), Reason.PAUSED));
    timer.advance(Duration.ofSeconds(6));
    assertThat(timer.released()).isEmpty();
    timer.advance(Duration.ofSeconds(1));

    assertThat(timer.released()).containsExactly(task);
  }

  @Test
  void aTaskOfTwoPausesWaitsForBoth() {
    Task task = aTask().build();
    pauses().forEach(timer::control);
    timer.park(task, in(Duration.ofSeconds(1)));
    for (Control.Paused pause : pauses()) {
      pass(Duration.ofSeconds(5));
      assertThat(timer.released()).isEmpty();
      lift(pause);
    }
    pass(MOMENT);

    assertThat(timer.released()).extracting(Task::taskId).containsExactly(task.taskId());
  }

  @Test
  void aCancelledTaskEndsWithThePauseAndAnExpiredOneIsLeftToItsSender() {
    Control.Paused pause = pauses().getFirst();
    Task cancelled = aTask().build();
    Task expired = aTask().expiresAt(in(Duration.ofSeconds(1))).build();

    timer.control(pause);
    timer.park(cancelled, in(Duration.ofSeconds(1)));
    timer.park(expired, in(Duration.ofSeconds(1)));
    timer.advance(Duration.ofSeconds(1));
    assertThat(timer.released()).containsExactly(expired);
    timer.control(new Control.DeliveryCancelled(cancelled.deliveryId(), 0, timer.now()));
    lift(pause);
    pass(MOMENT);

    assertThat(timer.released()).isEmpty();
    assertThat(timer.parkedCount()).isZero();
  }

  /** A pause may last for longer than the status role keeps a cancelled delivery. */
  @Test
  void aCancelHoldsThoughItsWordIsGoneWhenThePauseEnds() {
    Control.Paused pause = pauses().getFirst();
    List<Task> tasks = IntStream.range(0, 120).mapToObj(_ -> aTask().build()).toList();
    Task cancelled = tasks.get(60);
    Control cancel = new Control.DeliveryCancelled(cancelled.deliveryId(), 0, SINCE);

    timer.control(pause);
    tasks.forEach(task -> timer.park(task, in(Duration.ZERO)));
    timer.control(cancel);
    pass(Duration.ofSeconds(5));
    assertThat(timer.parkedCount()).isEqualTo(119);
    assertThat(timer.indexedCount()).isEqualTo(119);
    lift(cancel);
    lift(pause);
    pass(MOMENT);

    assertThat(timer.released())
        .extracting(Task::taskId)
        .hasSize(119)
        .doesNotContain(cancelled.taskId());
  }

  /** Once while others are looked through for an earlier one. */
  @Test
  void eachCancelIsHeardOfByAllThatIsHeld() {
    Control.Paused pause = pauses().getFirst();
    List<Task> tasks =
        IntStream.range(0, 120)
            .mapToObj(i -> aTask().createdAt(Instant.ofEpochMilli(10_000 + i)).build())
            .toList();

    timer.control(pause);
    tasks.forEach(task -> timer.park(task, in(Duration.ZERO)));
    timer.control(new Control.DeliveryCancelled(tasks.get(119).deliveryId(), 0, SINCE));
    pass(Duration.ofSeconds(1));
    timer.control(new Control.DeliveryCancelled(tasks.get(0).deliveryId(), 0, SINCE));
    pass(Duration.ofSeconds(8));

    assertThat(timer.parkedCount()).isEqualTo(118);
  }

  @Test
  void aNewerLifeTakesThePlaceOfWhatIsHeld() {
    Control.Paused pause = pauses().getFirst();
    Task task = aTask().attempts(1).build();

    timer.control(pause);
    timer.park(task, in(Duration.ZERO));
    timer.park(task.withAttempts(2), in(Duration.ZERO));
    timer.park(task, in(Duration.ZERO));
    assertThat(timer.parkedCount()).isEqualTo(1);
    lift(pause);
    pass(MOMENT);

    assertThat(timer.released()).extracting(Task::attempts).containsExactly(2);
  }

  @Test
  void pausedAgainWhileItsTasksGoHoldsTheRest() {
    Control.Paused pause = pauses().getFirst();
    int many = 3 * TimerConfig.defaults().maxPerTick();

    timer.control(pause);
    for (int i = 0; i < many; i++) {
      timer.park(aTask().build(), in(Duration.ofSeconds(-1)));
    }
    lift(pause);
    timer.advance(TimerConfig.defaults().pausedRecheck());
    timer.control(pause);
    int gone = timer.released().size();
    assertThat(gone).isBetween(1, many - 1);
    pass(MOMENT);
    assertThat(timer.released()).isEmpty();
    lift(pause);
    for (int looks = 0; timer.parkedCount() > 0 && looks < many; looks++) {
      timer.advance(TimerConfig.defaults().pausedRecheck());
    }

    assertThat(timer.released()).hasSize(many - gone);
  }
}
