package io.waybill.status;

import static io.waybill.status.Sample.START;
import static io.waybill.status.Sample.delivered;
import static io.waybill.status.Sample.failed;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand.Cancel;
import io.waybill.domain.DeliveryCommand.Failed;
import io.waybill.domain.DeliveryCommand.Fallback;
import io.waybill.domain.DeliveryEvent;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fallbacks that cannot be decided at once, or not at all. */
class WaitingFallbackTest {
  private static final Failed GAVE_UP = new Failed(Reason.GONE, "answered 410");
  private static final Instant SINCE = START.plusSeconds(30);

  private final StatusDriver status = new StatusDriver();
  private final Sample sample = new Sample();

  @AfterEach
  void close() {
    status.close();
  }

  private void advanceTo(Instant time) {
    status.advance(Duration.between(status.now(), time));
  }

  private void assertNothingWaits() {
    assertThat(status.stored(StatusNodes.FALLBACKS_STORE)).isZero();
  }

  @Test
  void aCommandThatOvertakesTheAcceptanceWaitsForIt() {
    status.command(sample.fallback("a", 0, "b"));
    status.advance(Duration.ofMinutes(50));
    assertThat(status.deadLetters()).isEmpty();
    assertThat(status.tasks()).isEmpty();
    assertThat(status.statuses()).isEmpty();

    status.event(sample.accepted("a"));
    status.advance(Duration.ofSeconds(30));

    assertThat(status.tasks())
        .extracting(Task::destinationId)
        .containsExactly(new DestinationId("b"));
    assertNothingWaits();
  }

  @Test
  void anEarlierRefusalUnderTheSameIdIsNotTheDelivery() {
    status.event(sample.rejected(Reason.INVALID_FIELD, START));
    status.command(sample.fallback("a", 0, "b"));
    assertThat(status.deadLetters()).isEmpty();

    status.event(sample.accepted("a"));
    status.advance(Duration.ofSeconds(1));

    assertThat(status.tasks()).hasSize(1);
  }

  @Test
  void aCommandWhoseDeliveryNeverComesBecomesADeadLetter() {
    status.command(sample.fallback("a", 0, "b"));

    for (int minute = 0; minute < 70; minute++) {
      status.advance(Duration.ofMinutes(1));
    }

    List<DeadLetter> letters = status.deadLetters();
    assertThat(letters).hasSize(1);
    assertThat(letters.getFirst().reason()).isEqualTo(Reason.DELIVERY_NOT_FOUND);
    assertThat(letters.getFirst().origin()).isEqualTo(new RecordOrigin(Topics.COMMANDS, 0, 0));
    assertThat(letters.getFirst().deliveryId()).contains(sample.id);
    assertThat(letters.getFirst().originalValue()).isPresent();
    assertNothingWaits();
  }

  @Test
  void impossibleCommandsBecomeDeadLetters() {
    status.event(sample.accepted("a"));
    status.statuses();

    status.command(sample.fallback("nobody", 0, "b"));
    status.command(sample.fallback(new Sample().task("a", 0, Sample.DATA), GAVE_UP, "b"));
    status.command(
        sample.fallback(
            "a", 0, IntStream.range(0, 11).mapToObj(i -> "b" + i).toArray(String[]::new)));
    status.command(sample.overdue("a", START.plus(Duration.ofDays(2)), "b"));

    assertThat(status.deadLetters()).hasSize(4);
    assertThat(status.tasks()).isEmpty();
    assertThat(status.statuses()).isEmpty();
    assertNothingWaits();
  }

  @Test
  void otherContentIsNotSentAndTheFailureCountsAllTheSame() {
    status.event(sample.accepted("a"));

    status.command(sample.fallback(sample.task("a", 0, RawJson.of("{\"n\":2}")), GAVE_UP, "b"));

    assertThat(status.tasks()).isEmpty();
    assertThat(status.status().state()).isEqualTo(OverallState.FAILED);
    assertThat(status.audits())
        .singleElement()
        .satisfies(audit -> {
          assertThat(audit.action()).isEqualTo("fallback-refused");
          assertThat(audit.details()).containsEntry("reason", "other-payload");
        });
  }

  @Test
  void aReferenceIsTakenFromTheStateAndNotFromTheCommand() {
    status.event(sample.accepted("a"));
    Task elsewhere =
        sample
            .task("a", 0, Sample.DATA)
            .withPayload(
                new TaskPayload.Reference(
                    new RecordOrigin("somebody.elses", 0, 1), Sample.DATA.sha256(), 1));

    status.command(sample.fallback(elsewhere, GAVE_UP, "b"));

    assertThat(status.tasks()).extracting(Task::payload).containsExactly(Sample.PAYLOAD);
  }

  @Test
  void aMessageOfAnyLengthFitsTheStatus() {
    status.event(sample.accepted("a"));

    status.command(
        sample.fallback(
            sample.task("a", 0, Sample.DATA), new Failed(Reason.GONE, "x".repeat(3_000_000))));

    assertThat(status.status().destinations().getFirst().message().orElseThrow()).hasSize(2_000);
  }

  @Test
  void passesOverTypesThatAreNotSentHere() {
    StatusConfig base = StatusConfig.defaults(Set.of(DestinationType.STORAGE));
    try (var storageOnly = new StatusDriver(base)) {
      storageOnly.event(sample.accepted("a"));
      storageOnly.command(sample.fallback("a", 0, "b"));

      assertThat(storageOnly.status().state()).isEqualTo(OverallState.FAILED);
    }
  }

