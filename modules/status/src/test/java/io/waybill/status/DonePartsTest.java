package io.waybill.status;

import static io.waybill.status.Sample.ACME;
import static io.waybill.status.Sample.dead;
import static io.waybill.status.Sample.deadWithFallback;
import static io.waybill.status.Sample.failed;
import static io.waybill.status.Sample.failedForGood;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryCommand.Cancel;
import io.waybill.domain.DeliveryCommand.Replay;
import io.waybill.domain.DeliveryCommand.Retry;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryEvent.TaskTransition;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever has a mail does not get it again because somebody asks for another life of its task. */
class DonePartsTest {
  private final StatusDriver status = new StatusDriver();
  private final Sample sample = new Sample();

  @AfterEach
  void close() {
    status.close();
  }

  private TaskEvent event(
      int generation, int attempt, TaskTransition transition, String... doneParts) {
    TaskEvent event = sample.event("a", generation, attempt, transition);
    return new TaskEvent(
        event.deliveryId(),
        ACME,
        event.occurredAt(),
        event.taskId(),
        event.destinationId(),
        event.destinationType(),
        generation,
        attempt,
        transition,
        List.of(doneParts));
  }

  /** A delivery to a that got two parts done before it failed. */
  private void givenPartlyFailed() {
    status.event(sample.accepted("a"));
    status.event(event(0, 1, failed(), "one"));
    status.event(event(0, 2, failedForGood(), "one", "two"));
    status.event(event(0, 2, dead(Reason.SMTP_PERMANENT), "one", "two"));
    status.statuses();
  }

  private List<String> partsOfTheOnlyTask() {
    List<Task> tasks = status.tasks();
    assertThat(tasks).hasSize(1);
    return tasks.getFirst().doneParts();
  }

  @Test
  void aRetryBeginsWithWhatIsDone() {
    givenPartlyFailed();

    status.command(sample.command(new Retry(Set.of())));

    assertThat(partsOfTheOnlyTask()).containsExactly("one", "two");
  }

  @Test
  void aReplayBeginsWithWhatTheEventsSaidAndNotWithWhatTheCommandSays() {
    givenPartlyFailed();
    Task dead = sample.task("a", 0, Sample.DATA).withDone(List.of("forged"));

    status.command(sample.command(new Replay(dead)));

    assertThat(partsOfTheOnlyTask()).containsExactly("one", "two");
  }

  @Test
  void aLaterLifeKeepsWhatAnEarlierOneGotDone() {
    givenPartlyFailed();
    status.command(sample.command(new Retry(Set.of())));
    status.tasks();
    status.event(event(1, 1, failedForGood(), "one", "two", "three"));
    status.event(event(1, 1, dead(Reason.SMTP_PERMANENT)));

    status.command(sample.command(new Retry(Set.of())));

    assertThat(partsOfTheOnlyTask()).containsExactly("one", "two", "three");
  }

  /** The wish for a fallback is another topic's: it may be read before the events beside it. */
  @Test
  void whatIsDoneCountsAlsoWhenTheWishForAFallbackWasReadFirst() {
    status.event(sample.accepted("a"));
    status.command(sample.fallback("a", 0));
    status.event(event(0, 1, failedForGood(), "one"));
    status.event(event(0, 1, deadWithFallback(), "one"));

    status.command(sample.command(new Retry(Set.of())));

    assertThat(partsOfTheOnlyTask()).containsExactly("one");
  }

  @Test
  void whatIsDoneCountsAlsoWhenTheDeliveryWasCancelledMeanwhile() {
    status.event(sample.accepted("a"));
    status.command(sample.command(new Cancel()));
    status.event(event(0, 1, failed(), "one"));
    DeliveryStatus cancelled = status.status();
    assertThat(cancelled.state()).isEqualTo(OverallState.CANCELLED);

    status.command(sample.command(new Retry(Set.of(new DestinationId("a")))));

    assertThat(partsOfTheOnlyTask()).containsExactly("one");
  }
}
