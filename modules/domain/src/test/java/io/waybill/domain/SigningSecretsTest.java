package io.waybill.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigningSecretsTest {
  private static final String PAIR =
      "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";

  private static String symmetric(int bytes) {
    return "whsec_" + Base64.getEncoder().encodeToString(new byte[bytes]);
  }

  private static boolean isGood(SigningAlgorithm algorithm, String secret) {
    return SigningSecrets.check("secret", algorithm, secret).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(SigningAlgorithm.class)
  void whatIsMadeIsGoodAndNeverTheSame(SigningAlgorithm algorithm) {
    Set<String> made = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      String secret = SigningSecrets.generate(algorithm, new SecureRandom());
      assertThat(SigningSecrets.check("secret", algorithm, secret)).isEmpty();
      made.add(secret);
    }
    assertThat(made).hasSize(20);
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 25, 26, 32, 64})
  void aSharedSecretHas24To64Bytes(int bytes) {
    assertThat(isGood(SigningAlgorithm.V1, symmetric(bytes))).isTrue();
    assertThat(SigningSecrets.hmacKey(SigningAlgorithm.V1, symmetric(bytes))).hasSize(bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 23, 65, 200})
  void andNoOtherNumber(int bytes) {
    assertThat(isGood(SigningAlgorithm.V1, symmetric(bytes))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_ MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",
        // base64url
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS_",
        // 25 bytes without the = that other decoders want
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAA",
        // stray bits in the last character
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAB==",
        "undefined",
        "${SECRET}",
      })
  void base64IsReadAsTheSpecificationSays(String secret) {
    assertThat(SigningSecrets.check("secret", SigningAlgorithm.V1, secret))
        .hasSize(1)
        .allSatisfy(error -> assertThat(error.message()).doesNotContain("MfKQ"));
  }

  @Test
  void aKeyPairMustBelongTogether() {
    byte[] bytes = Base64.getDecoder().decode(PAIR.substring(5));
    bytes[40] ^= 1;

    assertThat(isGood(SigningAlgorithm.V1A, PAIR)).isTrue();
    assertThat(isGood(SigningAlgorithm.V1A, "whsk_" + Base64.getEncoder().encodeToString(bytes)))
        .isFalse();
    assertThat(
            isGood(
                SigningAlgorithm.V1A, "whsk_" + Base64.getEncoder().encodeToString(new byte[32])))
        .isFalse();
    assertThat(isGood(SigningAlgorithm.V1A, symmetric(32))).isFalse();
  }

  @Test
  void tellsThePublicKeyOfAPair() {
    String text = SigningSecrets.publicKeyOf(PAIR);

    assertThat(text).isEqualTo("whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=");
    assertThat(SigningSecrets.publicKey(text)).isPresent();
    assertThat(SigningSecrets.publicKey("whpk_AAAA")).isEmpty();
    assertThat(SigningSecrets.publicKey("x")).isEmpty();
  }

  @Test
  void aPlainSecretHas32To256VisibleCharacters() {
    assertThat(isGood(SigningAlgorithm.HEADERS, "x".repeat(32))).isTrue();
    assertThat(isGood(SigningAlgorithm.HEADERS, "x".repeat(256))).isTrue();
    assertThat(isGood(SigningAlgorithm.HEADERS, "x".repeat(31))).isFalse();
    assertThat(isGood(SigningAlgorithm.HEADERS, "x".repeat(257))).isFalse();
    assertThat(isGood(SigningAlgorithm.HEADERS, "x".repeat(31) + " ")).isFalse();
    assertThat(isGood(SigningAlgorithm.HEADERS, "x".repeat(31) + "\u00e9")).isFalse();
    // Else its characters would be the key, where its giver means the bytes that they stand for.
    assertThat(isGood(SigningAlgorithm.HEADERS, symmetric(32))).isFalse();
  }
}
