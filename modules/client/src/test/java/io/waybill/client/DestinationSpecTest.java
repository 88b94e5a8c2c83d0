package io.waybill.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.domain.DestinationId;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.FieldError;
import io.waybill.domain.MailEncryption;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.WebhookAuth;
import io.waybill.domain.WebhookConfig;
import io.waybill.wire.DestinationJson;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the builders say, as the one reader of destinations understands it. */
class DestinationSpecTest {
  private static DestinationJson.Valid valid(DestinationSpec spec) {
    DestinationJson.Parsed parsed = DestinationJson.parse(spec.json());
    assertThat(parsed).isInstanceOf(DestinationJson.Valid.class);
    return (DestinationJson.Valid) parsed;
  }

  @Test
  void aWebhookWithEverything() {
    DestinationJson.Valid read =
        valid(
            DestinationSpec.webhook("hospital-001", "SIEM")
                .description("events")
                .isDefault()
                .fallbackTo(new DestinationId("backup"))
                .fallbackAfter(Duration.ofMinutes(5))
                .url(URI.create("https://siem.hospital.com/events"))
                .method("PUT")
                .header("X-Token", "t-0123456789")
                .timeout(Duration.ofSeconds(15))
                .maxRetries(5)
                .baseDelay(Duration.ofMillis(200))
                .backoffMultiplier(1.5)
                .maxBackoffDelay(Duration.ofMinutes(2))
                .envelope()
                .signed()
                .signingOverlap(Duration.ofHours(1))
                .basicAuth("user", "password")
                .gzip()
                .errorExcerpt());

    WebhookConfig config = (WebhookConfig) read.spec().config();
    assertThat(read.spec().organizationId().value()).isEqualTo("hospital-001");
    assertThat(read.spec().label()).isEqualTo("SIEM");
    assertThat(read.spec().description()).contains("events");
    assertThat(read.spec().isDefault()).isTrue();
    assertThat(read.spec().fallback().destinationIds())
        .containsExactly(new DestinationId("backup"));
    assertThat(read.spec().fallback().after()).contains(Duration.ofMinutes(5));
    assertThat(config.url()).hasToString("https://siem.hospital.com/events");
    assertThat(config.method()).isEqualTo("PUT");
    assertThat(config.headerNames()).containsExactly("X-Token");
    assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(15));
    assertThat(config.retry().orElseThrow().maxRetries()).isEqualTo(5);
    assertThat(config.retry().orElseThrow().baseDelay()).isEqualTo(Duration.ofMillis(200));
    assertThat(config.retry().orElseThrow().backoffMultiplier()).isEqualTo(1.5);
    assertThat(config.retry().orElseThrow().maxBackoffDelay()).isEqualTo(Duration.ofMinutes(2));
    assertThat(config.body()).isEqualTo(WebhookConfig.Body.ENVELOPE);
    assertThat(config.signing().orElseThrow().overlap()).isEqualTo(Duration.ofHours(1));
    assertThat(config.auth()).containsInstanceOf(WebhookAuth.Basic.class);
    assertThat(config.gzip()).isTrue();
    assertThat(config.errorExcerpt()).isTrue();
    assertThat(read.credentials())
        .containsEntry("webhook.headers.x-token", "t-0123456789")
        .containsValue("password");
  }

  @Test
  void theOtherWaysToShowWhoSends() {
    assertThat(
            webhook(DestinationSpec.webhook("o", "l").url("https://h/").bearerToken("t-012"))
                .auth())
        .containsInstanceOf(WebhookAuth.Bearer.class);
    assertThat(
            webhook(DestinationSpec.webhook("o", "l").url("https://h/").apiKey("X-Key", "k-012"))
                .auth())
        .containsInstanceOf(WebhookAuth.ApiKey.class);
    assertThat(
            webhook(DestinationSpec.webhook("o", "l").url("https://h/").signedWithNewPublicKey())
                .signing()
                .orElseThrow()
                .current()
                .algorithm())
        .isEqualTo(io.waybill.domain.SigningAlgorithm.V1A);
  }

  @Test
  void aSecretOfOnesOwnIsTakenAndSealed() {
    String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";

    DestinationJson.Valid read =
        valid(DestinationSpec.webhook("o", "l").url("https://h/").signedWith(secret));

    assertThat(((WebhookConfig) read.spec().config()).signing().orElseThrow().current().algorithm())
        .isEqualTo(io.waybill.domain.SigningAlgorithm.V1);
    assertThat(read.credentials()).containsValue(secret);
    assertThat(read.spec().toString()).doesNotContain(secret);
  }

  private static WebhookConfig webhook(DestinationSpec spec) {
    return (WebhookConfig) valid(spec).spec().config();
  }

  @Test
  void mails() {
    DestinationJson.Valid read =
        valid(
            DestinationSpec.email("hospital-001", "Compliance")
                .smtps("smtp.hospital.com", 465)
                .login("user", "pass-0123")
                .from("audit@hospital.com")
                .subject("Report {{date}}")
                .body("text")
                .html("<p>text</p>")
                .attachmentName("report.json")
                .recipients("a@hospital.com", "b@hospital.com")
                .encryption(false, "AES-256-GCM"));

    EmailConfig config = (EmailConfig) read.spec().config();
    assertThat(config.smtp().host()).isEqualTo("smtp.hospital.com");
    assertThat(config.smtp().port()).isEqualTo(465);
    assertThat(config.recipients()).isEqualTo(List.of("a@hospital.com", "b@hospital.com"));
    assertThat(read.credentials()).containsValue("pass-0123");
  }

  @Test
  void mailsToAPassword() {
    DestinationJson.Valid read =
        valid(
            DestinationSpec.email("hospital-001", "Secure PHI Email")
                .smtp("smtp.hospital.com", 587)
                .from("audit@hospital.com")
                .subject("Report {{date}}")
                .recipients("a@hospital.com")
                .encryption(true, "AES-256-GCM")
                .encryptedWith("correct horse battery staple")
                .cover("Delivery {{deliveryId}}"));

    assertThat(((EmailConfig) read.spec().config()).encryption())
        .contains(new MailEncryption.ToPassword(Optional.of("Delivery {{deliveryId}}")));
    assertThat(read.credentials())
        .containsEntry(EmailConfig.ENCRYPTION_PASSWORD, "correct horse battery staple");
  }

  @Test
  void mailsToWhatIsNoCertificateAreRefused() {
    DestinationJson.Parsed parsed =
        DestinationJson.parse(
            DestinationSpec.email("hospital-001", "Secure PHI Email")
                .smtp("smtp.hospital.com", 587)
                .from("audit@hospital.com")
                .subject("Report {{date}}")
                .recipients("a@hospital.com")
                .encryptedTo("nonsense")
                .json());

    assertThat(parsed)
        .isInstanceOfSatisfying(
            DestinationJson.Invalid.class,
            invalid ->
                assertThat(invalid.errors())
                    .extracting(FieldError::field, FieldError::code)
                    .containsExactly(
                        tuple("config.email.encryption.certificates", "invalid-certificate")));
  }

  @Test
  void objects() {
    DestinationJson.Valid read =
        valid(
            DestinationSpec.storage("hospital-001", "Archive")
                .s3("us-east-1", "hospital-archive")
                .endpoint(URI.create("https://store.hospital.com"))
                .forcePathStyle(true)
                .credentials("AKIA0123456789ABCDEF", "secret-0123456789")
                .sessionToken("session-0123")
                .serverSideEncryption("aws:kms")
                .kmsKeyId("key-1")
                .storageClass("GLACIER")
                .path("/audit/{year}/")
                .retention(365, true)
                .metadata("owner", "audit"));

    StorageConfig config = (StorageConfig) read.spec().config();
    assertThat(config.bucket()).isEqualTo("hospital-archive");
    assertThat(config.storageClass()).contains("GLACIER");
    assertThat(read.credentials()).hasSize(3).containsValue("session-0123");
  }

  @Test
  void printsNoCredential() {
    WebhookSpec spec = DestinationSpec.webhook("o", "SIEM").header("X-Token", "t-0123456789");

    assertThat(spec.toString()).isEqualTo("WebhookSpec[SIEM]");
    assertThat(DestinationSpec.ofJson("{\"token\": 1}").toString()).doesNotContain("token");
  }
}
