package io.waybill.destinations;

import static io.waybill.destinations.Samples.ID;
import static io.waybill.destinations.Samples.NOW;
import static io.waybill.destinations.Samples.ORG;
import static io.waybill.destinations.Samples.SECOND_ID;
import static io.waybill.destinations.Samples.command;
import static io.waybill.destinations.Samples.config;
import static io.waybill.destinations.Samples.create;
import static io.waybill.destinations.Samples.sealed;
import static io.waybill.destinations.Samples.sealedAs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationId;
import io.waybill.domain.Fallback;
import io.waybill.domain.FieldError;
import io.waybill.domain.RetryConfig;
import io.waybill.domain.SealedField;
import io.waybill.domain.WebhookConfig;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreateDecisionsTest extends DecisionsFixture {
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
                Fallback.none(),
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
            Optional.of(new RetryConfig(-1, Duration.ofSeconds(1), 0.5, Duration.ZERO)),
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
  void refusesWhatTheOperatorDoesNotAllow() {
    notAllowed.add(new FieldError("config.webhook.url", "address-denied", "is loopback"));

    Decision decision = decide(command(create("reports")), Optional.empty());

    assertThat(refused(decision).errors()).isEqualTo(notAllowed);
  }

  @Test
  void takesFallbacksThatTheOrganizationHas() {
    others.liveIds.add(SECOND_ID);

    Decision decision = decide(command(withFallback(SECOND_ID)), Optional.empty());

    assertThat(changed(decision).after().fallback().destinationIds()).containsExactly(SECOND_ID);
  }

  @Test
  void refusesFallbacksThatDoNotExistAndTheDestinationItself() {
    others.liveIds.add(ID);

    assertThat(refused(decide(command(withFallback(ID, SECOND_ID)), Optional.empty())).errors())
        .extracting(FieldError::field, FieldError::code)
        .containsExactly(
            tuple("fallbackDestinationIds", "invalid-value"),
            tuple("fallbackDestinationIds", "not-found"));
  }

  private static DestinationCommand.Create withFallback(DestinationId... ids) {
    var plain = create("reports");
    return new DestinationCommand.Create(
        plain.label(),
        plain.description(),
        plain.config(),
        new Fallback(List.of(ids), Optional.empty()),
        plain.isDefault(),
        plain.secrets());
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

  @DisplayName("row 52: refuses one more than the quota")
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
            new SealedField("webhook.headers.d", new byte[1], "0123456789ab"),
            new SealedField(
                "webhook.headers.e", new byte[1], "0123456789ab", SealedField.TO_FIELD));

    Decision decision =
        decide(
            command(create("reports", config("A", "B", "C", "D", "E"), fields)), Optional.empty());

    assertThat(codes(decision))
        .containsExactly(
            "invalid-ciphertext",
            "invalid-ciphertext",
            "invalid-fingerprint",
            "duplicate-field",
            "invalid-binding");
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
        IntStream.range(0, 450).mapToObj(i -> sealed("unknown-" + i, "x")).toList();

    Decision decision = decide(command(create("reports", config(), unknown)), Optional.empty());

    assertThat(refused(decision).errors()).hasSize(101);
    assertThat(refused(decision).errors().getLast().message()).isEqualTo("and 350 further errors");
  }

  @Test
  void judgesAMegabyteOfEmojiAsLabelAtOnce() {
    Decision decision = decide(command(create("😀".repeat(250_000))), Optional.empty());

    assertThat(codes(decision)).containsExactly("too-long");
  }

  @Test
  void doesNotLookAtEachOfAMillionHeaders() {
    var names =
        new WebhookConfig(
            URI.create("https://hooks.example.com/in"),
            "POST",
            Collections.nCopies(1_000_000, ""),
            WebhookConfig.DEFAULT_TIMEOUT,
            Optional.empty(),
            WebhookConfig.Body.DATA);
    List<SealedField> seals = Collections.nCopies(300_000, sealed("x", "x"));

    Decision decision = decide(command(create("reports", names, seals)), Optional.empty());

    assertThat(refused(decision).errors())
        .extracting(FieldError::field, FieldError::code)
        .containsExactly(tuple("config.webhook.headers", "too-many"), tuple("secrets", "too-many"));
  }
}
