package io.waybill.destinations;

import static io.waybill.destinations.Samples.ANY_VERSION;
import static io.waybill.destinations.Samples.ID;
import static io.waybill.destinations.Samples.NOW;
import static io.waybill.destinations.Samples.ORG;
import static io.waybill.destinations.Samples.SECOND_ID;
import static io.waybill.destinations.Samples.command;
import static io.waybill.destinations.Samples.config;
import static io.waybill.destinations.Samples.create;
import static io.waybill.destinations.Samples.sealed;
import static io.waybill.destinations.Samples.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.Hashing;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.streams.TopologyDescription;
import org.junit.jupiter.api.Test;

class DestinationsTopologyTest extends TopologyTest {
  @Test
  void aCreateWritesDestinationSecretsAnswerAndAudit() {
    var command = command(create("reports"));

    waybill.send(command);

    var destination = only(waybill.destinations());
    assertThat(destination.key()).isEqualTo(ID.value());
    assertThat(destination.timestamp()).isEqualTo(NOW);
    assertThat(destination.get().label()).isEqualTo("reports");
    assertThat(destination.get().version()).isEqualTo(1);
    assertThat(destination.get().createdAt()).isEqualTo(NOW);

    var secrets = only(waybill.secrets());
    assertThat(secrets.key()).isEqualTo(ID.value());
    assertThat(secrets.get())
        .isEqualTo(new DestinationSecrets(ID, ORG, 1, List.of(sealed("x-api-key", "first"))));

    var result = only(waybill.results());
    assertThat(result.key()).isEqualTo(command.commandId().toString());
    assertThat(result.get())
        .isEqualTo(new DestinationResult.Applied(command.commandId(), ORG, ID, 1));

    var audit = only(waybill.audits());
    assertThat(audit.key()).isEqualTo(ORG.value());
    assertThat(audit.get().action()).isEqualTo("destination-created");
    assertThat(audit.get().actor()).isEqualTo("alice@org-1");
    assertThat(audit.get().subject()).isEqualTo(ID.value());
    assertThat(audit.get().configHash()).contains(Hashing.sha256Hex(destination.bytes()));
    assertThat(audit.get().details())
        .containsEntry("commandId", command.commandId().toString())
        .containsEntry(
            "fingerprints",
            "webhook.headers.x-api-key=" + sealed("x-api-key", "first").fingerprint());
    assertThat(waybill.deadLetters()).isEmpty();
  }

  @Test
  void everyVersionOfTheDestinationHasSecretsOfThatVersion() {
    waybill.send(command(create("reports", config(), List.of())));
    waybill.send(command(new DestinationCommand.Disable(ANY_VERSION)));
    waybill.send(command(new DestinationCommand.Enable(ANY_VERSION)));
    waybill.send(command(new DestinationCommand.SetDefault(true, ANY_VERSION)));
    waybill.send(command(update("reports", config("X-New"), List.of(sealed("x-new", "fresh")))));

    assertThat(waybill.destinations())
        .extracting(read -> read.get().version())
        .containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(waybill.secrets())
        .extracting(read -> read.get().version())
        .containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(actions())
        .containsExactly(
            "destination-created",
            "destination-disabled",
            "destination-enabled",
            "destination-default-set",
            "destination-updated");
  }

  @Test
  void anUpdateKeepsTheSecretsThatItDoesNotName() {
    waybill.send(
        command(
            create(
                "reports",
                config("X-Kept", "X-Gone"),
                List.of(sealed("x-kept", "kept"), sealed("x-gone", "gone")))));
    waybill.skip();

    waybill.send(
        command(update("reports", config("X-Kept", "X-New"), List.of(sealed("x-new", "fresh")))));

    assertThat(only(waybill.secrets()).get())
        .isEqualTo(
            new DestinationSecrets(
                ID, ORG, 2, List.of(sealed("x-kept", "kept"), sealed("x-new", "fresh"))));
    assertThat(only(waybill.audits()).get().details())
        .containsEntry("changed", "config.webhook.headers,secrets");
  }

  @Test
  void aRepeatedCommandGetsItsFirstAnswerAndChangesNothing() {
    waybill.send(command(create("reports")));
    waybill.skip();
    var disable = command(new DestinationCommand.Disable(ANY_VERSION));
    var first = waybill.answer(disable);
    waybill.send(command(new DestinationCommand.Enable(ANY_VERSION)));
    waybill.skip();

    var second = waybill.answer(disable);

    assertThat(second).isEqualTo(first);
    assertThat(waybill.destinations()).isEmpty();
    assertThat(waybill.secrets()).isEmpty();
    assertThat(waybill.audits()).isEmpty();
  }

