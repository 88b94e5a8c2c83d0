package io.waybill.wire;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationType;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.Fallback;
import io.waybill.domain.MailEncryption;
import io.waybill.domain.RetryConfig;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.WebhookConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Configurations of destinations between Avro and the domain. */
final class ConfigMapping {
  private static final String TO_CERTIFICATES = "certificates";
  private static final String TO_PASSWORD = "password";

  private ConfigMapping() {}

  static io.waybill.avro.DestinationConfig toAvro(DestinationConfig config) {
    String type = config.type().word();
    if (config instanceof WebhookConfig webhook) {
      return new io.waybill.avro.DestinationConfig(type, toAvro(webhook), null, null);
    }
    return config instanceof EmailConfig email
        ? new io.waybill.avro.DestinationConfig(type, null, toAvro(email), null)
        : new io.waybill.avro.DestinationConfig(type, null, null, toAvro((StorageConfig) config));
  }

  /**
   * @throws IllegalArgumentException when the section of its type is missing or wrong
   */
  static DestinationConfig toDomain(io.waybill.avro.DestinationConfig config) {
    DestinationType type =
        DestinationType.parse(config.getType())
            .orElseThrow(() ->
                new IllegalArgumentException("config of a type that this version does not know"));
    return switch (type) {
      case WEBHOOK -> toDomain(section(config.getWebhook()));
      case EMAIL -> toDomain(section(config.getEmail()));
      case STORAGE -> toDomain(section(config.getStorage()));
    };
  }

  private static <T> T section(@Nullable T section) {
    if (section == null) {
      throw new IllegalArgumentException("config has no section of its type");
    }
    return section;
  }

  private static io.waybill.avro.WebhookConfig toAvro(WebhookConfig webhook) {
    return new io.waybill.avro.WebhookConfig(
        webhook.url().toString(),
        webhook.method(),
        webhook.headerNames(),
        webhook.timeout().toMillis(),
        retry(webhook.retry()),
        webhook.body().name().toLowerCase(Locale.ROOT),
        IdentityMapping.toAvro(webhook.signing()),
        webhook.auth().map(IdentityMapping::toAvro).orElse(null),
        webhook.tls().map(IdentityMapping::toAvro).orElse(null),
        webhook.gzip(),
        webhook.errorExcerpt());
  }

  private static WebhookConfig toDomain(io.waybill.avro.WebhookConfig webhook) {
    return new WebhookConfig(
        uri("url", webhook.getUrl()),
        webhook.getMethod(),
        webhook.getHeaderNames(),
        Duration.ofMillis(webhook.getTimeoutMillis()),
        retry(webhook.getRetryConfig()),
        AvroValues.word(
            "body",
            webhook.getBody(),
            word -> WebhookConfig.Body.valueOf(word.toUpperCase(Locale.ROOT))),
        Optional.ofNullable(webhook.getSigning()).map(IdentityMapping::toDomain),
        Optional.ofNullable(webhook.getAuth()).map(IdentityMapping::toDomain),
        Optional.ofNullable(webhook.getTls()).map(IdentityMapping::toDomain),
        webhook.getGzip(),
        webhook.getErrorExcerpt());
  }

  private static io.waybill.avro.EmailConfig toAvro(EmailConfig email) {
    return new io.waybill.avro.EmailConfig(
        new io.waybill.avro.SmtpServer(
            email.smtp().host(),
            email.smtp().port(),
            email.smtp().secure(),
            email.smtp().authenticates()),
        email.from(),
        email.subject(),
        email.bodyTemplate().orElse(null),
        email.htmlTemplate().orElse(null),
        email.attachmentName().orElse(null),
        email.recipients(),
        email.timeout().toMillis(),
        retry(email.retry()),
        email.encryption().map(ConfigMapping::toAvro).orElse(null));
  }

  private static io.waybill.avro.MailEncryption toAvro(MailEncryption encryption) {
    // Compiled for 17, where no switch knows sealed types; a new kind fails the cast.
    return encryption instanceof MailEncryption.ToCertificates to
        ? new io.waybill.avro.MailEncryption(
            MailEncryption.ALGORITHM, TO_CERTIFICATES, to.pem(), null)
        : new io.waybill.avro.MailEncryption(
            MailEncryption.ALGORITHM,
            TO_PASSWORD,
            null,
            ((MailEncryption.ToPassword) encryption).coverTemplate().orElse(null));
  }

