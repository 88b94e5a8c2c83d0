package io.waybill.status;

import static io.waybill.status.Sample.dead;
import static io.waybill.status.Sample.deadWithFallback;
import static io.waybill.status.Sample.delivered;
import static io.waybill.status.Sample.failedForGood;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.Control;
import io.waybill.domain.DeliveryCommand.Cancel;
import io.waybill.domain.DeliveryCommand.Replay;
import io.waybill.domain.DeliveryCommand.Retry;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FallbackTest {
  private static final Set<OverallState> OVER =
      Set.of(OverallState.FAILED, OverallState.PARTIAL, OverallState.COMPLETED);

  private final StatusDriver status = new StatusDriver();
  private final Sample sample = new Sample();

  @AfterEach
  void close() {
    status.close();
  }

  private static DestinationId id(String name) {
    return new DestinationId(name);
  }

  private static DestinationStatus entry(DeliveryStatus delivery, String name) {
    return delivery.destinations().stream()
        .filter(one -> one.destinationId().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** What the sender of a destination says when it gives up, with whom it would ask next. */
  private void givesUp(String destination, int generation, String... targets) {
    status.event(sample.event(destination, generation, 4, deadWithFallback()));
    status.command(sample.fallback(destination, generation, targets));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sendsTheFallbackWhicheverOfEventAndCommandIsReadFirst(boolean eventFirst) {
    sample.priority = 9;
    status.event(sample.accepted("a"));
    if (!eventFirst) {
      status.command(sample.fallback("a", 0, "b"));
    }
    status.event(sample.event("a", 0, 4, failedForGood()));
    status.event(sample.event("a", 0, 4, deadWithFallback()));
    if (eventFirst) {
      assertThat(status.expressTasks()).isEmpty();
      status.command(sample.fallback("a", 0, "b"));
    }

    List<Task> tasks = status.expressTasks();
    assertThat(tasks).hasSize(1);
    Task task = tasks.getFirst();
    assertThat(task.taskId()).isEqualTo(sample.taskId("b"));
    assertThat(task.destinationId()).isEqualTo(id("b"));
    assertThat(task.destinationVersion()).isEqualTo(7);
    assertThat(task.fallbackOf()).contains(id("a"));
    assertThat(task.attempts()).isZero();
    assertThat(task.generation()).isZero();
    assertThat(task.firstDueAt()).isEqualTo(status.now());
    assertThat(task.payload()).isEqualTo(sample.task("a", 0, Sample.DATA).payload());
    assertThat(task.metadata()).isEqualTo(Sample.METADATA);
    List<DeliveryStatus> shown = status.statuses();
    assertThat(shown).extracting(DeliveryStatus::state).doesNotContainAnyElementsOf(OVER);
    DestinationStatus a = entry(shown.getLast(), "a");
    assertThat(a.state()).isEqualTo(DestinationState.FAILED);
    assertThat(a.attempts()).isEqualTo(4);
    assertThat(a.reason()).contains(Reason.ATTEMPTS_EXHAUSTED);
    assertThat(a.message()).contains("gave up");
    assertThat(entry(shown.getLast(), "b").fallbackOf()).containsExactly(id("a"));
    AuditRecord audit = status.audits().getLast();
    assertThat(audit.action()).isEqualTo("fallback-sent");
    assertThat(audit.details())
        .containsEntry("destinationId", "a")
        .containsEntry("fallbackDestinationIds", "b");

    status.event(sample.event("b", 0, 1, delivered()));

    DeliveryStatus completed = status.status();
    assertThat(completed.state()).isEqualTo(OverallState.COMPLETED);
    assertThat(entry(completed, "a").state()).isEqualTo(DestinationState.FAILED);
    assertThat(entry(completed, "a").deliveredBy()).contains(id("b"));
    assertThat(entry(completed, "b").deliveredBy()).isEmpty();
    assertThat(status.deadLetters()).isEmpty();
  }

  @Test
  void triesOneAfterTheOtherThenItsOwnFallbacksAndFailsWhenAllHave() {
    status.event(sample.accepted("a", "x"));
    status.event(sample.event("x", 0, 1, delivered()));
    givesUp("a", 0, "b", "c");
    assertThat(status.tasks()).extracting(Task::destinationId).containsExactly(id("b"));
    givesUp("b", 0, "d");
    assertThat(status.tasks()).extracting(Task::destinationId).containsExactly(id("c"));
    givesUp("c", 0);
    assertThat(status.tasks())
        .extracting(Task::destinationId, Task::fallbackOf)
        .containsExactly(tuple(id("d"), Optional.of(id("a"))));
    assertThat(status.statuses())
        .extracting(DeliveryStatus::state)
        .doesNotContainAnyElementsOf(OVER);

    givesUp("d", 0);

    assertThat(status.tasks()).isEmpty();
    DeliveryStatus partial = status.status();
    assertThat(partial.state()).isEqualTo(OverallState.PARTIAL);
    assertThat(partial.destinations())
        .extracting(DestinationStatus::destinationId, DestinationStatus::state)
        .containsExactly(
            tuple("a", DestinationState.FAILED),
            tuple("x", DestinationState.DELIVERED),
            tuple("b", DestinationState.FAILED),
            tuple("c", DestinationState.FAILED),
            tuple("d", DestinationState.FAILED));
  }

  @Test
  void aCommandThatComesAgainSendsNothing() {
    status.event(sample.accepted("a"));

    status.command(sample.fallback("a", 0, "b", "c"));
    status.command(sample.fallback("a", 0, "b", "c"));
    status.event(sample.event("b", 0, 1, delivered()));
    status.command(sample.fallback("a", 0, "b", "c"));

    assertThat(status.tasks()).hasSize(1);
    assertThat(status.audits()).hasSize(1);
    assertThat(status.status().state()).isEqualTo(OverallState.COMPLETED);
  }

  @Test
  void endsWhereTwoDestinationsStandInForEachOther() {
    status.event(sample.accepted("a"));

    givesUp("a", 0, "b");
    givesUp("b", 0, "a");

    assertThat(status.tasks()).hasSize(1);
    assertThat(status.status().state()).isEqualTo(OverallState.FAILED);
  }

  @Test
  void passesOverWhatTheRequestNames() {
    status.event(sample.accepted("a", "b"));

    givesUp("a", 0, "b", "c");

    assertThat(status.tasks()).extracting(Task::destinationId).containsExactly(id("c"));
  }

  @Test
  void oneFallbackServesAllWhomItStandsInFor() {
    status.event(sample.accepted("a", "x"));

    givesUp("a", 0, "b");
    givesUp("x", 0, "b");
    assertThat(status.tasks()).hasSize(1);
    assertThat(entry(status.status(), "b").fallbackOf()).containsExactly(id("a"), id("x"));
    status.event(sample.event("b", 0, 1, delivered()));

    DeliveryStatus completed = status.status();
    assertThat(completed.state()).isEqualTo(OverallState.COMPLETED);
    assertThat(entry(completed, "a").deliveredBy()).contains(id("b"));
    assertThat(entry(completed, "x").deliveredBy()).contains(id("b"));
  }

  @Test
  void whenASharedFallbackFailsEachGoesOnWithItsOwn() {
    status.event(sample.accepted("a", "x"));
    givesUp("a", 0, "b", "c");
    givesUp("x", 0, "b", "d");
    assertThat(status.tasks()).hasSize(1);

    givesUp("b", 0);

    assertThat(status.tasks())
        .extracting(Task::destinationId, Task::fallbackOf)
        .containsExactlyInAnyOrder(
            tuple(id("c"), Optional.of(id("a"))), tuple(id("d"), Optional.of(id("x"))));
  }

  @Test
  void whatStoodInBeforeStandsInForALateFailureToo() {
    status.event(sample.accepted("a", "x"));
    givesUp("a", 0, "b");
    status.event(sample.event("b", 0, 1, delivered()));
    status.tasks();

    givesUp("x", 0, "b", "c");

    assertThat(status.tasks()).isEmpty();
    assertThat(status.status().state()).isEqualTo(OverallState.COMPLETED);
  }

  @Test
  void aCancelBetweenEventAndCommandStopsTheFallback() {
    status.event(sample.accepted("a"));
    status.event(sample.event("a", 0, 4, deadWithFallback()));
    status.command(sample.command(new Cancel()));

    status.command(sample.fallback("a", 0, "b"));

    assertThat(status.tasks()).isEmpty();
    assertThat(status.status().state()).isEqualTo(OverallState.CANCELLED);
  }

  @Test
  void aCancelReachesTheFallbackThatIsUnderWay() {
    status.event(sample.accepted("a"));
    givesUp("a", 0, "b", "c");

    status.command(sample.command(new Cancel()));

    assertThat(status.controls())
        .containsExactly(new Control.DeliveryCancelled(sample.id, 0, status.now()));
    assertThat(entry(status.status(), "b").state()).isEqualTo(DestinationState.CANCELLED);
    status.tasks();
    givesUp("b", 0);
    assertThat(status.tasks()).isEmpty();
  }

  @Test
  void aRetryGivesAFailedFallbackAnotherLifeWhenItIsNeededAgain() {
    status.event(sample.accepted("a"));
    givesUp("a", 0, "b");
    givesUp("b", 0);
    status.tasks();

    status.command(sample.command(new Retry(Set.of())));
    assertThat(status.tasks())
        .extracting(Task::destinationId, Task::generation)
        .containsExactly(tuple(id("a"), 1));
    givesUp("a", 1, "b");

    assertThat(status.tasks())
        .extracting(Task::destinationId, Task::generation, Task::fallbackOf)
        .containsExactly(tuple(id("b"), 1, Optional.of(id("a"))));
    givesUp("b", 1, "a");
    assertThat(status.tasks()).isEmpty();
    assertThat(status.status().state()).isEqualTo(OverallState.FAILED);
  }

  @Test
  void aFallbackThatIsNamedIsRetriedByItself() {
    status.event(sample.accepted("a"));
    givesUp("a", 0, "b");
    givesUp("b", 0);
    status.tasks();

    status.command(sample.command(new Retry(Set.of(id("b")))));
    assertThat(status.tasks())
        .extracting(Task::destinationId, Task::generation, Task::fallbackOf)
        .containsExactly(tuple(id("b"), 1, Optional.of(id("a"))));
    status.event(sample.event("b", 1, 1, delivered()));

    DeliveryStatus completed = status.status();
    assertThat(completed.state()).isEqualTo(OverallState.COMPLETED);
    assertThat(entry(completed, "a").deliveredBy()).contains(id("b"));
  }

  @Test
  void aReplayOfWhatAFallbackDeliveredIsSentAndAsksNobodyAgain() {
    status.event(sample.accepted("a"));
    givesUp("a", 0, "b", "c");
    status.event(sample.event("b", 0, 1, delivered()));
    status.tasks();

    status.command(sample.command(new Retry(Set.of())));
    assertThat(status.tasks()).as("nothing that nobody delivered").isEmpty();
    status.command(sample.command(new Replay(sample.task("a", 0, Sample.DATA))));
    assertThat(status.tasks())
        .extracting(Task::destinationId, Task::generation)
        .containsExactly(tuple(id("a"), 1));
    givesUp("a", 1, "b", "c");

    assertThat(status.tasks()).isEmpty();
    assertThat(status.status().state()).isEqualTo(OverallState.COMPLETED);
  }

  @Test
  void aRequestedDestinationThatGotItAfterAllNeedsNobody() {
    status.event(sample.accepted("a"));
    givesUp("a", 0, "b");
    status.event(sample.event("b", 0, 1, delivered()));

    status.event(sample.event("a", 0, 5, delivered()));

    DeliveryStatus after = status.status();
    assertThat(after.state()).isEqualTo(OverallState.COMPLETED);
    assertThat(entry(after, "a").state()).isEqualTo(DestinationState.DELIVERED);
    assertThat(entry(after, "a").deliveredBy()).isEmpty();
  }

  @Test
  void aFailureWithoutAFallbackIsShownAtOnce() {
    status.event(sample.accepted("a"));

    status.event(sample.event("a", 0, 4, dead(Reason.GONE)));

    assertThat(status.status().state()).isEqualTo(OverallState.FAILED);
  }
}
