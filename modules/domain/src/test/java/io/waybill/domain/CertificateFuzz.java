package io.waybill.domain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** Certificates and keys of destinations: the DER inside of PEM, and the PEM. */
public final class CertificateFuzz {
  static final List<byte[]> SEEDS =
      List.of(
              RecipientCertificates.OFFICER,
              RecipientCertificates.AUTHORITY,
              RecipientCertificates.ED25519,
              RecipientCertificates.SECP256K1,
              RecipientCertificates.RSA_1024)
          .stream()
          .map(CertificateFuzz::der)
          .toList();
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private CertificateFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String base64 = Base64.getMimeEncoder().encodeToString(input);
    String pem = "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
    check(pem);
    check(new String(input, UTF_8));
    String key = "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n";
    PemRules.checkKey("f", key, PemRules.certificates(pem).stream().findFirst());
    for (SigningAlgorithm algorithm : SigningAlgorithm.values()) {
      SigningSecrets.check("f", algorithm, "whsk_" + Base64.getEncoder().encodeToString(input));
      SigningSecrets.check("f", algorithm, new String(input, UTF_8));
    }
    SigningSecrets.publicKey("whpk_" + Base64.getEncoder().encodeToString(input));
  }

  private static void check(String pem) {
    List<FieldError> errors =
        MailCertificates.check("f", pem, List.of("privacy-officer@hospital.com"));
    assertThat(errors).allSatisfy(error -> assertThat(error.message()).matches("[ -~]+"));
    if (errors.isEmpty()) {
      MailCertificates.checkValidity("f", pem, NOW);
      MailCertificates.validFor(
          pem, MailAddress.parse("privacy-officer@hospital.com").orElseThrow(), NOW);
    }
  }

  private static byte[] der(String pem) {
    return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
  }
}
