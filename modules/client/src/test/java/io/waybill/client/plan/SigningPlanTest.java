package io.waybill.client.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.SealedField;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.SigningSecrets;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookSigning.Key;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.Opener;
import io.waybill.secrets.Opening;
import io.waybill.secrets.Sealer;
import io.waybill.wire.DestinationJson;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which keys a file's wish comes to. */
class SigningPlanTest {
  private static final Instant NOW = Instant.parse("2026-01-31T08:00:00.123456Z");
  private static final Instant TODAY = Instant.parse("2026-01-31T08:00:00.123Z");
  private static final DestinationId ID = new DestinationId("d-1");
  private static final String OWN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

  private final Keyset keyset = Keyset.generate();
  private final Sealer sealer = new Sealer(keyset);

  /** A destination as it stands after a file was applied. */
  private record Applied(
      Destination destination, List<SealedField> stored, Optional<String> shown, boolean changed) {
    List<Key> keys() {
      return ((WebhookConfig) destination.config()).signing().orElseThrow().keys();
    }
  }

  private Applied apply(Optional<Applied> before, Instant now, String url, String signing) {
    String json =
        """
        {"organizationId": "o", "label": "l", "type": "webhook",
         "config": {"webhook": {"url": "%s", "headers": {"X-A": "value-a"}%s}}}
        """
            .formatted(url, signing.isEmpty() ? "" : ", \"signing\": " + signing);
    DestinationJson.Valid wish =
        (DestinationJson.Valid) DestinationJson.parse(json.getBytes(StandardCharsets.UTF_8));
    List<SealedField> stored = before.map(Applied::stored).orElse(List.of());
    SigningPlan signed =
        SigningPlan.of(
            wish, before.map(Applied::destination), stored, () -> sealer, new SecureRandom(), now);
    DestinationPlan plan =
        DestinationPlan.of(
            signed.wish(),
            before.map(Applied::destination),
            stored,
            () -> sealer,
            (organization, id, config, field) -> field,
            () -> ID);
    List<SealedField> fields =
        switch (plan) {
          case DestinationPlan.Create create -> create.action().secrets();
          case DestinationPlan.Update update -> update.action().secrets();
          case DestinationPlan.Unchanged _ -> stored;
        };
    Destination after =
        new Destination(
            ID,
            wish.spec().organizationId(),
            "l",
            Optional.empty(),
            signed.wish().spec().config(),
            wish.spec().fallback(),
            false,
            true,
            false,
            1,
            TODAY,
            TODAY);
    return new Applied(
        after,
        fields,
        signed.made().map(SigningPlan.NewSecret::text),
        !(plan instanceof DestinationPlan.Unchanged));
  }

  private Applied apply(String signing) {
    return apply(Optional.empty(), NOW, "https://h/", signing);
  }

  private Applied apply(Applied before, String signing) {
    return apply(Optional.of(before), NOW, "https://h/", signing);
  }

  private Opening open(Applied applied) {
    DestinationSecrets sealed =
        new DestinationSecrets(ID, applied.destination().organizationId(), 1, applied.stored());
    return new Opener(keyset).open(sealed, applied.destination().config());
  }

  private String opened(Applied applied, int number) {
    Opening opening = open(applied);
    return ((Opening.Opened) opening).secrets().get("webhook.signing.secrets." + number).reveal();
  }

  @Test
  void aNewDestinationGetsASecretThatIsShownAndSealed() {
    Applied made = apply("{}");

    assertThat(made.shown()).isPresent();
    assertThat(SigningSecrets.check("s", SigningAlgorithm.V1, made.shown().get())).isEmpty();
    assertThat(opened(made, 1)).isEqualTo(made.shown().get());
    assertThat(made.keys()).containsExactly(Key.current(1, SigningAlgorithm.V1, Optional.empty()));
  }

  @Test
  void appliedAgainItStaysAsItIs() {
    Applied made = apply("{}");

    Applied again = apply(made, "{}");
    Applied withMask = apply(made, "{\"secret\": \"**** (fingerprint 0123456789ab)\"}");

    assertThat(again.changed()).isFalse();
    assertThat(again.shown()).isEmpty();
    assertThat(withMask.changed()).isFalse();
  }

  @Test
  void anOwnSecretIsSealedAndNotShown() {
    Applied made = apply("{\"secret\": \"" + OWN + "\"}");

    assertThat(made.shown()).isEmpty();
    assertThat(opened(made, 1)).isEqualTo(OWN);
    assertThat(apply(made, "{\"secret\": \"" + OWN + "\"}").changed()).isFalse();
    assertThat(apply(made, "{}").changed()).isFalse();
  }

