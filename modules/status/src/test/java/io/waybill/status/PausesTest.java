package io.waybill.status;

import static io.waybill.status.Sample.ACME;
import static io.waybill.status.Sample.EVIL;
import static io.waybill.status.Sample.parked;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.Control;
import io.waybill.domain.ControlCommand;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationState;
import io.waybill.domain.DestinationStatus;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.PauseScope;
import io.waybill.domain.Reason;
import io.waybill.domain.WebhookConfig;
import io.waybill.wire.Topics;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PausesTest {
  private static final DestinationId HOOK = new DestinationId("hook");
  private static final PauseScope A_DESTINATION = new PauseScope.OfDestination(HOOK, ACME);
  private static final PauseScope AN_ORGANIZATION = new PauseScope.OfOrganization(ACME);
  private static final PauseScope A_TYPE = new PauseScope.OfType(DestinationType.WEBHOOK);

  private StatusDriver status = new StatusDriver();

  @AfterEach
  void close() {
    status.close();
  }

  private static ControlCommand command(
      OrganizationId organization, PauseScope scope, ControlCommand.Action action) {
    return new ControlCommand(UUID.randomUUID(), organization, scope, "ann", Instant.EPOCH, action);
  }

  private void pause(OrganizationId organization, PauseScope scope) {
    status.command(
        command(organization, scope, new ControlCommand.Pause(Optional.of("maintenance"))));
  }

  private void resume(OrganizationId organization, PauseScope scope) {
    status.command(command(organization, scope, new ControlCommand.Resume()));
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
    assertThat(status.records(Topics.CONTROL)).isEmpty();
  }

  @Test
  void tellsSendersAndTimerWhatIsPausedSinceWhenByWhomAndWhy() {
    Optional<String> ann = Optional.of("ann");
    Optional<String> why = Optional.of("maintenance");

    pause(ACME, A_DESTINATION);
    pause(ACME, AN_ORGANIZATION);
    pause(OrganizationId.UNKNOWN, A_TYPE);

    assertThat(status.controls())
        .containsExactly(
            new Control.DestinationPaused(HOOK, status.now(), ann, why),
            new Control.OrganizationPaused(ACME, status.now(), ann, why),
            new Control.TypePaused(DestinationType.WEBHOOK, status.now(), ann, why));
    List<AuditRecord> audits = status.audits();
    assertThat(audits)
        .extracting(AuditRecord::action)
        .containsExactly("destination-paused", "organization-paused", "type-paused");
    assertThat(audits).extracting(AuditRecord::subject).containsExactly("hook", "acme", "webhook");
    assertThat(audits)
        .extracting(AuditRecord::organizationId)
        .containsExactly(ACME, ACME, OrganizationId.UNKNOWN);
    assertThat(audits)
        .allSatisfy(audit -> {
          assertThat(audit.actor()).isEqualTo("ann");
          assertThat(audit.details()).containsEntry("reason", "maintenance");
        });
  }

  @Test
  void aResumeIsATombstone() {
    pause(ACME, A_DESTINATION);
    status.records(Topics.CONTROL);
    status.audits();

    resume(ACME, A_DESTINATION);

    List<TestRecord<byte[], byte[]>> records = status.records(Topics.CONTROL);
    assertThat(records).hasSize(1);
    assertThat(new String(records.getFirst().key(), UTF_8)).isEqualTo("destination/hook");
    assertThat(records.getFirst().value()).isNull();
    assertThat(onlyAudit().action()).isEqualTo("destination-resumed");
    assertThat(status.stored(StatusNodes.PAUSES_STORE)).isZero();
  }

  @Test
  void whatIsAskedForTwiceIsDoneOnceAlsoAfterARestart() {
    pause(ACME, AN_ORGANIZATION);
    status.controls();
    status.audits();
    status = status.restarted();

    pause(ACME, AN_ORGANIZATION);
    assertRefused("pause-refused", "already-paused");
    resume(ACME, AN_ORGANIZATION);
    assertThat(status.records(Topics.CONTROL)).hasSize(1);
    status.audits();
    resume(ACME, AN_ORGANIZATION);
    assertRefused("resume-refused", "not-paused");

    status.advance(Duration.ofHours(1));
    pause(ACME, AN_ORGANIZATION);
    assertThat(status.controls())
        .extracting(Control::since)
        .as("a new pause begins anew")
        .containsExactly(status.now());
  }

  @Test
  void somebodyElsesDestinationIsASecurityEventAndStaysAsItIs() {
    pause(EVIL, A_DESTINATION);

    AuditRecord audit = onlyAudit();
    assertThat(audit.action()).isEqualTo("foreign-destination-requested");
    assertThat(audit.organizationId()).isEqualTo(EVIL);
    assertThat(audit.subject()).isEqualTo("hook");
    assertThat(audit.toString()).as("says not whose it is").doesNotContain("acme");
    assertThat(status.records(Topics.CONTROL)).isEmpty();

    pause(ACME, A_DESTINATION);
    status.records(Topics.CONTROL);
    status.audits();
    resume(EVIL, A_DESTINATION);
    assertThat(onlyAudit().action()).isEqualTo("foreign-destination-requested");
    assertThat(status.records(Topics.CONTROL)).isEmpty();
  }

  @Test
  void anotherOrganizationAndATypeInSomebodysNameAreRefused() {
    pause(EVIL, AN_ORGANIZATION);
    assertRefused("pause-refused", "not-found");
    pause(EVIL, A_TYPE);
    assertRefused("pause-refused", "not-found");
  }

  @Test
  void whatCannotBeReadOrAuditedBecomesADeadLetterAndTheNextGoesOn() {
    status.pipe(Topics.CONTROL_COMMANDS, "destination/hook", "poison".getBytes(UTF_8));
    status.pipe(Topics.CONTROL_COMMANDS, "destination/hook", null);
    status.pipe(
        Topics.CONTROL_COMMANDS,
        "destination/other",
        status
            .codecs
            .controlCommands()
            .encode("t", command(ACME, A_DESTINATION, new ControlCommand.Resume())));
    status.command(
        new ControlCommand(
            UUID.randomUUID(),
            ACME,
            A_DESTINATION,
            "two\nlines",
            Instant.EPOCH,
            new ControlCommand.Resume()));
    status.command(
        command(ACME, A_DESTINATION, new ControlCommand.Pause(Optional.of("x".repeat(501)))));
    pause(ACME, A_DESTINATION);

    assertThat(status.deadLetters())
        .extracting(DeadLetter::reason)
        .containsExactly(
            Reason.MALFORMED,
            Reason.MALFORMED,
            Reason.MALFORMED,
            Reason.INVALID_FIELD,
            Reason.INVALID_FIELD);
    assertThat(status.controls()).hasSize(1);
    assertThat(onlyAudit().action()).isEqualTo("destination-paused");
  }

  private static Destination hook(boolean deleted) {
    return new Destination(
        HOOK,
        ACME,
        "Hook",
        Optional.empty(),
        new WebhookConfig(
            URI.create("https://hook.example"),
            "POST",
            List.of(),
            Duration.ofSeconds(5),
            Optional.empty(),
            WebhookConfig.Body.DATA),
        Fallback.none(),
        false,
        true,
        deleted,
        deleted ? 2 : 1,
        Sample.START,
        Sample.START);
  }

  @Test
  void theEndOfADestinationEndsItsPauseSoThatItsTasksEnd() {
    pause(ACME, A_DESTINATION);
    status.destination(hook(false));
    status.controls();
    status.audits();

    status.destination(hook(true));

    assertThat(status.records(Topics.CONTROL))
        .singleElement()
        .satisfies(record -> assertThat(record.value()).isNull());
    AuditRecord audit = onlyAudit();
    assertThat(audit.action()).isEqualTo("destination-resumed");
    assertThat(audit.actor()).isEqualTo(StatusTopology.APPLICATION_ID);
  }

  @Test
  void theEndOfADestinationThatWasNotPausedIsNotWorthARecord() {
    status.destination(hook(true));

    assertThat(status.audits()).isEmpty();
    assertThat(status.records(Topics.CONTROL)).isEmpty();
  }

  @Test
  void theStatusOfAPausedTaskNamesNoTimeForNobodyKnowsIt() {
    Sample sample = new Sample();
    status.event(sample.accepted("a"));

    status.event(sample.event("a", 0, 0, parked(Reason.PAUSED)));

    DestinationStatus a = status.status().destinations().getFirst();
    assertThat(a.state()).isEqualTo(DestinationState.PARKED);
    assertThat(a.reason()).contains(Reason.PAUSED);
    assertThat(a.nextAttemptAt()).isEmpty();
  }
}