  /** What is not understood is refused: left out, the mails would go in clear. */
  private static MailEncryption toDomain(io.waybill.avro.MailEncryption encryption) {
    if (!encryption.getAlgorithm().equals(MailEncryption.ALGORITHM)) {
      throw new IllegalArgumentException("mails encrypted in a way that this version cannot do");
    }
    return switch (encryption.getTo()) {
      case TO_CERTIFICATES ->
          new MailEncryption.ToCertificates(section(encryption.getCertificates()));
      case TO_PASSWORD ->
          new MailEncryption.ToPassword(Optional.ofNullable(encryption.getCoverTemplate()));
      default ->
          throw new IllegalArgumentException("mails encrypted for whom this version cannot do it");
    };
  }

  private static EmailConfig toDomain(io.waybill.avro.EmailConfig email) {
    io.waybill.avro.SmtpServer smtp = email.getSmtp();
    return new EmailConfig(
        new EmailConfig.Smtp(
            smtp.getHost(), smtp.getPort(), smtp.getSecure(), smtp.getAuthenticates()),
        email.getFrom(),
        email.getSubject(),
        Optional.ofNullable(email.getBodyTemplate()),
        Optional.ofNullable(email.getHtmlTemplate()),
        Optional.ofNullable(email.getAttachmentName()),
        email.getRecipients(),
        Duration.ofMillis(email.getTimeoutMillis()),
        retry(email.getRetryConfig()),
        Optional.ofNullable(email.getEncryption()).map(ConfigMapping::toDomain));
  }

  private static io.waybill.avro.StorageConfig toAvro(StorageConfig storage) {
    return new io.waybill.avro.StorageConfig(
        storage.region(),
        storage.bucket(),
        storage.endpoint().map(URI::toString).orElse(null),
        storage.forcePathStyle(),
        storage.path(),
        storage.serverSideEncryption(),
        storage.kmsKeyId().orElse(null),
        storage.storageClass().orElse(null),
        storage
            .retention()
            .map(kept -> new io.waybill.avro.StorageRetention(kept.days(), kept.autoCleanup()))
            .orElse(null),
        storage.metadata(),
        storage.credentials().name().toLowerCase(Locale.ROOT),
        storage.timeout().toMillis(),
        retry(storage.retry()));
  }

  private static StorageConfig toDomain(io.waybill.avro.StorageConfig storage) {
    return new StorageConfig(
        storage.getRegion(),
        storage.getBucket(),
        Optional.ofNullable(storage.getEndpoint()).map(url -> uri("endpoint", url)),
        storage.getForcePathStyle(),
        storage.getPath(),
        storage.getServerSideEncryption(),
        Optional.ofNullable(storage.getKmsKeyId()),
        Optional.ofNullable(storage.getStorageClass()),
        Optional.ofNullable(storage.getRetention())
            .map(kept -> new StorageConfig.Retention(kept.getDays(), kept.getAutoCleanup())),
        storage.getMetadata(),
        AvroValues.word(
            "credentials",
            storage.getCredentials(),
            word -> StorageConfig.Credentials.valueOf(word.toUpperCase(Locale.ROOT))),
        Duration.ofMillis(storage.getTimeoutMillis()),
        retry(storage.getRetryConfig()));
  }

  static List<String> idsToAvro(Fallback fallback) {
    return fallback.destinationIds().stream().map(DestinationId::value).toList();
  }

  static @Nullable Long afterToAvro(Fallback fallback) {
    return fallback.after().map(Duration::toMillis).orElse(null);
  }

  static Fallback fallback(List<String> ids, @Nullable Long afterMillis) {
    return new Fallback(
        ids.stream().map(DestinationId::new).toList(),
        Optional.ofNullable(afterMillis).map(Duration::ofMillis));
  }

  private static io.waybill.avro.@Nullable RetryConfig retry(Optional<RetryConfig> retry) {
    return retry
        .map(own ->
            new io.waybill.avro.RetryConfig(
                own.maxRetries(),
                own.baseDelay().toMillis(),
                own.backoffMultiplier(),
                own.maxBackoffDelay().toMillis()))
        .orElse(null);
  }

  private static Optional<RetryConfig> retry(io.waybill.avro.@Nullable RetryConfig retry) {
    return Optional.ofNullable(retry)
        .map(own ->
            new RetryConfig(
                own.getMaxRetries(),
                Duration.ofMillis(own.getBaseDelayMillis()),
                own.getBackoffMultiplier(),
                Duration.ofMillis(own.getMaxBackoffDelayMillis())));
  }

  private static URI uri(String field, String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      // The exception's message repeats the URL, which may hold a password; ours is stored.
      throw new IllegalArgumentException(
          field
              + " is not a URL: the character at position "
              + e.getIndex()
              + " cannot stand there");
    }
  }
}
