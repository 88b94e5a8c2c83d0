package io.waybill.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.app.cli.Cli.Ran;
import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.OverallState;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Task;
import io.waybill.wire.DeadLetters;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Dead letters at the command line. */
class CliDeadLettersIT extends PlayedInstallation {
  @Test
  void replaysADeadLetterOnce() {
    Task task = Samples.task(DeliveryId.random(), "org-replay");
    DeliveryId id = task.deliveryId();
    String taskId = task.taskId().value();
    answerer.publish(Samples.status(id, OverallState.FAILED, 0));
    answerer.publish(
        DeadLetters.ofTask(
            new RecordOrigin("waybill.tasks.webhook", 0, 5),
            task,
            Reason.ATTEMPTS_EXHAUSTED,
            "3 attempts failed",
            Instant.now()));

    assertThat(ok(run("dead-letters", "list", "--org", "org-replay", "--since", "1h")))
        .contains(taskId)
        .contains("attempts-exhausted");
    assertThat(ok(run("dead-letters", "list", "--reason", "expired", "-o", "id")))
        .doesNotContain(taskId);
    assertThat(ok(run("dead-letters", "show", taskId)))
        .doesNotContain("patient")
        .contains("payloadSha256");
    assertThat(ok(run("dead-letters", "show", "waybill.tasks.webhook-0@5", "--payload")))
        .contains("patient");

    assertThat(ok(run("dead-letters", "replay", "--all", "--org", "org-replay", "--dry-run")))
        .contains("would be replayed");
    assertThat(answerer.commandsOf(id)).isEmpty();

    answerer.whenCommanded(id, Samples.status(id, OverallState.PROCESSING, 1));
    assertThat(ok(run("dead-letters", "replay", taskId))).contains("replayed");
    assertThat(answerer.commandsOf(id))
        .extracting(DeliveryCommand::action)
        .containsExactly(new DeliveryCommand.Replay(task));

    assertThat(ok(run("dead-letters", "replay", "--all", "--org", "org-replay", "--yes")))
        .contains("was already replayed, nothing was sent");
    assertThat(answerer.commandsOf(id)).hasSize(1);
  }

  /** Not an outage: the wait ends at once, long before its time is over. */
  @Test
  void whatTheStatusRoleRefusesIsSaidAtOnce() {
    Task task = Samples.task(DeliveryId.random(), "org-refused");
    RecordOrigin origin = new RecordOrigin("waybill.tasks.webhook", 0, 77);
    answerer.publish(Samples.status(task.deliveryId(), OverallState.FAILED, 0));
    answerer.publish(
        DeadLetters.ofTask(
            origin, task, Reason.ATTEMPTS_EXHAUSTED, "3 attempts failed", Instant.now()));
    answerer.refuseCommands(task.deliveryId(), "type-not-served");
    String taskId = task.taskId().value();

    Ran retry = run("deliveries", "retry", task.deliveryId().toString(), "--timeout", "10m");
    Ran replay = run("dead-letters", "replay", taskId, "--timeout", "10m", "-o", "json");

    assertThat(retry.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(retry.err()).contains("refused the command").contains("no sender");
    assertThat(replay.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(replay.out()).contains("\"refused\"").contains("\"type-not-served\"");
    answerer.refuseCommands(task.deliveryId(), "not-found");
    assertThat(run("deliveries", "retry", task.deliveryId().toString()).err())
        .contains("no such delivery: " + task.deliveryId());
    assertThat(answerer.commandsOf(task.deliveryId())).hasSize(3);
  }

  @Test
  void aTaskAndTheOriginOfItsLetterAreOne() {
    Task task = Samples.task(DeliveryId.random(), "org-twice");
    RecordOrigin origin = new RecordOrigin("waybill.tasks.webhook", 2, 78);
    String taskId = task.taskId().value();
    answerer.publish(Samples.status(task.deliveryId(), OverallState.FAILED, 0));
    answerer.publish(
        DeadLetters.ofTask(
            origin, task, Reason.ATTEMPTS_EXHAUSTED, "3 attempts failed", Instant.now()));

    Ran both = run("dead-letters", "replay", taskId, origin.toString(), "--dry-run");
    Ran other = run("dead-letters", "replay", taskId, "0".repeat(32), "--dry-run");

    assertThat(ok(both)).contains("would be replayed");
    assertThat(both.err()).doesNotContain("warning");
    assertThat(other.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(other.err()).contains("some of the ids are no dead-lettered tasks");
  }

  @Test
  void doesNotReplayWhatNeverWasATask() {
    RecordOrigin origin = new RecordOrigin("waybill.requests", 1, 99);
    answerer.publish(
        DeadLetters.ofRecord(
            origin,
            null,
            "not json".getBytes(UTF_8),
            Optional.empty(),
            Optional.empty(),
            Reason.MALFORMED,
            "is not JSON",
            List.of(),
            Instant.now()));

    Ran ran = run("dead-letters", "replay", origin.toString());

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("never became a task").contains("publish it again");
    assertThat(ok(run("dead-letters", "show", origin.toString()))).contains("\"malformed\"");
    Ran unknown = run("dead-letters", "replay", "0".repeat(32));
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(unknown.err()).contains("no dead-lettered task has this id");
  }
}
