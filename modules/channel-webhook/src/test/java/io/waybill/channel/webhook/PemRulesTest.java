package io.waybill.channel.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.channel.webhook.TestCertificates.Certified;
import io.waybill.domain.FieldError;
import io.waybill.domain.PemRules;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates and keys in PEM; here because here is who makes some. */
class PemRulesTest {
  private static final Certified CA = TestCertificates.authority("CA");
  private static final Certified CLIENT = TestCertificates.forHost("client.example", CA);

  private static List<FieldError> certificates(String pem) {
    return PemRules.checkCertificates("f", pem);
  }

  private static List<FieldError> key(String pem) {
    return PemRules.checkKey("f", pem, Optional.of(CLIENT.certificate()));
  }

  @Test
  void takesOneCertificateOrMany() {
    assertThat(certificates(CA.pem())).isEmpty();
    assertThat(certificates("\r\n" + CLIENT.chainPem().replace("\n", "\r\n"))).isEmpty();
    assertThat(PemRules.certificates(CLIENT.chainPem()))
        .containsExactly(CLIENT.certificate(), CA.certificate());
  }

  @Test
  void takesNothingElse() {
    assertThat(certificates("")).hasSize(1);
    assertThat(certificates(CA.pem() + "x")).hasSize(1);
    assertThat(certificates("subject=CN\n" + CA.pem())).hasSize(1);
    assertThat(certificates(CA.pem().replaceFirst("M", "N"))).hasSize(1);
    assertThat(certificates(CA.pem().repeat(80))).extracting(FieldError::code).contains("too-long");
  }

  @Test
  void aKeyAmongCertificatesIsSaidToBeKnownNow() {
    assertThat(certificates(CLIENT.pem() + CLIENT.keyPem()))
        .singleElement()
        .satisfies(
            error -> assertThat(error.message()).contains("private key").doesNotContain("MI"));
  }

  @Test
  void takesTheKeyOfTheCertificateOnly() {
    assertThat(key(CLIENT.keyPem())).isEmpty();
    assertThat(key(CA.keyPem())).hasSize(1);
    assertThat(key(CLIENT.keyPem() + CLIENT.keyPem())).hasSize(1);
    assertThat(key(CLIENT.pem())).hasSize(1);
    assertThat(key("x".repeat(20_000))).extracting(FieldError::code).containsExactly("too-long");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void readsKeysOfAllKinds(String algorithm) throws Exception {
    byte[] der =
        KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate().getEncoded();
    String pem =
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(der)
            + "\n-----END PRIVATE KEY-----\n";

    assertThat(PemRules.privateKey(pem)).isPresent();
    // Of another kind than the certificate's, so not its own.
    assertThat(key(pem)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
  void saysHowToConvertOtherForms(String form) {
    assertThat(key(CLIENT.keyPem().replace("PRIVATE KEY", form)))
        .singleElement()
        .satisfies(error -> assertThat(error.message()).contains("openssl pkcs8"));
  }
}
