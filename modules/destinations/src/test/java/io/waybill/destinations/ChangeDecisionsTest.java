package io.waybill.destinations;

import static io.waybill.destinations.Samples.ANY_VERSION;
import static io.waybill.destinations.Samples.ID;
import static io.waybill.destinations.Samples.NOW;
import static io.waybill.destinations.Samples.ORG;
import static io.waybill.destinations.Samples.SECOND_ID;
import static io.waybill.destinations.Samples.command;
import static io.waybill.destinations.Samples.config;
import static io.waybill.destinations.Samples.configOf;
import static io.waybill.destinations.Samples.sealed;
import static io.waybill.destinations.Samples.sealedAs;
import static io.waybill.destinations.Samples.update;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.Fallback;
import io.waybill.domain.FieldError;
import io.waybill.domain.MailEncryption;
import io.waybill.domain.MailService;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.WebhookAuth;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookTls;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeDecisionsTest extends DecisionsFixture {
  @Test
  void updateReplacesTheWholeAndRaisesTheVersion() {
    var update =
        new DestinationCommand.Update(
            "audits",
            Optional.empty(),
            configOf("https://new.example.com/in", "X-Api-Key"),
            Fallback.none(),
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
                Fallback.none(),
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

  @DisplayName("row 53: update keeps stored secrets and drops those of removed headers")
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://attacker.example.com/in",
        "https://hooks.example.com:8443/in",
        "http://hooks.example.com/in",
        "http://hooks.example.com:443/in",
        "https://hooks.example.com.attacker.example/in",
      })
  void credentialsAreNotTakenAlongToAnotherPlace(String url) {
    WebhookConfig elsewhere = configOf(url, "X-Api-Key");
    List<List<SealedField>> kept =
        List.of(
            List.of(),
            List.of(sealed("x-api-key", "first")),
            // The copy of a seal is the seal, whatever fingerprint stands beside it.
            List.of(
                new SealedField(
                    "webhook.headers.x-api-key",
                    sealed("x-api-key", "first").ciphertext(),
                    "aaaaaaaaaaaa")));
    for (List<SealedField> given : kept) {
      var decision = decide(command(update("reports", elsewhere, given)), Optional.of(existing()));
      assertThat(refused(decision).errors())
          .singleElement()
          .satisfies(error -> {
            assertThat(error.code()).isEqualTo("credentials-needed-again");
            assertThat(error.message()).contains("webhook.headers.x-api-key", "again");
          });
    }
  }

  @Test
  void signingSecretsAuthenticationAndClientKeysStayToo() {
    List<SealedField> stored =
        Stream.of("webhook.auth.token", WebhookTls.CLIENT_KEY, "webhook.signing.secrets.1")
            .map(name -> new SealedField(name, name.getBytes(US_ASCII), "000000000001"))
            .toList();
    WebhookConfig before = withIdentity("https://hooks.example.com/in", 1);
    WebhookConfig elsewhere = withIdentity("https://new.example.com/in", 1);

    assertThat(before.credentialNames())
        .containsExactlyElementsOf(stored.stream().map(SealedField::name).toList());
    assertThat(SealedFields.checkTakenAlong(before, elsewhere, stored, stored))
        .hasSize(3)
        .allMatch(error -> error.code().equals("credentials-needed-again"));
    assertThat(
            SealedFields.checkTakenAlong(
                before, withIdentity("https://hooks.example.com/other", 1), stored, stored))
        .isEmpty();
    // As the command line moves it: the others again, and a new secret in the place of all before.
    var again = sealedFor("webhook.auth.token", WebhookTls.CLIENT_KEY, "webhook.signing.secrets.2");
    var merged = SealedFields.merge(withIdentity("https://new.example.com/in", 2), again, stored);
    assertThat(merged.errors()).isEmpty();
    assertThat(SealedFields.checkTakenAlong(before, elsewhere, merged.fields(), stored)).isEmpty();
  }

  private static List<SealedField> sealedFor(String... names) {
    return Stream.of(names)
        .map(name -> new SealedField(name, ("new " + name).getBytes(US_ASCII), "000000000002"))
        .toList();
  }

  private static WebhookConfig withIdentity(String url, int key) {
    WebhookConfig plain = configOf(url);
    return new WebhookConfig(
        plain.url(),
        plain.method(),
        plain.headerNames(),
        plain.timeout(),
        plain.retry(),
        plain.body(),
        Optional.of(
            WebhookSigning.of(
                WebhookSigning.Key.current(key, SigningAlgorithm.V1, Optional.empty()))),
        Optional.of(new WebhookAuth.Bearer()),
        Optional.of(new WebhookTls(Optional.empty(), Optional.of("certificate"))),
        false,
        false);
  }

  @Test
  void credentialsGivenAgainGoToTheNewPlace() {
    var again = sealedAs("x-api-key", "first", "sealed again");
    var update =
        update("reports", configOf("https://new.example.com/in", "X-Api-Key"), List.of(again));

    assertThat(changed(decide(command(update), Optional.of(existing()))).secrets())
        .containsExactly(again);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://hooks.example.com/another",
        "https://HOOKS.example.com/moved",
        "https://hooks.example.com:443/in?a=b",
      })
  void credentialsAreKeptWhereThePlaceIsTheSame(String url) {
    var update = update("reports", configOf(url, "X-Api-Key"), List.of());

    assertThat(changed(decide(command(update), Optional.of(existing()))).secrets())
        .containsExactly(sealed("x-api-key", "first"));
  }

  /**
   * Otherwise whoever has an early seal, which opens anywhere, could move the destination with
   * rubbish in its place, and bring it in afterwards.
   */
  @Test
  void aSealForNoPlaceIsTakenOnlyAsACopyOfWhatIsStored() {
    SealedField early = early(sealed("x-api-key", "early"));
    Registered before = existing(config("X-Api-Key"), List.of(early));
    WebhookConfig samePlace = configOf("https://hooks.example.com/other", "X-Api-Key");
    WebhookConfig elsewhere = configOf("https://new.example.com/in", "X-Api-Key");

    for (List<SealedField> kept : List.of(List.of(early), List.<SealedField>of())) {
      assertThat(changed(decide(command(update("reports", samePlace, kept)), Optional.of(before))))
          .extracting(Decision.Changed::secrets)
          .isEqualTo(List.of(early));
      var moved = decide(command(update("reports", elsewhere, kept)), Optional.of(before));
      assertThat(codes(moved)).contains("credentials-needed-again");
    }
    for (SealedField other :
        List.of(
            early(sealed("x-api-key", "earlier")),
            early(sealed("x-api-key", "first")),
            new SealedField(early.name(), early.ciphertext(), early.fingerprint(), 2))) {
      for (WebhookConfig config : List.of(samePlace, elsewhere)) {
        var update = update("reports", config, List.of(other));
        assertThat(codes(decide(command(update), Optional.of(existing()))))
            .contains("invalid-binding");
      }
    }
  }

  private static SealedField early(SealedField field) {
    return new SealedField(
        field.name(), field.ciphertext(), field.fingerprint(), SealedField.TO_FIELD);
  }

  @Test
  void aDestinationWithoutCredentialsMovesFreely() {
    var update = update("reports", configOf("https://new.example.com/in"), List.of());

    assertThat(changed(decide(command(update), Optional.of(existing()))).secrets()).isEmpty();
  }

  /** Were it none, an update that asks for it would change nothing, and mails go on in clear. */
  @Test
  void encryptionOfMailsIsAChange() {
    EmailConfig clear = mail("smtp.example.com", 587, false);
    EmailConfig encrypted =
        new EmailConfig(
            clear.service(),
            clear.from(),
            clear.subject(),
            clear.bodyTemplate(),
            clear.htmlTemplate(),
            clear.attachmentName(),
            clear.recipients(),
            clear.timeout(),
            clear.retry(),
            Optional.of(new MailEncryption.ToPassword(Optional.empty())));
    Destination before = existing(clear, List.of()).destination();
    Destination after = existing(encrypted, List.of()).destination();

    assertThat(Changes.fields(existing(clear, List.of()), after, List.of()))
        .containsExactly("config.email.encryption");
    assertThat(Changes.fields(existing(clear, List.of()), before, List.of())).isEmpty();
  }

  @Test
  void mailServersAndStoresAreOtherPlacesToo() {
    var smtp = new SealedField(EmailConfig.PASSWORD, new byte[] {1}, "000000000001");
    var key = new SealedField(StorageConfig.SECRET_ACCESS_KEY, new byte[] {2}, "000000000002");
    var moves =
        List.of(
            SealedFields.checkTakenAlong(
                mail("smtp.example.com", 587, false),
                mail("attacker.example.com", 587, false),
                List.of(smtp),
                List.of(smtp)),
            SealedFields.checkTakenAlong(
                mail("smtp.example.com", 465, true),
                mail("smtp.example.com", 465, false),
                List.of(smtp),
                List.of(smtp)),
            SealedFields.checkTakenAlong(
                store(Optional.empty()),
                store(Optional.of(URI.create("https://attacker.example.com"))),
                List.of(key),
                List.of(key)),
            SealedFields.checkTakenAlong(
                store(Optional.of(URI.create("https://s3.example.com"))),
                store(Optional.of(URI.create("https://s3.example.com:9000"))),
                List.of(key),
                List.of(key)));
    assertThat(moves)
        .allSatisfy(errors ->
            assertThat(errors)
                .extracting(FieldError::code)
                .containsExactly("credentials-needed-again"));
    assertThat(
            SealedFields.checkTakenAlong(
                mail("smtp.example.com", 587, false),
                mail("SMTP.example.com", 587, false),
                List.of(smtp),
                List.of(smtp)))
        .isEmpty();
  }

  /** A key of one service never goes to another, nor to a server of one's own. */
  @Test
  void mailServicesAreOtherPlacesAndOtherFields() {
    EmailConfig smtp = mail("smtp.example.com", 587, false);
    EmailConfig ses = mail(new MailService.Ses("us-east-1", Optional.empty(), false));
    EmailConfig frankfurt = mail(new MailService.Ses("eu-central-1", Optional.empty(), false));
    EmailConfig sendGrid = mail(new MailService.SendGrid());

    assertThat(fields(smtp, sendGrid)).containsExactly("config.email.service");
    assertThat(fields(ses, frankfurt)).containsExactly("config.email.config");
    assertThat(fields(sendGrid, sendGrid)).isEmpty();
    assertThat(ses.credentialsGoTo()).isEqualTo(frankfurt.credentialsGoTo());
    assertThat(List.of(smtp, ses, sendGrid))
        .extracting(EmailConfig::credentialsGoTo)
        .doesNotHaveDuplicates();
    assertThat(List.of(smtp, ses, sendGrid))
        .flatExtracting(EmailConfig::credentialNames)
        .doesNotHaveDuplicates();
  }

  private static List<String> fields(EmailConfig before, EmailConfig after) {
    return Changes.fields(
        existing(before, List.of()), existing(after, List.of()).destination(), List.of());
  }

  private static EmailConfig mail(String host, int port, boolean secure) {
    return mail(new EmailConfig.Smtp(host, port, secure, true));
  }

  private static EmailConfig mail(MailService service) {
    return new EmailConfig(
        service,
        "a@example.com",
        "s",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of("b@example.com"),
        EmailConfig.DEFAULT_TIMEOUT,
        Optional.empty());
  }

  private static StorageConfig store(Optional<URI> endpoint) {
    return new StorageConfig(
        "us-east-1",
        "bucket",
        endpoint,
        true,
        "p/",
        "AES256",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        StorageConfig.Credentials.KEYS,
        StorageConfig.DEFAULT_TIMEOUT,
        Optional.empty());
  }

  @Test
  void namesWhatChangedOfAStore() {
    StorageConfig before = store(Optional.empty());
    StorageConfig after =
        new StorageConfig(
            before.provider(),
            before.region(),
            before.bucket(),
            before.endpoint(),
            before.forcePathStyle(),
            before.path(),
            before.serverSideEncryption(),
            before.kmsKeyId(),
            before.storageClass(),
            Optional.of("arn:aws:iam::123456789012:role/archive"),
            Map.of("data-class", "phi"),
            Optional.of(new StorageConfig.Retention(7, true)),
            before.metadata(),
            before.credentials(),
            before.timeout(),
            before.retry());
    StorageConfig folder =
        StorageConfig.local(before.bucket(), "p/", before.timeout(), Optional.empty());

    assertThat(changes(before, after))
        .containsExactly(
            "config.storage.config.roleArn", "config.storage.tags", "config.storage.retention");
    assertThat(changes(before, folder))
        .contains("config.storage.provider", "config.storage.config.region");
  }

  private static List<String> changes(StorageConfig before, StorageConfig after) {
    return Changes.fields(
        new Registered(withStore(before), List.of()), withStore(after), List.of());
  }

  private static Destination withStore(StorageConfig config) {
    return new Destination(
        ID,
        ORG,
        "archive",
        Optional.empty(),
        config,
        Fallback.none(),
        false,
        true,
        false,
        4,
        NOW,
        NOW);
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

  @DisplayName("row 53: refuses an old version and names both")
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
  void aDisabledDestinationSaysWhoDisabledItWhenAndWhy() {
    var off =
        changed(
            decide(
                command(new DestinationCommand.Disable(ANY_VERSION, Optional.of("it is gone"))),
                Optional.of(existing())));
    assertThat(off.after().switchedOff())
        .contains(
            new Destination.SwitchedOff(
                off.after().updatedAt(),
                command(new DestinationCommand.Enable(ANY_VERSION)).actor(),
                Optional.of("it is gone")));

    var disabled = new Registered(off.after(), off.secrets());
    assertThat(
            changed(
                    decide(
                        command(new DestinationCommand.SetDefault(false, ANY_VERSION)),
                        Optional.of(
                            new Registered(
                                Changes.withDefault(off.after(), true, off.after().updatedAt()),
                                off.secrets()))))
                .after()
                .switchedOff())
        .as("kept by other changes")
        .isEqualTo(off.after().switchedOff());
    assertThat(
            decide(
                command(new DestinationCommand.Disable(ANY_VERSION, Optional.of("once more"))),
                Optional.of(disabled)))
        .as("the first reason stays")
        .isEqualTo(new Decision.Unchanged(5));
    var on =
        changed(decide(command(new DestinationCommand.Enable(ANY_VERSION)), Optional.of(disabled)));
    assertThat(on.after().switchedOff()).isEmpty();
  }

  @Test
  void refusesAReasonThatCannotBeShown() {
    for (String reason : List.of(" ", "two\nlines", "x".repeat(501))) {
      var decision =
          decide(
              command(new DestinationCommand.Disable(ANY_VERSION, Optional.of(reason))),
              Optional.of(existing()));

      assertThat(refused(decision).errors())
          .singleElement()
          .satisfies(error -> assertThat(error.field()).isEqualTo("reason"));
    }
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
            Changes.disabled(existing().destination(), "ann", Optional.empty(), NOW),
            existing().secrets());

    assertThat(
            codes(
                decide(
                    command(new DestinationCommand.SetDefault(true, ANY_VERSION)),
                    Optional.of(disabled))))
        .containsExactly("disabled");
    var update =
        new DestinationCommand.Update(
            "reports",
            Optional.empty(),
            config("X-Api-Key"),
            Fallback.none(),
            true,
            List.of(),
            ANY_VERSION);
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
}