  @Test
  void anotherSecretTakesOverWithAnOverlap() {
    Applied made = apply("{\"secret\": \"" + OWN + "\"}");

    Applied changed = apply(made, "{\"secret\": \"" + OTHER + "\", \"overlap\": 60000}");

    assertThat(changed.keys())
        .containsExactly(
            Key.current(2, SigningAlgorithm.V1, Optional.empty()),
            new Key(1, SigningAlgorithm.V1, Optional.empty(), Optional.of(TODAY.plusSeconds(60))));
    assertThat(opened(changed, 2)).isEqualTo(OTHER);
    // Sealed as it was: nothing was opened for it.
    assertThat(changed.stored()).contains(byNumber(made, 1));
    assertThat(apply(changed, "{\"secret\": \"" + OTHER + "\", \"overlap\": 60000}").changed())
        .isFalse();
  }

  @Test
  void anotherAlgorithmGetsANewKeyBesideTheOldOne() {
    Applied made = apply("{}");

    Applied pair = apply(made, "{\"algorithm\": \"v1a\"}");

    assertThat(pair.keys())
        .extracting(Key::algorithm)
        .containsExactly(SigningAlgorithm.V1A, SigningAlgorithm.V1);
    assertThat(pair.keys().getFirst().publicKey())
        .contains(SigningSecrets.publicKeyOf(pair.shown().orElseThrow()));
    assertThat(pair.keys().getLast().until()).contains(TODAY.plus(Duration.ofDays(1)));
  }

  @Test
  void anotherHostGetsANewSecretAndTheOldOneEndsAtOnce() {
    Applied made = apply("{}");

    Applied moved = apply(Optional.of(made), NOW, "https://elsewhere/", "{}");

    assertThat(moved.keys()).containsExactly(Key.current(2, SigningAlgorithm.V1, Optional.empty()));
    assertThat(moved.shown()).isPresent().isNotEqualTo(made.shown());
    Applied path = apply(Optional.of(made), NOW, "https://h/other/path", "{}");
    assertThat(path.keys()).isEqualTo(made.keys());
    Applied port = apply(Optional.of(made), NOW, "https://H:443/", "{}");
    assertThat(port.keys()).isEqualTo(made.keys());
    assertThat(port.shown()).isEmpty();
  }

  @Test
  void withoutSigningThereAreNoKeys() {
    Applied made = apply("{}");

    Applied bare = apply(made, "");

    assertThat(((WebhookConfig) bare.destination().config()).signing()).isEmpty();
    assertThat(bare.stored()).extracting(SealedField::name).containsExactly("webhook.headers.x-a");
  }

  @Test
  void tooManySecretsAtATimeAreRefusedWithAWayOut() {
    Applied each = apply("{}");
    for (int i = 0; i < 4; i++) {
      each =
          apply(
              each,
              "{\"secret\": \""
                  + SigningSecrets.generate(SigningAlgorithm.V1, new SecureRandom())
                  + "\"}");
    }
    Applied five = each;
    assertThat(five.keys()).hasSize(5);

    assertThatThrownBy(() -> apply(five, "{\"secret\": \"" + OWN + "\"}"))
        .isInstanceOf(PlanException.class)
        .hasMessageContaining("overlap of 0");
    assertThat(apply(five, "{\"secret\": \"" + OWN + "\", \"overlap\": 0}").keys()).hasSize(1);
    Applied later =
        apply(
            Optional.of(five),
            NOW.plus(Duration.ofDays(2)),
            "https://h/",
            "{\"secret\": \"" + OWN + "\"}");
    assertThat(later.keys()).extracting(Key::number).containsExactly(6, 5);
  }

  /** What docs/operations.md tells whoever has lost the keyset. */
  @Test
  void aSecretWhoseKeyIsLostIsInTheWayUntilItIsReplacedWithoutOverlap() {
    Applied made = apply("{\"secret\": \"" + OWN + "\"}");
    SigningPlanTest anew = new SigningPlanTest();

    Applied kept = anew.apply(made, "{}");
    Applied overlapping = anew.apply(made, "{\"secret\": \"" + OWN + "\"}");
    Applied replaced = anew.apply(made, "{\"secret\": \"" + OWN + "\", \"overlap\": 0}");

    assertThat(anew.open(kept)).isInstanceOf(Opening.KeyUnavailable.class);
    assertThat(overlapping.keys()).hasSize(2);
    assertThat(anew.open(overlapping)).isInstanceOf(Opening.KeyUnavailable.class);
    assertThat(replaced.keys()).hasSize(1);
    assertThat(anew.opened(replaced, 2)).isEqualTo(OWN);
  }

  @Test
  void nothingPrintsASecret() {
    Applied made = apply("{\"secret\": \"" + OWN + "\"}");
    SigningPlan.NewSecret secret =
        new SigningPlan.NewSecret(SigningAlgorithm.V1, new SecureRandom());

    assertThat(made.destination().toString() + made.stored()).doesNotContain("MfKQ9r8G");
    assertThat(secret.toString()).doesNotContain(secret.text());
    assertThat(WebhookSigning.of(made.keys().getFirst()).toString()).doesNotContain("whsec");
  }

  private static SealedField byNumber(Applied applied, int number) {
    return applied.stored().stream()
        .filter(field -> field.name().equals("webhook.signing.secrets." + number))
        .findFirst()
        .orElseThrow();
  }
}
