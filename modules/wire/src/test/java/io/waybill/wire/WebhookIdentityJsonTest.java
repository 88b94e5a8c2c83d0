package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.FieldError;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.WebhookAuth;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookSigning;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing, authentication and TLS of a webhook as its owner writes them. */
class WebhookIdentityJsonTest {
  private static final String V1 = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String V1A =
      "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";

  private static DestinationJson.Parsed parse(String fields) {
    String json =
        "{\"organizationId\":\"o\",\"label\":\"l\",\"type\":\"webhook\",\"config\":{\"webhook\":"
            + "{\"url\":\"https://h.example/\","
            + fields
            + "}}}";
    return DestinationJson.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static DestinationJson.Valid valid(String fields) {
    return (DestinationJson.Valid) parse(fields);
  }

  private static WebhookConfig config(DestinationJson.Valid valid) {
    return (WebhookConfig) valid.spec().config();
  }

  private static List<String> wrong(String fields) {
    return ((DestinationJson.Invalid) parse(fields))
        .errors().stream().map(FieldError::field).toList();
  }

  @Test
  void aSecretAloneIsStandardWebhooks() {
    DestinationJson.Valid valid = valid("\"signing\":{\"secret\":\"" + V1 + "\"}");

    assertThat(config(valid).signing().orElseThrow().current().algorithm())
        .isEqualTo(SigningAlgorithm.V1);
    assertThat(config(valid).signing().orElseThrow().overlap()).isEqualTo(Duration.ofHours(24));
    assertThat(valid.credentials()).isEqualTo(Map.of("webhook.signing.secrets.1", V1));
    assertThat(valid.toString()).doesNotContain(V1);
  }

  @Test
  void aKeyPairTellsItsPublicKey() {
    WebhookSigning.Key key =
        config(valid("\"signing\":{\"secret\":\"" + V1A + "\",\"overlap\":0}"))
            .signing()
            .orElseThrow()
            .current();

    assertThat(key.algorithm()).isEqualTo(SigningAlgorithm.V1A);
    assertThat(key.publicKey()).contains("whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|V1",
        "{\"algorithm\":\"v1a\"}|V1A",
        "{\"scheme\":\"headers\"}|HEADERS",
        "{\"secret\":\"**** (fingerprint 0123456789ab)\",\"algorithm\":\"v1a\"}|V1A",
      })
  void withoutASecretOneIsToBeMadeOrKept(String signing, SigningAlgorithm algorithm) {
    DestinationJson.Valid valid = valid("\"signing\":" + signing);

    assertThat(config(valid).signing().orElseThrow().current().algorithm()).isEqualTo(algorithm);
    assertThat(valid.credentials()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "true|config.webhook.signing",
        "{\"secret\":7}|config.webhook.signing.secret",
        "{\"secret\":\"whsec_c2hvcnQ=\"}|config.webhook.signing.secret",
        "{\"secret\":\"whsec_not base64, not at all!!!\"}|config.webhook.signing.secret",
        "{\"secret\":\"undefined\"}|config.webhook.signing.secret",
        "{\"secret\":\"0123456789abcdef0123456789abcdef\"}|config.webhook.signing.secret",
        "{\"secret\":\"" + V1 + "\",\"algorithm\":\"v1a\"}|config.webhook.signing.secret",
        "{\"secret\":\"" + V1 + "\",\"scheme\":\"headers\"}|config.webhook.signing.secret",
        "{\"scheme\":\"headers\",\"secret\":\"short\"}|config.webhook.signing.secret",
        "{\"algorithm\":\"sha256\"}|config.webhook.signing.algorithm",
        "{\"algorithm\":\"v1\",\"scheme\":\"headers\"}|config.webhook.signing.algorithm",
        "{\"scheme\":\"Standard\"}|config.webhook.signing.scheme",
        "{\"overlap\":604800001}|config.webhook.signing.overlap",
        "{\"overlap\":-1}|config.webhook.signing.overlap",
        "{\"overlap\":\"24h\"}|config.webhook.signing.overlap",
        "{\"publicKey\":\"whpk_x\"}|config.webhook.signing.publicKey",
        "{\"sekret\":\"x\"}|config.webhook.signing.sekret",
      })
  void namesWhatIsWrongWithSigning(String signing, String field) {
    assertThat(wrong("\"signing\":" + signing)).containsExactly(field);
  }

  @Test
  void neverRepeatsASecret() {
    String fields =
        "\"signing\":{\"secret\":\"whsec_hush\"},\"auth\":{\"type\":\"bearer\",\"token\":\"hush"
            + " hush\"}";

    assertThat(((DestinationJson.Invalid) parse(fields)).errors().toString())
        .doesNotContain("hush");
  }

  @Test
  void readsEveryKindOfAuthentication() {
    DestinationJson.Valid basic =
        valid("\"auth\":{\"type\":\"basic\",\"username\":\"u\",\"password\":\"p w\"}");
    assertThat(config(basic).auth()).contains(new WebhookAuth.Basic());
    assertThat(basic.credentials())
        .isEqualTo(Map.of(WebhookAuth.USERNAME, "u", WebhookAuth.PASSWORD, "p w"));
    assertThat(config(valid("\"auth\":{\"type\":\"bearer\",\"token\":\"t\"}")).auth())
        .contains(new WebhookAuth.Bearer());
    assertThat(config(valid("\"auth\":{\"type\":\"api-key\",\"key\":\"k\"}")).auth())
        .contains(new WebhookAuth.ApiKey("X-Api-Key"));
    assertThat(
            config(valid("\"auth\":{\"type\":\"api-key\",\"key\":\"****\",\"header\":\"X-K\"}"))
                .credentialNames())
        .containsExactly(WebhookAuth.KEY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "7|config.webhook.auth",
        "{}|config.webhook.auth.type",
        "{\"type\":\"digest\"}|config.webhook.auth.type",
        "{\"type\":\"bearer\"}|config.webhook.auth.token",
        "{\"type\":\"bearer\",\"token\":\"Bearer x\"}|config.webhook.auth.token",
        "{\"type\":\"bearer\",\"token\":\"undefined\"}|config.webhook.auth.token",
        "{\"type\":\"bearer\",\"token\":\"t\",\"user\":\"u\"}|config.webhook.auth.user",
        "{\"type\":\"basic\",\"username\":\"a:b\",\"password\":\"p\"}|config.webhook.auth.username",
        "{\"type\":\"basic\",\"username\":\"a\",\"password\":\"p\\n\"}|config.webhook.auth.password",
        "{\"type\":\"basic\",\"username\":\"a\"}|config.webhook.auth.password",
        "{\"type\":\"api-key\",\"key\":\"k\",\"header\":\"Host\"}|config.webhook.auth.header",
        "{\"type\":\"api-key\",\"key\":\"k\",\"header\":\"Authorization\"}"
            + "|config.webhook.auth.header",
        "{\"type\":\"api-key\",\"key\":\"k\",\"header\":\"a b\"}|config.webhook.auth.header",
      })
  void namesWhatIsWrongWithAuthentication(String auth, String field) {
    assertThat(wrong("\"auth\":" + auth)).containsExactly(field);
  }

  @Test
  void refusesHeadersThatAreSetTwice() {
    assertThat(
            wrong(
                "\"headers\":{\"authorization\":\"Bearer abcdef\",\"Content-Encoding\":\"br\","
                    + "\"X-Delivery-Id\":\"1\"},\"gzip\":true,\"signing\":{\"scheme\":\"headers\"},"
                    + "\"auth\":{\"type\":\"bearer\",\"token\":\"t\"}"))
        .containsExactlyInAnyOrder(
            "config.webhook.auth", "config.webhook.gzip", "config.webhook.headers.X-Delivery-Id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"ca\":\"hello\"}",
        "{\"ca\":\"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\"}",
        "{\"ca\":\"-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----\"}",
        "{\"clientCertificate\":\"x\"}",
        "{\"clientKey\":\"x\"}",
        "{\"rejectUnauthorized\":false}",
      })
  void namesWhatIsWrongWithTls(String tls) {
    assertThat(wrong("\"tls\":" + tls))
        .isNotEmpty()
        .allSatisfy(field -> assertThat(field).startsWith("config.webhook.tls"));
  }

  @Test
  void namesEverythingAtOnceEvenBesideABrokenUrl() {
    String json =
        "{\"organizationId\":\"o\",\"label\":\"l\",\"type\":\"webhook\",\"config\":{\"webhook\":"
            + "{\"url\":\"ftp://h/\",\"signing\":{\"overlap\":-1},\"tls\":{\"ca\":\"x\"},"
            + "\"errorExcerpt\":\"yes\",\"auth\":{\"type\":\"bearer\",\"token\":\"\"}}}}";

    assertThat(
            ((DestinationJson.Invalid) DestinationJson.parse(json.getBytes(StandardCharsets.UTF_8)))
                .errors())
        .extracting(FieldError::field)
        .containsExactlyInAnyOrder(
            "config.webhook.url",
            "config.webhook.signing.overlap",
            "config.webhook.tls.ca",
            "config.webhook.errorExcerpt",
            "config.webhook.auth.token");
  }
}
