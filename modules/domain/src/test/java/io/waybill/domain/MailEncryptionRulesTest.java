package io.waybill.domain;

import static io.waybill.domain.RecipientCertificates.ADDRESS;
import static io.waybill.domain.RecipientCertificates.OFFICER;
import static io.waybill.domain.RecipientCertificates.TEAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailEncryptionRulesTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Instant END =
      PemRules.certificates(OFFICER).get(0).getNotAfter().toInstant();
  private static final Instant BEGIN =
      PemRules.certificates(OFFICER).get(0).getNotBefore().toInstant();
  private static final OrganizationId HOSPITAL = new OrganizationId("hospital-of-the-town-001");

  private static List<FieldError> errors(String pem, String... recipients) {
    return MailEncryptionRules.check(
        new MailEncryption.ToCertificates(pem), Optional.of("Report"), List.of(recipients));
  }

  static Stream<Arguments> refusedCertificates() {
    return Stream.of(
        argumentSet("none", "nonsense", "invalid-certificate"),
        argumentSet(
            "no certificate in it",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "invalid-certificate"),
        argumentSet(
            "a key beside it",
            OFFICER + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "invalid-certificate"),
        argumentSet("too long", OFFICER.repeat(60), "too-long"),
        argumentSet("an authority's", RecipientCertificates.AUTHORITY, "certificate-of-authority"),
        argumentSet("RSA-512", RecipientCertificates.RSA_512, "weak-key"),
        argumentSet("RSA-1024", RecipientCertificates.RSA_1024, "weak-key"),
        argumentSet("Ed25519", RecipientCertificates.ED25519, "unsupported-key"),
        argumentSet("secp256k1", RecipientCertificates.SECP256K1, "unsupported-key"),
        argumentSet(
            "for signatures", RecipientCertificates.SIGNING, "certificate-not-for-encryption"),
        argumentSet("for TLS", RecipientCertificates.SERVER, "certificate-not-for-encryption"),
        argumentSet("for others", RecipientCertificates.OTHER, "certificate-for-other-address"));
  }

  @DisplayName("row 43: refuses a certificate that is not good")
  @ParameterizedTest
  @MethodSource("refusedCertificates")
  void refusesACertificateThatIsNotGood(String pem, String code) {
    assertThat(errors(pem, ADDRESS))
        .singleElement()
        .satisfies(error -> {
          assertThat(error.field()).isEqualTo("config.email.encryption.certificates");
          assertThat(error.code()).isEqualTo(code);
          assertThat(error.message()).doesNotContain("@");
        });
  }

  @Test
  void takesCertificatesOfRecipientsInAnyForm() {
    assertThat(errors(OFFICER, "Officer <Privacy-Officer@HOSPITAL.com>")).isEmpty();
    assertThat(errors(TEAM, ADDRESS, "b@x.com")).isEmpty();
    assertThat(errors(RecipientCertificates.IN_ITS_SUBJECT, ADDRESS)).isEmpty();
    assertThat(errors(OFFICER + RecipientCertificates.IN_ITS_SUBJECT, ADDRESS)).isEmpty();
    assertThat(errors(OFFICER + OFFICER, ADDRESS)).isEmpty();
  }

  @Test
  void whatANameHoldsBesidesAnAddressIsNone() {
    assertThat(errors(RecipientCertificates.ODD_SUBJECT, RecipientCertificates.JANE)).isEmpty();
    assertThat(errors(RecipientCertificates.ODD_SUBJECT, "other@hospital.com"))
        .extracting(FieldError::code)
        .containsExactly("certificate-for-other-address");
  }

  @Test
  void everyRecipientNeedsOne() {
    assertThat(errors(OFFICER, "b@x.com", ADDRESS, "c@x.com"))
        .extracting(FieldError::field, FieldError::code)
        .containsExactly(
            tuple("config.email.recipients[0]", "certificate-missing"),
            tuple("config.email.recipients[2]", "certificate-missing"));
  }

  @Test
  void saysWhichOfSeveralIsWrong() {
    assertThat(errors(OFFICER + RecipientCertificates.RSA_1024, ADDRESS))
        .singleElement()
        .satisfies(error ->
            assertThat(error.message()).startsWith("certificate 2 has an RSA key of 1024 bits"));
  }

  @DisplayName("row 43: what is not valid now is refused with its day")
  @Test
  void whatIsNotValidNowIsRefusedWithItsDay() {
    MailEncryption encryption = new MailEncryption.ToCertificates(OFFICER);

    assertThat(MailEncryptionRules.checkValidity(encryption, NOW)).isEmpty();
    assertThat(MailEncryptionRules.checkValidity(encryption, END)).isEmpty();
    assertThat(MailEncryptionRules.checkValidity(encryption, END.plusSeconds(1)))
        .singleElement()
        .satisfies(error -> {
          assertThat(error.code()).isEqualTo("certificate-expired");
          assertThat(error.message()).contains(END.toString().substring(0, 10));
        });
    assertThat(MailEncryptionRules.checkValidity(encryption, BEGIN.minusSeconds(1)))
        .extracting(FieldError::code)
        .containsExactly("certificate-not-yet-valid");
  }

  @Test
  void warnsAMonthBeforeTheEnd() {
    MailEncryption encryption = new MailEncryption.ToCertificates(OFFICER + TEAM);

    assertThat(MailEncryptionRules.warnings(encryption, END.minus(Duration.ofDays(31)))).isEmpty();
    assertThat(MailEncryptionRules.warnings(encryption, END.minus(Duration.ofDays(29))))
        .isNotEmpty()
        .allSatisfy(words -> assertThat(words).contains("expires on", "dead letters"));
    assertThat(
            MailEncryptionRules.warnings(
                new MailEncryption.ToPassword(Optional.empty()), END.minus(Duration.ofDays(1))))
        .isEmpty();
  }

  @Test
  void aMailIsForTheCertificatesOfItsRecipientThatAreValid() {
    MailAddress officer = MailAddress.parse(ADDRESS).orElseThrow();
    MailAddress other = MailAddress.parse("b@x.com").orElseThrow();
    String all = OFFICER + TEAM + OFFICER;

    assertThat(MailCertificates.validFor(all, officer, NOW)).hasSize(2);
    assertThat(MailCertificates.validFor(all, other, NOW)).isEqualTo(PemRules.certificates(TEAM));
    assertThat(MailCertificates.validFor(OFFICER, other, NOW)).isEmpty();
    assertThat(MailCertificates.validFor(OFFICER, officer, END.plusSeconds(1))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{patient}}",
        "{{data.date}}",
        "{{metadata.date}}",
        "{{correlationId}}",
        "{{date}} {{n}}",
        "{{#patient}}x{{/patient}}",
        "{{^patient}}x{{/patient}}",
        "{{Date}}",
        "{{#date}}{{n}}{{/date}}"
      })
  void refusesWhatWouldTravelInClear(String template) {
    List<FieldError> subject =
        MailEncryptionRules.check(
            new MailEncryption.ToPassword(Optional.empty()), Optional.of(template), List.of());
    List<FieldError> cover =
        MailEncryptionRules.check(
            new MailEncryption.ToPassword(Optional.of(template)), Optional.empty(), List.of());

    assertThat(subject)
        .extracting(FieldError::field, FieldError::code)
        .containsExactly(tuple("config.email.subject", "shown-in-clear"));
    assertThat(cover)
        .extracting(FieldError::field, FieldError::code)
        .containsExactly(tuple("config.email.encryption.coverTemplate", "shown-in-clear"));
    assertThat(subject.get(0).message()).contains("{{date}}, {{day}}, {{deliveryId}}");
  }

  @Test
  void showsWhatIsKnownOfEveryDelivery() {
    String all =
        "{{date}} {{time}} {{timestamp}} {{year}} {{month}} {{day}} {{deliveryId}}"
            + " {{organizationId}} {{type}} {{#type}}{{.}}{{/type}}";

    assertThat(
            MailEncryptionRules.check(
                new MailEncryption.ToPassword(Optional.of(all)), Optional.of(all), List.of()))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES-128-ECB", "none", "", "AES-256-CBC", "AES-256", "AES-256-GCM "})
  void knowsOneAlgorithm(String algorithm) {
    assertThat(MailEncryptionRules.checkAlgorithm(algorithm))
        .extracting(FieldError::code)
        .containsExactly("unsupported-algorithm");
    assertThat(MailEncryptionRules.checkAlgorithm("aes-256-gcm")).isEmpty();
  }

  static Stream<Arguments> passwords() {
    return Stream.of(
        argumentSet("3 characters", "abc", "weak-password"),
        argumentSet("15 characters", "abcdefghijklmno", "weak-password"),
        argumentSet("one character, often", "a".repeat(40), "weak-password"),
        argumentSet("seven characters, often", "abcdefg".repeat(5), "weak-password"),
        argumentSet("the organization", HOSPITAL.value(), "weak-password"),
        argumentSet("the organization, louder", "HOSPITAL-of-the-town-001", "weak-password"),
        argumentSet("not ASCII", "p\u00e4sswort-und-noch-mehr", "invalid-value"),
        argumentSet("a line break", "abcdefghijkl\nmnopqrst", "invalid-value"),
        argumentSet("too long", "abcdefgh".repeat(33), "too-long"),
        argumentSet("unset", "undefined", "credential-looks-unset"),
        argumentSet("a reference", "${env:MAIL_PASSWORD}", "reference-not-allowed"));
  }

  @DisplayName("row 44: refuses a password that can be guessed or not typed")
  @ParameterizedTest
  @MethodSource("passwords")
  void refusesAPasswordThatCanBeGuessedOrNotTyped(String password, String code) {
    assertThat(MailEncryptionRules.checkPassword(password, Optional.of(HOSPITAL)))
        .singleElement()
        .satisfies(error -> {
          assertThat(error.field()).isEqualTo("config.email.encryption.password");
          assertThat(error.code()).isEqualTo(code);
          assertThat(error.message()).doesNotContain(password);
        });
  }

  @Test
  void takesALongPassword() {
    assertThat(MailEncryptionRules.checkPassword("correct horse battery", Optional.of(HOSPITAL)))
        .isEmpty();
    assertThat(MailEncryptionRules.checkPassword("abcdefgh01234567", Optional.empty())).isEmpty();
  }
}
