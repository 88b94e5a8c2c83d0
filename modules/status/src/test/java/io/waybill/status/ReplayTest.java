package io.waybill.status;

import static io.waybill.status.Sample.dead;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeliveryCommand.Replay;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.domain.TaskPayload;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReplayTest {
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
  void replaySendsADeadLettersTaskWithItsOwnPayload() {
    givenFailed();
    Task dead = sample.task("a", 0, Sample.DATA);

    status.command(sample.command(new Replay(dead)));

    assertThat(status.tasks()).containsExactly(dead.replayed(1, status.now()));
    DestinationStatus a = status.status().destinations().getFirst();
    assertThat(a.state()).isEqualTo(DestinationState.PENDING);
    assertThat(a.generation()).isEqualTo(1);
    assertThat(onlyAudit().action()).isEqualTo("task-replayed");
  }

  @DisplayName("row 68: replay twice sends once")
  @Test
  void replayTwiceSendsOnce() {
    givenFailed();
    Task dead = sample.task("a", 0, Sample.DATA);

    status.command(sample.command(new Replay(dead)));
    status.command(sample.command(new Replay(dead)));
    status.event(sample.event("a", 1, 1, dead(Reason.GONE)));
    status.command(sample.command(new Replay(dead)));

    assertThat(status.tasks()).hasSize(1);
    List<AuditRecord> audits = status.audits();
    assertThat(audits)
        .extracting(AuditRecord::action)
        .containsExactly("task-replayed", "replay-refused", "replay-refused");
    assertThat(audits)
        .extracting(audit -> audit.details().get("reason"))
        .containsExactly(null, "not-failed", "other-generation");
  }

  @DisplayName("row 69: replay of other content is refused")
  @Test
  void replayOfOtherContentIsRefused() {
    givenFailed();

    status.command(sample.command(new Replay(sample.task("a", 0, RawJson.of("{\"n\":2}")))));

    assertRefused("replay-refused", "other-payload");
  }

  @Test
  void replayWithOtherMetadataIsRefused() {
    givenFailed();
    Task altered = sample.task("a", 0, Sample.DATA).withMetadata(RawJson.of("{\"m\":3}"));

    status.command(sample.command(new Replay(altered)));

    assertRefused("replay-refused", "other-payload");
  }

  @Test
  void replayTakesNothingButThePayloadFromTheCommand() {
    givenFailed();
    Task honest = sample.task("a", 0, Sample.DATA);
    Task forged =
        new Task(
            honest.taskId(),
            honest.organizationId(),
            honest.deliveryId(),
            honest.destinationId(),
            honest.destinationType(),
            honest.destinationVersion(),
            honest.generation(),
            honest.attempts(),
            "other-type",
            honest.payload(),
            honest.metadata(),
            Optional.empty(),
            List.of("forged"),
            10,
            honest.createdAt(),
            honest.firstDueAt(),
            Optional.empty(),
            0);

    status.command(sample.command(new Replay(forged)));

    assertThat(status.tasks()).containsExactly(honest.replayed(1, status.now()));
  }

  @Test
  void replayTakesNoReferenceFromTheCommand() {
    givenFailed();
    Task honest = sample.task("a", 0, Sample.DATA);
    var elsewhere =
        new TaskPayload.Reference(
            new RecordOrigin("somebody.elses", 0, 1), Sample.DATA.sha256(), Long.MAX_VALUE);

    status.command(sample.command(new Replay(honest.withPayload(elsewhere))));

    assertThat(status.tasks())
        .extracting(Task::payload, Task::metadata)
        .containsExactly(tuple(Sample.PAYLOAD, RawJson.EMPTY_OBJECT));
  }

  @DisplayName("row 69: replay of another task is refused")
  @Test
  void replayOfAnotherTaskIsRefused() {
    givenFailed();

    status.command(sample.command(new Replay(new Sample().task("a", 0, Sample.DATA))));

    assertRefused("replay-refused", "not-found");
  }
}
