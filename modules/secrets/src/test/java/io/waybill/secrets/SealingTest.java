package io.waybill.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealingTest {
  private static final OrganizationId ACME = new OrganizationId("acme");
  private static final OrganizationId GLOBEX = new OrganizationId("globex");
  private static final DestinationId HOOK = new DestinationId("hook");
  private static final DestinationId MAIL = new DestinationId("mail");
  private static final String FIELD = "webhook.headers.authorization";
  private static final String MARKER = "Bearer 7f3c9d0e5b1a4862";

  private final Keyset keyset = Keyset.generate();
  private final Sealer sealer = new Sealer(keyset);
  private final Opener opener = new Opener(keyset);

  @Test
  void opensWhatWasSealed() {
    Opening opening =
        opener.open(
            secrets(
                ACME,
                HOOK,
                sealer.seal(ACME, HOOK, Places.HERE, FIELD, Secret.of(MARKER)),
                sealer.seal(
                    ACME, HOOK, Places.HERE, "webhook.signing-key", Secret.of(new byte[] {0, -1})),
                sealer.seal(ACME, HOOK, Places.HERE, "webhook.headers.x-empty", Secret.of(""))),
            Places.HERE);

    Map<String, Secret> opened = ((Opening.Opened) opening).secrets();
    assertThat(opened).hasSize(3);
    assertThat(secret(opened, FIELD).reveal()).isEqualTo(MARKER);
    assertThat(secret(opened, "webhook.signing-key").matches(Secret.of(new byte[] {0, -1})))
        .isTrue();
    assertThat(secret(opened, "webhook.headers.x-empty").reveal()).isEmpty();
  }

  @Test
  void aDestinationWithoutCredentialsOpensToNothing() {
    assertThat(opener.open(secrets(ACME, HOOK), Places.HERE))
        .isEqualTo(new Opening.Opened(Map.of()));
  }

  @Test
  void closingDestroysEverySecret() {
    Opening.Opened opened =
        (Opening.Opened)
            opener.open(secrets(ACME, HOOK, sealed(FIELD), sealed("other")), Places.HERE);
    opened.close();
    assertThat(opened.secrets().values()).hasSize(2).allMatch(Secret::isDestroyed);
  }

  @Test
  void eachCiphertextIsDifferentAndHoldsNoClearText() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      byte[] ciphertext = sealed(FIELD).ciphertext();
      seen.add(Arrays.toString(ciphertext));
      assertThat(new String(ciphertext, StandardCharsets.ISO_8859_1)).doesNotContain(MARKER);
    }
    assertThat(seen).hasSize(100);
  }

  /** Such as a tool writes that knows nothing of seals. */
  @DisplayName("row 73: what was never sealed is broken")
  @Test
  void whatWasNeverSealedIsBroken() {
    byte[] clear = MARKER.getBytes(StandardCharsets.UTF_8);

    assertBroken(secrets(ACME, HOOK, new SealedField(FIELD, clear, "")));
    assertBroken(secrets(ACME, HOOK, new SealedField(FIELD, clear, "", SealedField.TO_FIELD)));
    assertBroken(secrets(ACME, HOOK, new SealedField(FIELD, new byte[0], "")));
  }

  @DisplayName("row 74: is broken under another organization destination or field")
  @Test
  void isBrokenUnderAnotherOrganizationDestinationOrField() {
    SealedField sealed = sealed(FIELD);
    assertBroken(secrets(GLOBEX, HOOK, sealed));
    assertBroken(secrets(ACME, MAIL, sealed));
    assertBroken(
        secrets(ACME, HOOK, new SealedField("other", sealed.ciphertext(), sealed.fingerprint())));
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
  void isBrokenAtAnotherPlace(String url) {
    Opening opening = opener.open(secrets(ACME, HOOK, sealed(FIELD)), Places.at(url));

    assertThat(opening).isInstanceOf(Opening.Broken.class);
    assertThat(((Opening.Broken) opening).message()).contains(FIELD, "host").doesNotContain(MARKER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://hooks.example.com/another",
        "https://HOOKS.example.com/moved",
        "https://hooks.example.com:443/in?a=b",
      })
  void opensWhereThePlaceIsTheSame(String url) {
    assertThat(opener.open(secrets(ACME, HOOK, sealed(FIELD)), Places.at(url)))
        .isInstanceOf(Opening.Opened.class);
  }

  /** Who could have a seal taken for one that names no place could open it anywhere. */
  @Test
  void aSealThatSaysItIsOfAnotherFormIsNotOpened() {
    SealedField sealed = sealed(FIELD);
    assertThat(sealed.binding()).isEqualTo(SealedField.TO_PLACE);
    assertBroken(secrets(ACME, HOOK, withBinding(sealed, SealedField.TO_FIELD)));
    for (int newer : List.of(2, -1, Integer.MAX_VALUE)) {
      assertThat(opener.open(secrets(ACME, HOOK, withBinding(sealed, newer)), Places.HERE))
          .isInstanceOfSatisfying(
              Opening.KeyUnavailable.class,
              waits -> assertThat(waits.message()).contains(FIELD, "version"));
    }
  }

  private static SealedField withBinding(SealedField field, int binding) {
    return new SealedField(field.name(), field.ciphertext(), field.fingerprint(), binding);
  }

  @Test
  void theBoundaryBetweenBoundPartsCounts() {
    SealedField sealed =
        sealer.seal(
            new OrganizationId("ab"),
            new DestinationId("c"),
            Places.HERE,
            FIELD,
            Secret.of(MARKER));
    assertBroken(secrets(new OrganizationId("a"), new DestinationId("bc"), sealed));
  }

  @Test
  void everyFlippedBitIsNoticed() {
    SealedField sealed = sealed(FIELD);
    for (int bit = 0; bit < sealed.ciphertext().length * 8; bit++) {
      byte[] altered = sealed.ciphertext().clone();
      altered[bit / 8] ^= (byte) (1 << (bit % 8));
      Opening opening =
          opener.open(
              secrets(ACME, HOOK, new SealedField(FIELD, altered, sealed.fingerprint())),
              Places.HERE);
      // Bytes 1 to 4 name the key: altered, they name one that is not there.
      boolean inKeyId = bit / 8 >= 1 && bit / 8 <= 4;
      assertThat(opening)
          .as("bit %d", bit)
          .isInstanceOf(inKeyId ? Opening.KeyUnavailable.class : Opening.Broken.class);
    }
  }

  @Test
  void everyShortenedOrLengthenedCiphertextIsBroken() {
    byte[] whole = sealed(FIELD).ciphertext();
    for (int length = 0; length <= whole.length + 1; length++) {
      if (length != whole.length) {
        assertBroken(secrets(ACME, HOOK, new SealedField(FIELD, Arrays.copyOf(whole, length), "")));
      }
    }
  }

  @Test
  void anUnknownKeyIsUnavailableNotBroken() {
    Keyset other = Keyset.generate();
    SealedField sealed = new Sealer(other).seal(ACME, HOOK, Places.HERE, FIELD, Secret.of(MARKER));
    Opening opening = opener.open(secrets(ACME, HOOK, sealed), Places.HERE);
    assertThat(opening).isInstanceOf(Opening.KeyUnavailable.class);
    assertThat(((Opening.KeyUnavailable) opening).message())
        .contains("hook", FIELD, other.primaryKeyId(), "keyset")
        .doesNotContain(MARKER);
  }

  @Test
  void brokenOutranksUnavailableWhicheverComesFirst() {
    SealedField unavailable =
        new Sealer(Keyset.generate())
            .seal(ACME, HOOK, Places.HERE, "unavailable", Secret.of(MARKER));
    SealedField broken = new SealedField("broken", sealed(FIELD).ciphertext(), "");
    assertBroken(secrets(ACME, HOOK, sealed(FIELD), unavailable, broken));
    assertBroken(secrets(ACME, HOOK, broken, unavailable, sealed(FIELD)));
  }

  @Test
  void aFieldThatComesTwiceOrHasAnUnprintableNameIsBroken() {
    assertBroken(secrets(ACME, HOOK, sealed(FIELD), sealed(FIELD)));
    String message =
        assertBroken(
            secrets(ACME, HOOK, new SealedField("a\r\nb", sealed(FIELD).ciphertext(), "")));
    assertThat(message).doesNotContain("\r", "\n");
  }

  @Test
  void aRotatedKeysetOpensOldAndSealsWithTheNewKey() {
    SealedField old = sealed(FIELD);
    Keyset rotated = keyset.rotated();
    assertThat(rotated.primaryKeyId()).isNotEqualTo(keyset.primaryKeyId());

    SealedField young =
        new Sealer(rotated).seal(ACME, HOOK, Places.HERE, "young", Secret.of(MARKER));
    Opening both = new Opener(rotated.rotated()).open(secrets(ACME, HOOK, old, young), Places.HERE);
    Map<String, Secret> opened = ((Opening.Opened) both).secrets();
    assertThat(secret(opened, FIELD).reveal()).isEqualTo(MARKER);
    assertThat(secret(opened, "young").reveal()).isEqualTo(MARKER);

    assertThat(opener.open(secrets(ACME, HOOK, young), Places.HERE))
        .as("a process that still has the old keyset waits")
        .isInstanceOf(Opening.KeyUnavailable.class);
  }

  @Test
  void fingerprintsTellValuesApartWithinOneOrganizationOnly() {
    String fingerprint = sealed(FIELD).fingerprint();
    assertThat(fingerprint).matches("[0-9a-f]{12}");
    assertThat(sealer.seal(ACME, MAIL, Places.HERE, "other", Secret.of(MARKER)).fingerprint())
        .as("of the same value at another place")
        .isEqualTo(fingerprint);
    assertThat(sealer.fingerprint(ACME, Secret.of(MARKER))).isEqualTo(fingerprint);
    assertThat(sealer.fingerprint(ACME, Secret.of(MARKER + "x"))).isNotEqualTo(fingerprint);
    assertThat(sealer.fingerprint(GLOBEX, Secret.of(MARKER))).isNotEqualTo(fingerprint);
    assertThat(new Sealer(keyset.rotated()).fingerprint(ACME, Secret.of(MARKER)))
        .as("after a rotation")
        .isEqualTo(fingerprint);
    assertThat(new Sealer(Keyset.generate()).fingerprint(ACME, Secret.of(MARKER)))
        .as("without the key")
        .isNotEqualTo(fingerprint);
  }

  @Test
  void nothingThatPrintsHoldsTheSecret() {
    SealedField sealed = sealed(FIELD);
    assertThat(sealed.toString()).doesNotContain(MARKER);
    assertThat(opener.open(secrets(ACME, HOOK, sealed), Places.HERE).toString())
        .contains(FIELD, "Secret[****]")
        .doesNotContain(MARKER);
    assertThat(opener.open(secrets(GLOBEX, HOOK, sealed), Places.HERE).toString())
        .doesNotContain(MARKER);
  }

  @Test
  void refusesToSealUnderANameThatCouldBreakALogLine() {
    for (String name : List.of("", "a b", "a\nb", "\u00e9", "x".repeat(257))) {
      assertThatThrownBy(() -> sealer.seal(ACME, HOOK, Places.HERE, name, Secret.of(MARKER)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining(MARKER);
    }
  }

  @Test
  void refusesADestroyedSecret() {
    Secret secret = Secret.of(MARKER);
    secret.destroy();
    assertThatThrownBy(() -> sealer.seal(ACME, HOOK, Places.HERE, FIELD, secret))
        .isInstanceOf(IllegalStateException.class);
  }

  private SealedField sealed(String fieldName) {
    return sealer.seal(ACME, HOOK, Places.HERE, fieldName, Secret.of(MARKER));
  }

  private String assertBroken(DestinationSecrets secrets) {
    Opening opening = opener.open(secrets, Places.HERE);
    assertThat(opening).isInstanceOf(Opening.Broken.class);
    String message = ((Opening.Broken) opening).message();
    assertThat(message)
        .contains(secrets.destinationId().value(), "version 7")
        .doesNotContain(MARKER);
    return message;
  }

  private static Secret secret(Map<String, Secret> secrets, String name) {
    Secret secret = secrets.get(name);
    assertThat(secret).as(name).isNotNull();
    return secret;
  }

  private static DestinationSecrets secrets(
      OrganizationId organization, DestinationId destination, SealedField... fields) {
    return new DestinationSecrets(destination, organization, 7, List.of(fields));
  }
}
