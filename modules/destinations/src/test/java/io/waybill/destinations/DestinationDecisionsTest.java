package io.waybill.destinations;

import static io.waybill.destinations.Samples.ANY_VERSION;
import static io.waybill.destinations.Samples.ID;
import static io.waybill.destinations.Samples.NOW;
import static io.waybill.destinations.Samples.ORG;
import static io.waybill.destinations.Samples.SECOND_ID;
import static io.waybill.destinations.Samples.command;
import static io.waybill.destinations.Samples.config;
import static io.waybill.destinations.Samples.configOf;
import static io.waybill.destinations.Samples.create;
import static io.waybill.destinations.Samples.sealed;
import static io.waybill.destinations.Samples.sealedAs;
import static io.waybill.destinations.Samples.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import io.waybill.domain.WebhookConfig;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationDecisionsTest {
  private static final int QUOTA = 3;
  private static final Instant LATER = NOW.plusSeconds(60);

  private final DestinationDecisions decisions = new DestinationDecisions(QUOTA);
  private final Others others = new Others();

  @Test
  void createsVersionOneEnabled() {
    Decision decision = decide(command(create("reports")), Optional.empty());

    var changed = changed(decision);
    assertThat(changed.action()).isEqualTo("destination-created");
    assertThat(changed.after())
        .isEqualTo(
            new Destination(
                ID,
                ORG,
                "reports",
                Optional.of("for reports"),
                config("X-Api-Key"),
                false,
                true,
                false,
                1,
                LATER,
                LATER));
    assertThat(changed.secrets()).containsExactly(sealed("x-api-key", "first"));
    assertThat(changed.details())
        .containsOnlyKeys("version", "fingerprints")
        .containsEntry("version", "1");
  }

  @Test
  void namesEveryErrorOfACreateAtOnce() {
    others.labels.put("", SECOND_ID);
    others.live = QUOTA;
    var broken =
        new WebhookConfig(
            URI.create("ftp://hooks.example.com"),
            "GET",
            List.of("Host", "X-Token"),
            Duration.ofMillis(1),
            Optional.of(
                new WebhookConfig.RetryConfig(-1, Duration.ofSeconds(1), 0.5, Duration.ZERO)),
            WebhookConfig.Body.DATA);
    var command =
        new DestinationCommand(
            UUID.randomUUID(),
            ORG,
            new DestinationId("hook-1"),
            "bad\nactor",
            NOW,
            create("", broken, List.of(sealed("unknown", "x"))));

    Decision decision = decide(command, Optional.empty());

    assertThat(refused(decision).errors())
        .extracting(FieldError::field, FieldError::code)
        .contains(
            tuple("actor", "invalid-value"),
            tuple("destinationId", "invalid-value"),
            tuple("label", "required"),
            tuple("label", "not-unique"),
            tuple("config.webhook.url", "invalid-url"),
            tuple("config.webhook.method", "invalid-value"),
            tuple("config.webhook.timeout", "out-of-range"),
            tuple("config.webhook.retryConfig.maxRetries", "out-of-range"),
            tuple("config.webhook.retryConfig.backoffMultiplier", "out-of-range"),
            tuple("config.webhook.headers.Host", "forbidden-header"),
            tuple("secrets", "unknown-field"),
            tuple("secrets", "credentials-missing"),
            tuple("", "quota"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hook-1",
        "0B5F6E1A-7C1D-4F0E-9A55-2F6F3C1D0001",
        "0b5f6e1a7c1d4f0e9a552f6f3c1d0001",
        "0b5f6e1a-7c1d-4f0e-9a55-2f6f3c1d00011"
      })
  void refusesNewIdsThatAreNoLowerCaseUuid(String id) {
    var command = command(ORG, new DestinationId(id), create("reports"));

    assertThat(codes(decide(command, Optional.empty()))).containsExactly("invalid-value");
  }

  @Test
  void createsTheSameTwiceAtNoChange() {
    var twice =
        create(
            "reports", config("X-Api-Key"), List.of(sealedAs("x-api-key", "first", "other nonce")));

    Decision decision = decide(command(twice), Optional.of(existing()));

    assertThat(decision).isEqualTo(new Decision.Unchanged(4));
  }

  @Test
  void refusesAUsedIdWithOtherContent() {
    assertThat(codes(decide(command(create("other")), Optional.of(existing()))))
        .containsExactly("already-exists");
    var otherSecret =
        create("reports", config("X-Api-Key"), List.of(sealed("x-api-key", "second")));
    assertThat(codes(decide(command(otherSecret), Optional.of(existing()))))
        .containsExactly("already-exists");
  }

  @Test
  void refusesTheIdOfADeletedDestination() {
    assertThat(codes(decide(command(create("reports")), Optional.of(deleted()))))
        .containsExactly("already-exists");
  }

  @Test
  void refusesAForeignIdInTheSameWordsAsAnOwn() {
    Decision own = decide(command(create("other")), Optional.of(existing()));
    others.holder = Surroundings.Holder.OTHER_ORGANIZATION;
    Decision foreign = decide(command(create("other")), Optional.empty());

    assertThat(refused(foreign).errors()).isEqualTo(refused(own).errors());
    assertThat(refused(foreign).foreign()).isTrue();
    assertThat(refused(own).foreign()).isFalse();
  }

  @Test
  void refusesAnIdWhoseRecordIsUnreadableWithoutAccusingAnybody() {
    others.holder = Surroundings.Holder.UNREADABLE;

    Decision decision = decide(command(create("reports")), Optional.empty());

    assertThat(codes(decision)).containsExactly("already-exists");
    assertThat(refused(decision).foreign()).isFalse();
  }

  @Test
  void refusesOneMoreThanTheQuota() {
    others.live = QUOTA - 1;
    assertThat(decide(command(create("reports")), Optional.empty()))
        .isInstanceOf(Decision.Changed.class);
    others.live = QUOTA;
    assertThat(codes(decide(command(create("reports")), Optional.empty())))
        .containsExactly("quota");
  }

  @Test
  void refusesSealsThatNobodyCouldOpen() {
    var fields =
        List.of(
            new SealedField("webhook.headers.a", new byte[0], "0123456789ab"),
            new SealedField(
                "webhook.headers.b",
                new byte[SealedFields.MAX_CIPHERTEXT_BYTES + 1],
                "0123456789ab"),
            new SealedField("webhook.headers.c", new byte[1], "my password"),
            new SealedField("webhook.headers.d", new byte[1], "0123456789ab"),
            new SealedField("webhook.headers.d", new byte[1], "0123456789ab"));

    Decision decision =
        decide(command(create("reports", config("A", "B", "C", "D"), fields)), Optional.empty());

    assertThat(codes(decision))
        .containsExactly(
            "invalid-ciphertext", "invalid-ciphertext", "invalid-fingerprint", "duplicate-field");
    assertThat(refused(decision).errors().toString()).doesNotContain("my password");
  }

  @Test
  void takesTheLargestSeal() {
    var field =
        new SealedField(
            "webhook.headers.a", new byte[SealedFields.MAX_CIPHERTEXT_BYTES], "0123456789ab");

    assertThat(decide(command(create("reports", config("A"), List.of(field))), Optional.empty()))
        .isInstanceOf(Decision.Changed.class);
  }

  @Test
  void capsTheErrorsOfAHostileCommand() {
    List<SealedField> unknown =
        IntStream.range(0, 5_000).mapToObj(i -> sealed("unknown-" + i, "x")).toList();

    Decision decision = decide(command(create("reports", config(), unknown)), Optional.empty());

    assertThat(refused(decision).errors()).hasSize(101);
    assertThat(refused(decision).errors().getLast().message()).isEqualTo("and 4900 further errors");
  }

  @Test
  void judgesAMegabyteOfEmojiAsLabelAtOnce() {
    Decision decision = decide(command(create("😀".repeat(250_000))), Optional.empty());

    assertThat(codes(decision)).containsExactly("too-long");
  }

  @Test
  void updateReplacesTheWholeAndRaisesTheVersion() {
    var update =
        new DestinationCommand.Update(
            "audits",
            Optional.empty(),
            configOf("https://new.example.com/in", "X-Api-Key"),
            true,
            List.of(sealed("x-api-key", "second")),
            OptionalLong.of(4));

    var changed = changed(decide(command(update), Optional.of(existing())));

    assertThat(changed.action()).isEqualTo("destination-updated");
    assertThat(changed.after())
        .isEqualTo(
            new Destination(
                ID,
                ORG,
                "audits",
                Optional.empty(),
                configOf("https://new.example.com/in", "X-Api-Key"),
                true,
                true,
                false,
                5,
                NOW,
                LATER));
    assertThat(changed.secrets()).containsExactly(sealed("x-api-key", "second"));
    assertThat(changed.details())
        .containsEntry("changed", "label,description,isDefault,config.webhook.url,secrets")
        .containsEntry("version", "5");
    assertThat(changed.details().toString()).doesNotContain("new.example.com", "audits");
  }

  @Test
  void updateKeepsStoredSecretsAndDropsThoseOfRemovedHeaders() {
    var before =
        existing(
            config("X-Api-Key", "X-Gone"),
            List.of(sealed("x-api-key", "first"), sealed("x-gone", "gone")));
    var update = update("reports", config("X-New", "x-API-key"), List.of(sealed("x-new", "fresh")));

    var changed = changed(decide(command(update), Optional.of(before)));

    assertThat(changed.secrets())
        .containsExactly(sealed("x-new", "fresh"), sealed("x-api-key", "first"));
  }

  @Test
  void updateNeedsASecretForANewHeader() {
    var update = update("reports", config("X-Api-Key", "X-New"), List.of());

    Decision decision = decide(command(update), Optional.of(existing()));

    assertThat(refused(decision).errors())
        .singleElement()
        .satisfies(error -> {
          assertThat(error.code()).isEqualTo("credentials-missing");
          assertThat(error.message()).contains("webhook.headers.x-new");
        });
  }

  @Test
  void updateWithTheSameContentChangesNothing() {
    assertThat(
            decide(
                command(update("reports", config("X-Api-Key"), List.of())),
                Optional.of(existing())))
        .isEqualTo(new Decision.Unchanged(4));
  }

  @Test
  void updateStoresTheSameValueUnderANewSeal() {
    var resealed = sealedAs("x-api-key", "first", "under the new key");

    var changed =
        changed(
            decide(
                command(update("reports", config("X-Api-Key"), List.of(resealed))),
                Optional.of(existing())));

    assertThat(changed.secrets()).containsExactly(resealed);
    assertThat(changed.details()).containsEntry("changed", "secrets");
  }

  @Test
  void updateRefusesAnothersLabelButTakesItsOwn() {
    others.labels.put("reports", ID);
    others.labels.put("taken", SECOND_ID);

    assertThat(
            codes(
                decide(
                    command(update("taken", config("X-Api-Key"), List.of())),
                    Optional.of(existing()))))
        .containsExactly("not-unique");
    assertThat(
            decide(
                command(update("reports", config("X-Api-Key"), List.of())),
                Optional.of(existing())))
        .isInstanceOf(Decision.Unchanged.class);
  }

  @Test
  void refusesAnOldVersionAndNamesBoth() {
    var actions =
        List.of(
            new DestinationCommand.Enable(OptionalLong.of(3)),
            new DestinationCommand.Disable(OptionalLong.of(3)),
            new DestinationCommand.SetDefault(true, OptionalLong.of(3)),
            new DestinationCommand.Delete(OptionalLong.of(3)));
    for (DestinationCommand.Action action : actions) {
      Decision decision = decide(command(action), Optional.of(existing()));
      assertThat(refused(decision).errors())
          .as("%s", action)
          .singleElement()
          .satisfies(error -> {
            assertThat(error.code()).isEqualTo("version-conflict");
            assertThat(error.message()).contains("version 3", "version 4");
          });
    }
  }

  @Test
  void switchesOffAndOn() {
    var off =
        changed(
            decide(command(new DestinationCommand.Disable(ANY_VERSION)), Optional.of(existing())));
    assertThat(off.action()).isEqualTo("destination-disabled");
    assertThat(off.after().enabled()).isFalse();
    assertThat(off.after().version()).isEqualTo(5);
    assertThat(off.secrets()).containsExactly(sealed("x-api-key", "first"));

    var disabled = new Registered(off.after(), off.secrets());
    assertThat(decide(command(new DestinationCommand.Disable(ANY_VERSION)), Optional.of(disabled)))
        .isEqualTo(new Decision.Unchanged(5));

    var on =
        changed(decide(command(new DestinationCommand.Enable(ANY_VERSION)), Optional.of(disabled)));
    assertThat(on.action()).isEqualTo("destination-enabled");
    assertThat(on.after().enabled()).isTrue();
    assertThat(on.after().version()).isEqualTo(6);
  }

  @Test
  void joinsAndLeavesTheDefaults() {
    var joined =
        changed(
            decide(
                command(new DestinationCommand.SetDefault(true, ANY_VERSION)),
                Optional.of(existing())));
    assertThat(joined.action()).isEqualTo("destination-default-set");
    assertThat(joined.after().isDefault()).isTrue();

    var left =
        changed(
            decide(
                command(new DestinationCommand.SetDefault(false, ANY_VERSION)),
                Optional.of(new Registered(joined.after(), joined.secrets()))));
    assertThat(left.action()).isEqualTo("destination-default-unset");
    assertThat(left.after().isDefault()).isFalse();
    assertThat(
            decide(
                command(new DestinationCommand.SetDefault(false, ANY_VERSION)),
                Optional.of(new Registered(left.after(), left.secrets()))))
        .isEqualTo(new Decision.Unchanged(6));
  }

  @Test
  void refusesADisabledDefault() {
    var disabled =
        new Registered(
            Changes.withEnabled(existing().destination(), false, NOW), existing().secrets());

    assertThat(
            codes(
                decide(
                    command(new DestinationCommand.SetDefault(true, ANY_VERSION)),
                    Optional.of(disabled))))
        .containsExactly("disabled");
    var update =
        new DestinationCommand.Update(
            "reports", Optional.empty(), config("X-Api-Key"), true, List.of(), ANY_VERSION);
    assertThat(codes(decide(command(update), Optional.of(disabled)))).containsExactly("disabled");
    assertThat(
            changed(
                    decide(
                        command(new DestinationCommand.SetDefault(false, ANY_VERSION)),
                        Optional.of(
                            new Registered(
                                Changes.withDefault(disabled.destination(), true, NOW),
                                disabled.secrets()))))
                .after()
                .isDefault())
        .isFalse();
  }

  @Test
  void deletesByMarkWithoutSecrets() {
    var changed =
        changed(
            decide(command(new DestinationCommand.Delete(ANY_VERSION)), Optional.of(existing())));

    assertThat(changed.action()).isEqualTo("destination-deleted");
    assertThat(changed.after().deleted()).isTrue();
    assertThat(changed.after().version()).isEqualTo(5);
    assertThat(changed.secrets()).isEmpty();
  }

  @Test
  void deletedDestinationsTakeNothingButAnotherDelete() {
    assertThat(decide(command(new DestinationCommand.Delete(ANY_VERSION)), Optional.of(deleted())))
        .isEqualTo(new Decision.Unchanged(5));
    var actions =
        List.of(
            update("reports", config(), List.of()),
            new DestinationCommand.Enable(ANY_VERSION),
            new DestinationCommand.Disable(ANY_VERSION),
            new DestinationCommand.SetDefault(false, ANY_VERSION));
    for (DestinationCommand.Action action : actions) {
      assertThat(codes(decide(command(action), Optional.of(deleted()))))
          .as("%s", action)
          .containsExactly("deleted");
    }
  }

  @Test
  void foreignAndUnknownIdsReadTheSame() {
    Decision unknown =
        decide(command(new DestinationCommand.Delete(ANY_VERSION)), Optional.empty());
    others.holder = Surroundings.Holder.OTHER_ORGANIZATION;
    Decision foreign =
        decide(command(new DestinationCommand.Delete(ANY_VERSION)), Optional.empty());

    assertThat(codes(unknown)).containsExactly("not-found");
    assertThat(refused(foreign).errors()).isEqualTo(refused(unknown).errors());
    assertThat(refused(unknown).foreign()).isFalse();
    assertThat(refused(foreign).foreign()).isTrue();
  }

  @Test
  void nobodySpeaksForTheUnknownOrganization() {
    var command = command(OrganizationId.UNKNOWN, ID, new DestinationCommand.Enable(ANY_VERSION));

    assertThat(refused(decide(command, Optional.empty())).errors())
        .extracting(FieldError::field)
        .containsExactly("organizationId");
  }

  private Decision decide(DestinationCommand command, Optional<Registered> current) {
    return decisions.decide(command, current, others, LATER);
  }

  private static Registered existing() {
    return existing(config("X-Api-Key"), List.of(sealed("x-api-key", "first")));
  }

  private static Registered existing(WebhookConfig config, List<SealedField> secrets) {
    return new Registered(
        new Destination(
            ID,
            ORG,
            "reports",
            Optional.of("for reports"),
            config,
            false,
            true,
            false,
            4,
            NOW,
            NOW),
        secrets);
  }

  private static Registered deleted() {
    return new Registered(Changes.deleted(existing().destination(), NOW), List.of());
  }

  private static Decision.Changed changed(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Changed.class);
    return (Decision.Changed) decision;
  }

  private static Decision.Refused refused(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Refused.class);
    return (Decision.Refused) decision;
  }

  private static List<String> codes(Decision decision) {
    return refused(decision).errors().stream().map(FieldError::code).toList();
  }

  /** An organization's other destinations, as a test wants them. */
  private static final class Others implements Surroundings {
    final Map<String, DestinationId> labels = new HashMap<>();
    long live;
    Holder holder = Holder.NOBODY;

    @Override
    public Optional<DestinationId> labelled(OrganizationId organization, String label) {
      return Optional.ofNullable(labels.get(label));
    }

    @Override
    public long live(OrganizationId organization) {
      return live;
    }

    @Override
    public Holder holder(OrganizationId organization, DestinationId id) {
      return holder;
    }
  }
}
