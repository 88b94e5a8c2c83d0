package io.waybill.status;

import static io.waybill.status.Sample.ACME;
import static io.waybill.status.Sample.EVIL;
import static io.waybill.status.Sample.dead;
import static io.waybill.status.Sample.delivered;
import static io.waybill.status.Sample.failed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.Control;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryCommand.Action;
import io.waybill.domain.DeliveryCommand.Cancel;
import io.waybill.domain.DeliveryCommand.Replay;
import io.waybill.domain.DeliveryCommand.Retry;
import io.waybill.domain.DeliveryEvent.RefusedDestination;
import io.waybill.domain.DeliveryStatus;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.OverallState;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.Task;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  private final StatusDriver status = new StatusDriver();
  private final Sample sample = new Sample();

  @AfterEach
  void close() {
    status.close();
  }

  private AuditRecord onlyAudit() {
    List<AuditRecord> audits = status.audits();
    assertThat(audits).hasSize(1);
    return audits.getFirst();
  }

  private void assertRefused(String action, String reason) {
    AuditRecord audit = onlyAudit();
    assertThat(audit.action()).isEqualTo(action);
    assertThat(audit.details()).containsEntry("reason", reason);
    assertThat(status.statuses()).isEmpty();
    assertThat(status.tasks()).isEmpty();
    assertThat(status.controls()).isEmpty();
  }

  /** A delivery to a that has failed. */
  private void givenFailed() {
    status.event(sample.accepted("a"));
    status.event(sample.event("a", 0, 1, dead(Reason.ATTEMPTS_EXHAUSTED)));
    status.statuses();
  }

  @Test
  void cancelEndsWhatHasNotEndedAndTellsTheSenders() {
    status.event(sample.accepted("a", "b"));
    status.event(sample.event("a", 0, 1, delivered()));
    status.event(sample.event("b", 0, 2, failed()));
    status.advance(Duration.ofSeconds(30));

    status.command(sample.command(new Cancel()));

    DeliveryStatus after = status.status();
    assertThat(after.state()).isEqualTo(OverallState.PARTIAL);
    assertThat(after.updatedAt()).isEqualTo(status.now());
    DestinationStatus b = after.destinations().get(1);
    assertThat(b.state()).isEqualTo(DestinationState.CANCELLED);
    assertThat(b.reason()).contains(Reason.CANCELLED);
    assertThat(b.attempts()).isEqualTo(2);
    assertThat(b.nextAttemptAt()).isEmpty();
    assertThat(status.controls())
        .containsExactly(new Control.DeliveryCancelled(sample.id, 0, status.now()));
    AuditRecord audit = onlyAudit();
    assertThat(audit.action()).isEqualTo("delivery-cancelled");
    assertThat(audit.actor()).isEqualTo("ann");
    assertThat(audit.organizationId()).isEqualTo(ACME);
    assertThat(audit.subject()).isEqualTo(sample.id.toString());
  }

  @Test
  void cancelOfWhatIsOverIsRefused() {
    givenFailed();

    status.command(sample.command(new Cancel()));

    assertRefused("cancel-refused", "nothing-to-cancel");
  }

  @Test
  void aDeliveryThatHappenedDespiteTheCancelIsTheTruth() {
    status.event(sample.accepted("a"));
    status.command(sample.command(new Cancel()));

    status.event(sample.event("a", 0, 1, delivered()));

    assertThat(status.status().state()).isEqualTo(OverallState.COMPLETED);
  }

  @Test
  void retrySendsWhatFailedAgainFromTheRequestRecord() {
    status.event(
        sample.accepted(
            Optional.empty(),
            List.of(new RefusedDestination("gone", Reason.DESTINATION_NOT_FOUND, "none")),
            "a",
            "b"));
    status.event(sample.event("a", 0, 1, dead(Reason.GONE)));
    status.event(sample.event("b", 0, 1, delivered()));
    status.advance(Duration.ofHours(1));

    status.command(sample.command(new Retry(Set.of())));

    List<Task> tasks = status.tasks();
    assertThat(tasks).hasSize(1);
    Task task = tasks.getFirst();
    assertThat(task.taskId()).isEqualTo(sample.taskId("a"));
    assertThat(task.organizationId()).isEqualTo(ACME);
    assertThat(task.generation()).isEqualTo(1);
    assertThat(task.attempts()).isZero();
    assertThat(task.destinationVersion()).isZero();
    assertThat(task.payload()).isEqualTo(Sample.PAYLOAD);
    assertThat(task.metadata()).isEqualTo(RawJson.EMPTY_OBJECT);
    assertThat(task.payloadType()).isEqualTo("report");
    assertThat(task.tags()).containsExactly("x");
    assertThat(task.firstDueAt()).isEqualTo(status.now());
    DeliveryStatus after = status.status();
    assertThat(after.destinations())
        .extracting(DestinationStatus::state)
        .containsExactly(
            DestinationState.PENDING, DestinationState.DELIVERED, DestinationState.FAILED);
    assertThat(after.destinations().getFirst().generation()).isEqualTo(1);
    assertThat(after.destinations().getFirst().attempts()).isZero();
    assertThat(after.destinations().getFirst().reason()).isEmpty();
    assertThat(after.state()).isEqualTo(OverallState.PROCESSING);
    assertThat(onlyAudit().action()).isEqualTo("delivery-retried");
  }

  @Test
  void retryKeysTasksByDestinationAndKeepsThePriority() {
    sample.priority = 9;
    givenFailed();

    status.command(sample.command(new Retry(Set.of())));

    var records = status.records(Topics.expressTasks(DestinationType.WEBHOOK));
    assertThat(records).hasSize(1);
    assertThat(records.getFirst().key()).isEqualTo(new byte[] {'a'});
    assertThat(status.tasks()).isEmpty();
  }

  @Test
  void retryOfNamedDestinationsLeavesTheOthersAlone() {
    status.event(sample.accepted("a", "b"));
    status.event(sample.event("a", 0, 1, dead(Reason.GONE)));
    status.event(sample.event("b", 0, 1, dead(Reason.GONE)));

    status.command(sample.command(new Retry(Set.of(new DestinationId("b")))));

    assertThat(status.tasks()).extracting(Task::taskId).containsExactly(sample.taskId("b"));
    assertThat(status.status().destinations())
        .extracting(DestinationStatus::state)
        .containsExactly(DestinationState.FAILED, DestinationState.PENDING);
  }

  @Test
  void theSameRetryAgainFindsNothingToRetry() {
    givenFailed();
    status.command(sample.command(new Retry(Set.of())));
    status.tasks();
    status.statuses();
    status.audits();

    status.command(sample.command(new Retry(Set.of())));

    assertRefused("retry-refused", "nothing-to-retry");
  }

  @Test
  void retryOfWhatWasNeverATaskIsRefused() {
    status.event(sample.rejected(Reason.INVALID_FIELD, Sample.START));
    status.statuses();

    status.command(sample.command(new Retry(Set.of())));

    assertRefused("retry-refused", "nothing-to-retry");
  }

  @Test
  void whatIsAskedForAfterACancelLiesBeyondIt() {
    status.event(sample.accepted("a", "b"));
    status.event(sample.event("a", 0, 1, dead(Reason.GONE)));
    // b is in its second life when the cancel comes, a still in its first.
    status.event(sample.event("b", 0, 1, dead(Reason.GONE)));
    status.command(sample.command(new Retry(Set.of(new DestinationId("b")))));
    status.command(sample.command(new Cancel()));
    status.tasks();

    status.command(sample.command(new Replay(sample.task("a", 0, Sample.DATA))));
    status.command(sample.command(new Retry(Set.of(new DestinationId("b")))));

    var cancelled = (Control.DeliveryCancelled) status.controls().getFirst();
    assertThat(cancelled.generation()).isEqualTo(1);
    assertThat(status.tasks())
        .hasSize(2)
        .allSatisfy(task -> assertThat(task.generation()).isGreaterThan(1));
  }

  @Test
  void retryOfEverythingDoesNotUndoACancel() {
    status.event(sample.accepted("a"));
    status.command(sample.command(new Cancel()));
    status.audits();
    status.statuses();
    status.controls();

    status.command(sample.command(new Retry(Set.of())));

    assertRefused("retry-refused", "nothing-to-retry");
  }

  static List<Action> everyAction() {
    return List.of(
        new Cancel(), new Retry(Set.of()), new Replay(new Sample().task("a", 0, Sample.DATA)));
  }

  @ParameterizedTest
  @MethodSource("everyAction")
  void aForeignDeliveryIsLeftAloneAndASecurityEvent(Action action) {
    status.event(sample.accepted("a"));
    status.statuses();

    status.command(sample.command(EVIL, action));
    AuditRecord foreign = onlyAudit();
    status.command(new Sample().command(EVIL, action));
    AuditRecord unknown = onlyAudit();

    assertThat(unknown.details()).containsEntry("reason", "not-found");
    assertThat(unknown.action()).endsWith("-refused");
    assertThat(foreign.action()).isEqualTo("foreign-delivery-requested");
    assertThat(foreign.organizationId()).isEqualTo(EVIL);
    assertThat(foreign.details())
        .containsEntry("command", unknown.action().replace("-refused", ""));
    assertThat(status.statuses()).isEmpty();
    assertThat(status.controls()).isEmpty();
    assertThat(status.tasks()).isEmpty();
  }

  @Test
  void thePurgeOfACancelledDeliveryLiftsItsControl() {
    status.event(sample.accepted("a"));
    status.command(sample.command(new Cancel()));
    status.records(Topics.CONTROL);

    status.advance(Duration.ofDays(31));

    var controls = status.records(Topics.CONTROL);
    assertThat(controls).hasSize(1);
    assertThat(controls.getFirst().value()).isNull();
    assertThat(new String(controls.getFirst().key(), UTF_8)).isEqualTo("delivery/" + sample.id);
    assertThat(status.stored("cancelled-deliveries")).isZero();
  }

  @Test
  void aCancelIsRememberedUntilItsLastTaskWouldHaveBeenDue() {
    status.event(
        sample.accepted(Optional.of(Sample.START.plus(Duration.ofDays(90))), List.of(), "a"));
    status.command(sample.command(new Cancel()));
    status.records(Topics.CONTROL);

    status.advance(Duration.ofDays(100));
    assertThat(status.records(Topics.CONTROL)).isEmpty();
    assertThat(status.stored("deliveries")).isEqualTo(1);
    status.advance(Duration.ofDays(20).plusSeconds(1));

    assertThat(status.records(Topics.CONTROL)).hasSize(1);
    assertThat(status.stored("deliveries")).isZero();
    assertThat(status.stored("delivery-expiries")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 256, 2_000_000})
  void aCommandWhoseActorNoAuditRecordCanHoldIsADeadLetter(int length) {
    givenFailed();
    DeliveryCommand good = sample.command(new Retry(Set.of()));

    status.command(
        new DeliveryCommand(
            good.commandId(),
            good.deliveryId(),
            good.organizationId(),
            "x".repeat(length),
            good.issuedAt(),
            good.action()));

    DeadLetter letter = status.deadLetters().getFirst();
    assertThat(letter.reason()).isEqualTo(Reason.INVALID_FIELD);
    assertThat(letter.message()).contains("actor").contains("255");
    assertThat(letter.deliveryId()).contains(sample.id);
    assertThat(status.audits()).isEmpty();
    assertThat(status.tasks()).isEmpty();
    assertThat(status.statuses()).isEmpty();
  }
}