  @Test
  void anOverdueTaskGetsAFallbackWhenItIsTimeAndGoesOn() {
    status.event(sample.accepted("a"));
    status.event(sample.event("a", 0, 1, failed()));
    status.command(sample.overdue("a", SINCE, "b"));
    advanceTo(SINCE.minusMillis(1));
    assertThat(status.tasks()).isEmpty();

    advanceTo(SINCE);

    assertThat(status.tasks())
        .extracting(Task::destinationId)
        .containsExactly(new DestinationId("b"));
    assertThat(status.status().destinations())
        .extracting(DestinationStatus::state)
        .containsExactly(DestinationState.RETRYING, DestinationState.PENDING);
    assertNothingWaits();

    status.event(sample.event("b", 0, 1, delivered()));
    DeliveryStatus half = status.status();
    assertThat(half.state()).as("the first may get it too").isEqualTo(OverallState.PROCESSING);
    assertThat(half.destinations().getFirst().deliveredBy()).contains(new DestinationId("b"));
    status.event(sample.event("a", 0, 2, delivered()));
    DeliveryStatus both = status.status();
    assertThat(both.state()).isEqualTo(OverallState.COMPLETED);
    assertThat(both.destinations().getFirst().deliveredBy()).isEmpty();
  }

  @Test
  void anOverdueTaskThatFailsLaterGoesOnWithTheFallbackThatIsUnderWay() {
    status.event(sample.accepted("a"));
    status.command(sample.overdue("a", START, "b", "c"));
    assertThat(status.tasks()).hasSize(1);

    status.command(sample.fallback("a", 0, "b", "c"));
    assertThat(status.tasks()).isEmpty();
    assertThat(status.status().state()).isEqualTo(OverallState.PROCESSING);
    status.command(sample.fallback("b", 0));

    assertThat(status.tasks())
        .extracting(Task::destinationId)
        .containsExactly(new DestinationId("c"));
  }

  @Test
  void whatIsOverBeforeItIsOverdueNeedsNoFallback() {
    Sample other = new Sample();
    status.event(sample.accepted("a"));
    status.event(other.accepted("a"));
    status.command(sample.overdue("a", SINCE, "b"));
    status.command(other.overdue("a", SINCE, "b"));
    status.event(sample.event("a", 0, 1, delivered()));
    status.command(other.command(new Cancel()));
    status.audits();

    advanceTo(SINCE.plusSeconds(10));

    assertThat(status.tasks()).isEmpty();
    assertThat(status.audits()).isEmpty();
    assertNothingWaits();
  }

  @Test
  void anOverdueWishThatComesTwiceSendsOnce() {
    status.event(sample.accepted("a"));
    status.command(sample.overdue("a", SINCE, "b", "c"));
    status.command(sample.overdue("a", SINCE, "b", "c"));

    advanceTo(SINCE);
    status.command(sample.overdue("a", SINCE, "b", "c"));

    assertThat(status.tasks()).hasSize(1);
    assertNothingWaits();
  }

  @Test
  void anOverdueWishThatOvertookTheAcceptanceWaitsForIt() {
    status.command(sample.overdue("a", START.plus(Duration.ofHours(20)), "b"));
    status.advance(Duration.ofHours(20));
    assertThat(status.deadLetters()).isEmpty();

    status.event(sample.accepted("a"));
    status.advance(Duration.ofMinutes(1));

    assertThat(status.tasks()).hasSize(1);
  }

  @Test
  void oneLookIsBounded() {
    StatusConfig base = StatusConfig.defaults(Set.of(DestinationType.WEBHOOK));
    StatusConfig bounded =
        new StatusConfig(
            base.types(), false, base.retention(), base.purgeTick(), 1, Duration.ofSeconds(1), 3);
    try (var many = new StatusDriver(bounded)) {
      for (int i = 0; i < 5; i++) {
        Sample one = new Sample();
        many.event(one.accepted("a"));
        many.command(one.overdue("a", START.plusSeconds(1), "b"));
      }

      many.advance(Duration.ofSeconds(1));
      assertThat(many.tasks()).hasSize(3);
      many.advance(Duration.ofSeconds(1));
      assertThat(many.tasks()).hasSize(2);
    }
  }

  @Test
  void whatHasExpiredIsSentToNobody() {
    var accepted = sample.accepted("a");
    status.event(
        new DeliveryEvent.Accepted(
            accepted.deliveryId(),
            accepted.organizationId(),
            accepted.occurredAt(),
            accepted.summary(),
            accepted.payload(),
            accepted.metadataSha256(),
            Optional.empty(),
            Optional.of(START.plusSeconds(5)),
            accepted.tasks(),
            List.of()));
    status.advance(Duration.ofSeconds(5));

    status.command(sample.fallback("a", 0, "b"));

    assertThat(status.tasks()).isEmpty();
    assertThat(status.status().state()).isEqualTo(OverallState.FAILED);
    assertThat(status.stored(StatusNodes.FALLBACKS_STORE)).isZero();
  }

  @Test
  void anotherOrganizationsDeliveryReadsLikeNone() {
    status.event(sample.accepted("a"));
    Task theirs = sample.task("a", 0, Sample.DATA);
    Task claimed =
        new Task(
            TaskId.of(Sample.EVIL, sample.id, new DestinationId("a")),
            Sample.EVIL,
            sample.id,
            new DestinationId("a"),
            theirs.destinationType(),
            1,
            0,
            1,
            "report",
            theirs.payload(),
            theirs.metadata(),
            Optional.empty(),
            List.of(),
            5,
            START,
            START,
            Optional.empty(),
            0);

    status.command(sample.command(Sample.EVIL, new Fallback(claimed, List.of(), GAVE_UP)));

    assertThat(status.deadLetters())
        .extracting(DeadLetter::reason)
        .containsExactly(Reason.DELIVERY_NOT_FOUND);
    assertThat(status.statuses()).hasSize(1);
  }
}
