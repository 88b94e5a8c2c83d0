package io.waybill.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.Opener;
import io.waybill.secrets.Opening;
import io.waybill.secrets.Resealer;
import io.waybill.secrets.Sealer;
import io.waybill.secrets.Secret;
import io.waybill.wire.DestinationJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DestinationPlanTest {
  private static final Instant T = Instant.parse("2026-01-31T08:00:00Z");
  private static final DestinationId ID = new DestinationId("d-1");

  private final Keyset keyset = Keyset.generate();
  private final Sealer sealer = new Sealer(keyset);

  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBODCB66ADAgECAhRWfQjyVAhFHCtUHHx/D3/nrba3GzAFBgMrZXAwEjEQMA4G
      A1UEAwwHd2F5YmlsbDAeFw0yNjExMjYwMTM2MDVaFw0zNjExMjMwMTM2MDVaMBIx
      EDAOBgNVBAMMB3dheWJpbGwwKjAFBgMrZXADIQAGoTHJOYB1ed2dCAL2Uk+dgsp/
      hHz131fiHIjTcyM8L6NTMFEwHQYDVR0OBBYEFJAkiuyAhazf93m91nEuOr52mCIk
      MB8GA1UdIwQYMBaAFJAkiuyAhazf93m91nEuOr52mCIkMA8GA1UdEwEB/wQFMAMB
      Af8wBQYDK2VwA0EAsTzmp9qbaMgCw0kpjZwfpqkQWGUJ0tt6RbpuAc6UVTjYBd+z
      T3jA3jfW28mt42UVxoKmywCNT6zrS1Ci3dLADA==
      -----END CERTIFICATE-----
      """;

  private static DestinationJson.Valid wish(String url, String headers) {
    return webhook(url, "\"headers\": " + headers);
  }

  private static DestinationJson.Valid webhook(String url, String fields) {
    String json =
        """
        {"organizationId": "o", "label": "l", "type": "webhook",
         "config": {"webhook": {"url": "%s", %s}}}
        """
            .formatted(url, fields);
    return (DestinationJson.Valid) DestinationJson.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private DestinationPlan plan(
      DestinationJson.Valid wish, Optional<Destination> existing, List<SealedField> stored) {
    return DestinationPlan.of(wish, existing, stored, () -> sealer, this::renew, () -> ID);
  }

  private SealedField renew(
      OrganizationId organization, DestinationId id, DestinationConfig config, SealedField field) {
    return new Resealer(keyset).reseal(organization, id, config, field).orElse(field);
  }

  private DestinationPlan.Create create(DestinationJson.Valid wish) {
    return (DestinationPlan.Create) plan(wish, Optional.empty(), List.of());
  }

  private static Destination destination(DestinationPlan.Create made, DestinationJson.Valid wish) {
    assertThat(made.action().config()).isEqualTo(wish.spec().config());
    return destination(wish);
  }

  private static Destination destination(DestinationJson.Valid wish) {
    return new Destination(
        ID,
        wish.spec().organizationId(),
        wish.spec().label(),
        wish.spec().description(),
        wish.spec().config(),
        wish.spec().fallback(),
        wish.spec().isDefault(),
        true,
        false,
        7,
        T,
        T);
  }

  @Test
  void sealsEveryHeaderValueUnderItsLowerCaseName() {
    DestinationJson.Valid wish =
        wish("https://h/", "{\"Authorization\": \"Bearer t\", \"X-Source\": \"s\"}");

    DestinationPlan.Create create = create(wish);

    assertThat(create.id()).isEqualTo(ID);
    assertThat(create.action().secrets())
        .extracting(SealedField::name)
        .containsExactly("webhook.headers.authorization", "webhook.headers.x-source");
    SealedField field = create.action().secrets().getFirst();
    assertThat(new String(field.ciphertext(), StandardCharsets.ISO_8859_1))
        .doesNotContain("Bearer");
    DestinationSecrets published =
        new DestinationSecrets(ID, wish.spec().organizationId(), 1, create.action().secrets());
    assertThat(new Opener(keyset).open(published, wish.spec().config()))
        .isInstanceOfSatisfying(
            Opening.Opened.class,
            opened ->
                assertThat(opened.secrets().get("webhook.headers.authorization").reveal())
                    .isEqualTo("Bearer t"));
  }

  @Test
  void leavesAloneWhatIsAlreadySo() {
    DestinationJson.Valid wish = wish("https://h/", "{\"Authorization\": \"Bearer t\"}");
    DestinationPlan.Create made = create(wish);

    assertThat(plan(wish, Optional.of(destination(made, wish)), made.action().secrets()))
        .isEqualTo(new DestinationPlan.Unchanged(ID, 7));
  }

  @Test
  void updatesWhenAValueIsAnother() {
    DestinationJson.Valid before = wish("https://h/", "{\"Authorization\": \"Bearer t\"}");
    DestinationPlan.Create made = create(before);
    DestinationJson.Valid after = wish("https://h/", "{\"Authorization\": \"Bearer u\"}");

    DestinationPlan plan =
        plan(after, Optional.of(destination(made, before)), made.action().secrets());

    assertThat(plan)
        .isInstanceOfSatisfying(
            DestinationPlan.Update.class,
            update -> {
              assertThat(update.id()).isEqualTo(ID);
              assertThat(update.action().expectedVersion()).isEqualTo(OptionalLong.of(7));
            });
  }

  @Test
  void updatesWhenTheConfigurationIsAnotherOrAHeaderIsGone() {
    DestinationJson.Valid before = wish("https://h/", "{\"X-A\": \"a\", \"X-B\": \"b\"}");
    DestinationPlan.Create made = create(before);
    Optional<Destination> existing = Optional.of(destination(made, before));

    assertThat(
            plan(
                wish("https://i/", "{\"X-A\": \"a\", \"X-B\": \"b\"}"),
                existing,
                made.action().secrets()))
        .isInstanceOf(DestinationPlan.Update.class);
    assertThat(plan(wish("https://h/", "{\"X-A\": \"a\"}"), existing, made.action().secrets()))
        .isInstanceOfSatisfying(
            DestinationPlan.Update.class,
            update ->
                assertThat(update.action().secrets())
                    .extracting(SealedField::name)
                    .containsExactly("webhook.headers.x-a"));
  }

  @Test
  void theMaskOfAReadBackKeepsWhatIsStored() {
    DestinationJson.Valid before = wish("https://h/", "{\"Authorization\": \"Bearer t\"}");
    DestinationPlan.Create made = create(before);
    DestinationJson.Valid after =
        wish("https://h/i", "{\"Authorization\": \"**** (fingerprint 0123)\"}");

    assertThat(plan(after, Optional.of(destination(made, before)), made.action().secrets()))
        .isInstanceOfSatisfying(
            DestinationPlan.Update.class,
            update -> assertThat(update.action().secrets()).isEqualTo(made.action().secrets()));
  }

  @Test
  void whatIsKeptIsSealedWithTheNewestKeyWhenSomethingElseChanges() {
    DestinationJson.Valid before = wish("https://h/", "{\"X-A\": \"a\", \"X-B\": \"b\"}");
    DestinationPlan.Create made = create(before);
    Keyset rotated = keyset.rotated();
    Resealer resealer = new Resealer(rotated);
    DestinationJson.Valid after = wish("https://h/i", "{\"X-A\": \"****\", \"X-B\": \"****\"}");

    DestinationPlan plan =
        DestinationPlan.of(
            after,
            Optional.of(destination(made, before)),
            made.action().secrets(),
            () -> sealer,
            (organization, id, config, field) ->
                resealer.reseal(organization, id, config, field).orElseThrow(),
            () -> ID);

    assertThat(plan)
        .isInstanceOfSatisfying(
            DestinationPlan.Update.class,
            update ->
                assertThat(update.action().secrets())
                    .hasSize(2)
                    .allMatch(resealer::isCurrent)
                    .extracting(SealedField::fingerprint)
                    .containsExactlyElementsOf(
                        made.action().secrets().stream().map(SealedField::fingerprint).toList()));
  }

  @Test
  void theMaskTakesNoCredentialAlongToAnotherHost() {
    DestinationJson.Valid before = wish("https://h/", "{\"Authorization\": \"Bearer t\"}");
    DestinationPlan.Create made = create(before);
    DestinationJson.Valid after = wish("https://i/", "{\"Authorization\": \"****\"}");

    assertThatThrownBy(
            () -> plan(after, Optional.of(destination(made, before)), made.action().secrets()))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("config.webhook.headers.authorization")
        .hasMessageContaining("another host");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"auth\": {\"type\": \"bearer\", \"token\": \"****\"} | webhook.auth.token",
        "\"tls\": {\"clientCertificate\": \"%s\", \"clientKey\": \"****\"}"
            + " | webhook.tls.clientKey"
      })
  void neitherDoesTheMaskOfAnotherCredential(String fields, String name) {
    String with = fields.formatted(CERTIFICATE.replace("\n", "\\n"));
    DestinationJson.Valid before = webhook("https://h/", with);
    Secret secret = Secret.of("stored");
    List<SealedField> stored =
        List.of(
            sealer.seal(before.spec().organizationId(), ID, before.spec().config(), name, secret));
    Optional<Destination> existing = Optional.of(destination(before));

    assertThat(plan(webhook("https://h/other", with), existing, stored))
        .isInstanceOfSatisfying(
            DestinationPlan.Update.class,
            update -> assertThat(update.action().secrets()).isEqualTo(stored));
    assertThatThrownBy(() -> plan(webhook("https://i/", with), existing, stored))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("config." + name)
        .hasMessageContaining("another host");
  }

  @Test
  void theMaskIsNeverTakenForAValue() {
    assertThatThrownBy(() -> create(wish("https://h/", "{\"Authorization\": \"****\"}")))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("config.webhook.headers.authorization");
  }

  @Test
  void needsNoKeysetWithoutHeaders() {
    DestinationPlan plan =
        DestinationPlan.of(
            wish("https://h/", "{}"),
            Optional.empty(),
            List.of(),
            () -> {
              throw new AssertionError("asked for the keyset");
            },
            this::renew,
            () -> ID);

    assertThat(plan).isInstanceOf(DestinationPlan.Create.class);
  }

  @Test
  void theReadBackShowsFingerprintsOnly() {
    DestinationJson.Valid wish = wish("https://h/x", "{\"Authorization\": \"Bearer t\"}");
    DestinationPlan.Create made = create(wish);

    String json = DestinationView.json(destination(made, wish), made.action().secrets()).toString();

    assertThat(json)
        .doesNotContain("Bearer")
        .contains(
            "\"Authorization\":\"**** (fingerprint "
                + made.action().secrets().getFirst().fingerprint()
                + ")\"")
        .contains("\"url\":\"https://h/x\"");
  }
}
