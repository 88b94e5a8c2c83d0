package io.waybill.channel.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.waybill.channel.CredentialSource;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookSigning.Key;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is signed, and with which keys. */
class SignerTest {
  private static final String MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final Instant THEN = Instant.ofEpochSecond(1614265330);
  private static final String SYMMETRIC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final String ASYMMETRIC =
      "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
  private static final byte[] BODY = utf8("{\"test\": 2432232314}");

  /** Computed by others: the reference libraries, OpenSSL and Python's cryptography. */
  @ParameterizedTest(name = "vector {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "A|V1|whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw|msg_p5jXN8AQM9LWM0D4loKWxJek|1614265330"
            + "|{\"test\": 2432232314}|v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "B|V1|whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD|msg_27UH4WbU6Z5A5EzD8u03UvzRbpk|1649367553"
            + "|{\"email\":\"test@example.com\",\"username\":\"test_user\"}"
            + "|v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        "C|V1A|"
            + ASYMMETRIC
            + "|msg_p5jXN8AQM9LWM0D4loKWxJek|1614265330|{\"test\": 2432232314}"
            + "|v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM"
            + "+m7TBAg==",
      })
  void reproducesTheVector(
      String name,
      SigningAlgorithm algorithm,
      String secret,
      String id,
      long seconds,
      String body,
      String signature) {
    Key key = Key.current(1, algorithm, Optional.empty());

    Map<String, String> headers =
        signed(
            WebhookSigning.of(key),
            Map.of(1, secret),
            id,
            Instant.ofEpochSecond(seconds),
            utf8(body));

    assertThat(headers).containsExactly(entry("webhook-signature", signature));
  }

  @Test
  void signsWithTheKeyBeforeUntilItsOverlapEnds() {
    Instant end = THEN.plusSeconds(60);
    WebhookSigning rotated =
        new WebhookSigning(
            List.of(
                Key.current(2, SigningAlgorithm.V1, Optional.empty()),
                new Key(1, SigningAlgorithm.V1, Optional.empty(), Optional.of(end))),
            WebhookSigning.DEFAULT_OVERLAP);
    Map<Integer, String> secrets = Map.of(1, OTHER, 2, SYMMETRIC);
    Signer signer = signer(rotated, secrets);

    assertThat(signatures(signer, end.minusMillis(1)))
        .containsExactly(
            alone(SigningAlgorithm.V1, SYMMETRIC, end.minusMillis(1)),
            alone(SigningAlgorithm.V1, OTHER, end.minusMillis(1)));
    assertThat(signatures(signer, end)).containsExactly(alone(SigningAlgorithm.V1, SYMMETRIC, end));
  }

  @Test
  void goesFromASharedSecretToAKeyPairWithBothSignatures() {
    WebhookSigning rotated =
        new WebhookSigning(
            List.of(
                Key.current(2, SigningAlgorithm.V1A, Optional.empty()),
                new Key(
                    1, SigningAlgorithm.V1, Optional.empty(), Optional.of(THEN.plusSeconds(1)))),
            WebhookSigning.DEFAULT_OVERLAP);

    assertThat(signatures(signer(rotated, Map.of(1, SYMMETRIC, 2, ASYMMETRIC)), THEN))
        .containsExactly(
            alone(SigningAlgorithm.V1A, ASYMMETRIC, THEN),
            alone(SigningAlgorithm.V1, SYMMETRIC, THEN));
  }

  @Test
  void theSchemeOfHeadersSignsTimeAndBody() {
    String secret = "0123456789abcdef0123456789abcdef";

    Map<String, String> headers =
        signed(
            WebhookSigning.of(Key.current(1, SigningAlgorithm.HEADERS, Optional.empty())),
            Map.of(1, secret),
            MESSAGE,
            Instant.parse("2026-03-01T10:20:00.123456Z"),
            BODY);

    // printf '2026-03-01T10:20:00.123Z.{"test": 2432232314}' | openssl dgst -sha256 -hmac SECRET
    assertThat(headers)
        .containsOnly(
            entry("X-Webhook-Timestamp", "2026-03-01T10:20:00.123Z"),
            entry("X-Idempotency-Key", MESSAGE),
            entry("X-Delivery-Id", "delivery-1"),
            entry(
                "X-Webhook-Signature",
                "sha256=d7feaa06e0469da3a94bcac43c67f837e9b87610bf8af90c2a8760d9a1eb3e55"));
  }

  @Test
  void theSchemeOfHeadersListsBothSignaturesDuringAnOverlap() {
    WebhookSigning rotated =
        new WebhookSigning(
            List.of(
                Key.current(2, SigningAlgorithm.HEADERS, Optional.empty()),
                new Key(
                    1,
                    SigningAlgorithm.HEADERS,
                    Optional.empty(),
                    Optional.of(THEN.plusSeconds(1)))),
            WebhookSigning.DEFAULT_OVERLAP);

    Map<String, String> headers =
        signed(rotated, Map.of(1, "x".repeat(32), 2, "y".repeat(32)), MESSAGE, THEN, BODY);

    assertThat(headers.get("X-Webhook-Signature"))
        .matches("sha256=[0-9a-f]{64},sha256=[0-9a-f]{64}");
    assertThat(headers).doesNotContainKey("webhook-signature");
  }

  private static String alone(SigningAlgorithm algorithm, String secret, Instant at) {
    WebhookSigning one = WebhookSigning.of(Key.current(1, algorithm, Optional.empty()));
    return signed(one, Map.of(1, secret), MESSAGE, at, BODY).get("webhook-signature");
  }

  private static List<String> signatures(Signer signer, Instant at) {
    Map<String, String> headers = new LinkedHashMap<>();
    signer.sign(MESSAGE, "delivery-1", at, Body.of(BODY), headers::put);
    return List.of(headers.get("webhook-signature").split(" "));
  }

  private static Map<String, String> signed(
      WebhookSigning signing, Map<Integer, String> secrets, String id, Instant at, byte[] body) {
    Map<String, String> headers = new LinkedHashMap<>();
    signer(signing, secrets).sign(id, "delivery-1", at, Body.of(body), headers::put);
    return headers;
  }

  private static Signer signer(WebhookSigning signing, Map<Integer, String> secrets) {
    Map<String, char[]> values = new HashMap<>();
    secrets.forEach(
        (number, secret) -> values.put("webhook.signing.secrets." + number, secret.toCharArray()));
    return Signer.of(signing, new CredentialSource.Opened(values));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
