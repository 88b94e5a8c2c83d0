package io.waybill.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Judged by vectors that others computed. */
class WebhookVerifierTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final String PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final long SECONDS = 1614265330;
  private static final String BODY = "{\"test\": 2432232314}";
  private static final String V1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  private static final String V1A =
      "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
  private static final String PLAIN = "0123456789abcdef0123456789abcdef";

  private final Map<String, String> headers =
      new HashMap<>(
          Map.of(
              "webhook-id", ID,
              "webhook-timestamp", Long.toString(SECONDS),
              "webhook-signature", V1));

  private VerifiedWebhook verify(long now, String body, String... secrets)
      throws WebhookVerificationException {
    return WebhookVerifier.of(List.of(secrets), InstantSource.fixed(Instant.ofEpochSecond(now)))
        .verify(
            name -> headers.get(name.toLowerCase(Locale.ROOT)),
            body.getBytes(StandardCharsets.UTF_8));
  }

  private void refused(long now, String body, String... secrets) {
    assertThatThrownBy(() -> verify(now, body, secrets))
        .isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void believesTheVectorsOfAllKinds() throws Exception {
    assertThat(verify(SECONDS, BODY, SECRET))
        .isEqualTo(new VerifiedWebhook(ID, Instant.ofEpochSecond(SECONDS)));

    headers.put("webhook-signature", V1A);
    assertThat(verify(SECONDS, BODY, PUBLIC).id()).isEqualTo(ID);

    headers.putAll(
        Map.of(
            "webhook-id", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            "webhook-timestamp", "1649367553",
            "webhook-signature", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="));
    String body = "{\"email\":\"test@example.com\",\"username\":\"test_user\"}";
    assertThatCode(() -> verify(1649367553, body, OTHER)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"0,true", "300,true", "-300,true", "301,false", "-301,false", "31536000,false"})
  void believesFiveMinutesBackAndForth(long from, boolean believed) {
    if (believed) {
      assertThatCode(() -> verify(SECONDS + from, BODY, SECRET)).doesNotThrowAnyException();
    } else {
      refused(SECONDS + from, BODY, SECRET);
    }
  }

  @Test
  void findsTheOneThatItKnowsAmongMany() {
    headers.put("webhook-signature", "v1a,AAAA " + V1 + " v1,bogus=");

    assertThatCode(() -> verify(SECONDS, BODY, OTHER, SECRET)).doesNotThrowAnyException();
    refused(SECONDS, BODY, OTHER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v1,",
        "v1",
        ",",
        " ",
        "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=,",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1O",
        "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
      })
  void believesNoOtherSignature(String signature) {
    headers.put("webhook-signature", signature);

    refused(SECONDS, BODY, SECRET, PUBLIC);
  }

  @Test
  void believesNothingThatWasAltered() {
    refused(SECONDS, BODY + " ", SECRET);
    refused(SECONDS, BODY.replace("2432232314", "2432232315"), SECRET);

    headers.put("webhook-id", ID + "x");
    refused(SECONDS, BODY, SECRET);

    headers.put("webhook-id", ID);
    headers.put("webhook-timestamp", Long.toString(SECONDS + 1));
    refused(SECONDS, BODY, SECRET);

    headers.put("webhook-timestamp", "0" + SECONDS);
    refused(SECONDS, BODY, SECRET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"webhook-id", "webhook-timestamp", "webhook-signature"})
  void wantsAllHeaders(String name) {
    headers.remove(name);

    refused(SECONDS, BODY, SECRET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1614265330", "1614265330.0", "99999999999999999999"})
  void wantsATime(String text) {
    headers.put("webhook-timestamp", text);

    refused(SECONDS, BODY, SECRET);
  }

  @Test
  void believesTheSchemeOfHeaders() throws Exception {
    headers.clear();
    headers.putAll(
        Map.of(
            "x-webhook-timestamp", "2026-03-01T10:20:00.123Z",
            "x-idempotency-key", "task-1",
            "x-webhook-signature",
                "sha256=00,"
                    + " sha256=d7feaa06e0469da3a94bcac43c67f837e9b87610bf8af90c2a8760d9a1eb3e55"));
    long now = Instant.parse("2026-03-01T10:22:00Z").getEpochSecond();

    assertThat(verify(now, BODY, PLAIN).id()).isEqualTo("task-1");
    assertThat(verify(now, BODY, SECRET, PLAIN).id()).isEqualTo("task-1");
    refused(now, BODY, "x".repeat(32));
    refused(now + 600, BODY, PLAIN);
    refused(now, BODY + " ", PLAIN);
    headers.put("x-webhook-timestamp", "yesterday");
    refused(now, BODY, PLAIN);
  }

  /** As {@link VerifiedWebhook#id} and the guide say; Standard Webhooks signs it. */
  @Test
  void theIdIsNotSignedByTheSchemeOfHeaders() throws Exception {
    headers.clear();
    headers.putAll(
        Map.of(
            "x-webhook-timestamp", "2026-03-01T10:20:00.123Z",
            "x-idempotency-key", "given by whoever repeats it",
            "x-webhook-signature",
                "sha256=d7feaa06e0469da3a94bcac43c67f837e9b87610bf8af90c2a8760d9a1eb3e55"));
    long now = Instant.parse("2026-03-01T10:22:00Z").getEpochSecond();

    assertThat(verify(now, BODY, PLAIN).id()).isEqualTo("given by whoever repeats it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "short",
        "whsec_c2hvcnQ=",
        "whpk_AAAA",
        "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==",
      })
  void takesNoSecretThatIsNone(String secret) {
    assertThatThrownBy(() -> WebhookVerifier.of(secret))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .satisfies(message -> assertThat(secret.isEmpty() || !message.contains(secret)).isTrue());
    assertThatThrownBy(WebhookVerifier::of).isInstanceOf(IllegalArgumentException.class);
  }
}