  @Test
  void aRepeatedRefusalStaysARefusal() {
    var enable = command(new DestinationCommand.Enable(ANY_VERSION));
    var first = waybill.answer(enable);
    waybill.send(command(create("reports")));
    waybill.skip();

    assertThat(first).isInstanceOf(DestinationResult.Refused.class);
    assertThat(waybill.answer(enable)).isEqualTo(first);
  }

  @Test
  void theQuotaCountsLiveDestinations() {
    waybill.send(command(ORG, ID, create("one")));
    waybill.send(command(ORG, SECOND_ID, create("two")));
    waybill.skip();

    assertThat(codes(waybill.answer(command(ORG, newId(), create("three")))))
        .containsExactly("quota");
    waybill.answer(command(ORG, ID, new DestinationCommand.Delete(ANY_VERSION)));
    assertThat(waybill.answer(command(ORG, newId(), create("three"))))
        .isInstanceOf(DestinationResult.Applied.class);
    assertThat(codes(waybill.answer(command(ORG, newId(), create("four")))))
        .containsExactly("quota");
  }

  @Test
  void aDeleteMarksTheRecordDropsSecretsAndFreesTheLabel() {
    waybill.send(command(create("reports")));
    waybill.skip();

    waybill.send(command(new DestinationCommand.Delete(ANY_VERSION)));

    Destination deleted = only(waybill.destinations()).get();
    assertThat(deleted.deleted()).isTrue();
    assertThat(deleted.version()).isEqualTo(2);
    var secrets = only(waybill.secrets());
    assertThat(secrets.key()).isEqualTo(ID.value());
    assertThat(secrets.value()).isEmpty();
    assertThat(waybill.entries(DestinationState.SECRETS, ORG)).isZero();
    assertThat(actions()).containsExactly("destination-deleted");
    waybill.skip();
    assertThat(waybill.answer(command(ORG, SECOND_ID, create("reports"))))
        .isInstanceOf(DestinationResult.Applied.class);
    assertThat(codes(waybill.answer(command(create("again"))))).containsExactly("already-exists");
  }

  @Test
  void aRefusalChangesNothingAndIsAuditedOnce() {
    waybill.send(command(create("reports")));
    waybill.skip();
    var command = command(new DestinationCommand.Disable(OptionalLong.of(7)));

    assertThat(codes(waybill.answer(command))).containsExactly("version-conflict");

    assertThat(waybill.destinations()).isEmpty();
    assertThat(waybill.secrets()).isEmpty();
    AuditRecord audit = only(waybill.audits()).get();
    assertThat(audit.action()).isEqualTo("destination-command-refused");
    assertThat(audit.configHash()).isEmpty();
    assertThat(audit.details())
        .containsEntry("command", "disable")
        .containsEntry("errors", "expectedVersion version-conflict");
  }

  @Test
  void whatIsSoAlreadyIsAppliedWithoutARecord() {
    waybill.send(command(create("reports")));
    waybill.skip();
    var enable = command(new DestinationCommand.Enable(ANY_VERSION));

    assertThat(waybill.answer(enable))
        .isEqualTo(new DestinationResult.Applied(enable.commandId(), ORG, ID, 1));
    assertThat(waybill.destinations()).isEmpty();
    assertThat(waybill.secrets()).isEmpty();
    assertThat(waybill.audits()).isEmpty();
  }

  @Test
  void everyNodeAndStoreHasAName() {
    var topology =
        new DestinationsTopology(
                waybill.codecs, () -> NOW, DestinationsConfig.defaults(), OperatorRules.none())
            .build();

    TopologyDescription description = topology.describe();
    assertThat(description.toString()).doesNotContain("KSTREAM", "KTABLE", "0000");
    assertThat(description.globalStores()).hasSize(1);
    assertThat(description.subtopologies()).hasSize(1);
  }

  @Test
  void defaultsAreThoseThatTheGuidePromises() {
    assertThat(DestinationsConfig.defaults())
        .isEqualTo(
            new DestinationsConfig(
                10_000, Duration.ofHours(24), Duration.ofDays(30), Duration.ofMinutes(1), 1_000));
  }
}
