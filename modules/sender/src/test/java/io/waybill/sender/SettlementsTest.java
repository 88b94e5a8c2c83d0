package io.waybill.sender;

import static io.waybill.sender.TestTasks.NOW;
import static io.waybill.sender.TestTasks.ORIGIN;
import static io.waybill.sender.TestTasks.aTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.Outcome;
import io.waybill.domain.ParkedTask;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SettlementsTest {
  private static final Duration TOOK = Duration.ofMillis(12);
  private static final RetryPolicy TWO_RETRIES =
      new RetryPolicy(3, Duration.ofSeconds(1), 2, Duration.ofMinutes(1), 0, Duration.ofHours(24));

  private final Settlements settlements = new Settlements(new SplittableRandom(1));

  private Settlement after(Task task, Outcome outcome) {
    return after(task, outcome, TWO_RETRIES);
  }

  private Settlement after(Task task, Outcome outcome, RetryPolicy policy) {
    return settlements.ofAttempt(task, task, ORIGIN, outcome, policy, NOW);
  }

  private static Outcome.Transient answered503(Optional<Duration> retryAfter) {
    return new Outcome.Transient(Reason.HTTP_TRANSIENT, "answered 503", retryAfter, TOOK);
  }

  @Test
  void tellsOfADeliveryWithTheAttemptThatMadeIt() {
    Task task = aTask().attempts(1).generation(2).build();
    Settlement settlement =
        after(task, new Outcome.Delivered("201", Optional.of("their-id"), TOOK));
    assertThat(settlement.events())
        .containsExactly(
            new TaskEvent(
                task.deliveryId(),
                task.organizationId(),
                NOW,
                task.taskId(),
                task.destinationId(),
                task.destinationType(),
                2,
                2,
                new TaskTransition.Delivered("201", Optional.of("their-id"), TOOK)));
    assertThat(settlement.parked()).isEmpty();
    assertThat(settlement.deadLetter()).isEmpty();
  }

  @Test
  void twoRetriesAreThreeAttempts() {
    Task task = aTask().build();
    for (int made = 0; made < 2; made++) {
      Settlement again = after(task.withAttempts(made), answered503(Optional.empty()));
      Duration delay = Duration.ofSeconds(1L << made);
      assertThat(again.parked())
          .contains(new ParkedTask(task.withAttempts(made + 1), NOW.plus(delay), Reason.RETRY));
      assertThat(again.deadLetter()).isEmpty();
      assertThat(again.events())
          .extracting(TaskEvent::attempt, TaskEvent::transition)
          .containsExactly(
              tuple(
                  made + 1,
                  new TaskTransition.AttemptFailed(
                      Reason.HTTP_TRANSIENT, "answered 503", TOOK, Optional.of(NOW.plus(delay)))));
    }

    Settlement last = after(task.withAttempts(2), answered503(Optional.empty()));
    assertThat(last.parked()).isEmpty();
    DeadLetter letter = last.deadLetter().orElseThrow();
    assertThat(letter.reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
    assertThat(letter.message()).contains("all 3 attempts", "http-transient", "answered 503");
    assertThat(letter.task()).contains(task.withAttempts(3));
    assertThat(last.events())
        .extracting(TaskEvent::attempt, TaskEvent::transition)
        .containsExactly(
            tuple(
                3,
                new TaskTransition.AttemptFailed(
                    Reason.HTTP_TRANSIENT, "answered 503", TOOK, Optional.empty())),
            tuple(3, new TaskTransition.DeadLettered(Reason.ATTEMPTS_EXHAUSTED, letter.message())));
  }

  @DisplayName("F19: takes what the receiver asked for as a floor, up to an hour")
  @Test
  void takesWhatTheReceiverAskedForAsAFloorUpToAnHour() {
    Task task = aTask().build();
    assertThat(dueAfter(task, Duration.ofMillis(200))).isEqualTo(Duration.ofSeconds(1));
    assertThat(dueAfter(task, Duration.ofMinutes(30))).isEqualTo(Duration.ofMinutes(30));
    assertThat(dueAfter(task, Duration.ofDays(3))).isEqualTo(Duration.ofHours(1));
  }

  private Duration dueAfter(Task task, Duration asked) {
    ParkedTask parked = after(task, answered503(Optional.of(asked))).parked().orElseThrow();
    return Duration.between(NOW, parked.dueAt());
  }

  @Test
  void whatWaitsForTheEndOfAPauseGrowsNoOlder() {
    Task task = aTask().attempts(2).firstDueAt(NOW.minusSeconds(100)).build();

    Settlement settlement = settlements.paused(task, NOW.plusSeconds(7), NOW);

    ParkedTask parked = settlement.parked().orElseThrow();
    assertThat(parked.reason()).isEqualTo(Reason.PAUSED);
    assertThat(parked.dueAt()).isEqualTo(NOW.plusSeconds(7));
    assertThat(Duration.between(parked.task().firstDueAt(), parked.dueAt())).hasSeconds(100);
    assertThat(parked.task().attempts()).isEqualTo(2);
    assertThat(settlement.events())
        .extracting(TaskEvent::attempt, TaskEvent::transition)
        .containsExactly(tuple(2, new TaskTransition.Parked(Reason.PAUSED, NOW.plusSeconds(7))));
  }

  @Test
  void buriesWhatWouldBeTooOldAtItsNextAttempt() {
    Task old = aTask().firstDueAt(NOW.minus(Duration.ofHours(24)).plusMillis(500)).build();
    Settlement settlement = after(old, answered503(Optional.empty()));
    assertThat(settlement.parked()).isEmpty();
    assertThat(settlement.deadLetter().orElseThrow().reason()).isEqualTo(Reason.MAX_AGE);
    assertThat(settlement.deadLetter().orElseThrow().message()).contains("answered 503");
    assertThat(settlement.events()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"KEY_UNAVAILABLE", "DEPENDENCY_UNAVAILABLE", "EGRESS_UNAVAILABLE"})
  void spendsNoAttemptOnWhatIsOurs(Reason reason) {
    Task task = aTask().attempts(2).build();
    Settlement settlement =
        after(task, new Outcome.Transient(reason, "not now", Optional.empty(), TOOK));
    assertThat(settlement.parked())
        .contains(new ParkedTask(task, NOW.plus(Settlements.WAIT_FOR_DEPENDENCY), reason));
    assertThat(settlement.events())
        .extracting(TaskEvent::attempt, TaskEvent::transition)
        .containsExactly(
            tuple(2, new TaskTransition.Parked(reason, NOW.plus(Settlements.WAIT_FOR_DEPENDENCY))));
  }

  /** It is looked at again every five seconds, for days. */
  @ParameterizedTest
  @EnumSource(names = {"KEY_UNAVAILABLE", "DEPENDENCY_UNAVAILABLE", "EGRESS_UNAVAILABLE"})
  void neverLetsATaskGrowTooOldOnWhatIsOurs(Reason reason) {
    Task task = aTask().attempts(1).firstDueAt(NOW.minus(Duration.ofDays(3))).build();
    Settlement settlement =
        after(task, new Outcome.Transient(reason, "not now", Optional.empty(), TOOK));
    ParkedTask parked = settlement.parked().orElseThrow();
    assertThat(parked.task().firstDueAt().plus(TWO_RETRIES.maxAge()))
        .as("not too old when it comes back, even if that is late")
        .isAfter(parked.dueAt().plusSeconds(30));
    assertThat(parked.task().attempts()).isEqualTo(1);
    assertThat(settlement.deadLetter()).isEmpty();
  }

  @Test
  void buriesAPermanentFailureWithItsPayloadInside() {
    Task task = aTask().payload(new TaskPayload.Reference(ORIGIN, "0".repeat(64), 9)).build();
    Task whole = task.withPayload(new TaskPayload.Inline(RawJson.of("[1,2,3,4]")));
    Settlement settlement =
        settlements.ofAttempt(
            task,
            whole,
            ORIGIN,
            new Outcome.Permanent(Reason.GONE, "answered 410", TOOK),
            TWO_RETRIES,
            NOW);
    DeadLetter letter = settlement.deadLetter().orElseThrow();
    assertThat(letter.task()).contains(whole.withAttempts(1));
    assertThat(letter.reason()).isEqualTo(Reason.GONE);
    assertThat(letter.origin()).isEqualTo(ORIGIN);
    assertThat(settlement.events())
        .extracting(TaskEvent::transition)
        .containsExactly(
            new TaskTransition.AttemptFailed(Reason.GONE, "answered 410", TOOK, Optional.empty()),
            new TaskTransition.DeadLettered(Reason.GONE, "answered 410"));
  }

  @Test
  void aRetryKeepsTheReferenceSoThatLargePayloadsAreNotCopied() {
    Task task = aTask().payload(new TaskPayload.Reference(ORIGIN, "0".repeat(64), 9)).build();
    Task whole = task.withPayload(new TaskPayload.Inline(RawJson.of("[1,2,3,4]")));
    Settlement settlement =
        settlements.ofAttempt(task, whole, ORIGIN, answered503(Optional.empty()), TWO_RETRIES, NOW);
    assertThat(settlement.parked().orElseThrow().task()).isEqualTo(task.withAttempts(1));
  }

  @Test
  void whatAFailedAttemptGotDoneTravelsWithItsTask() {
    Task task = aTask().build().withDone(List.of("a"));
    Outcome again =
        new Outcome.Transient(
            Reason.SMTP_TRANSIENT, "451", Optional.empty(), TOOK, List.of("b", "a"));
    Outcome noMore = new Outcome.Permanent(Reason.SMTP_PERMANENT, "550", TOOK, List.of("c"));

    Task parked = after(task, again).parked().orElseThrow().task();
    Task exhausted =
        after(task.withAttempts(2), again).deadLetter().orElseThrow().task().orElseThrow();
    Task refused = after(task, noMore).deadLetter().orElseThrow().task().orElseThrow();

    assertThat(parked.doneParts()).containsExactly("a", "b");
    assertThat(exhausted.doneParts()).containsExactly("a", "b");
    assertThat(refused.doneParts()).containsExactly("a", "c");
    assertThat(refused.replayed(1, NOW).doneParts()).containsExactly("a", "c");
  }
}
