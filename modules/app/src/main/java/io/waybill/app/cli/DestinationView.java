package io.waybill.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waybill.client.plan.DestinationPlan;
import io.waybill.domain.Destination;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.MailEncryption;
import io.waybill.domain.RetryConfig;
import io.waybill.domain.SealedField;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.WebhookConfig;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/** How a destination is shown: the shape in which it was written, credentials masked. */
final class DestinationView {
  /** What a read-back has beside the definition. */
  static final List<String> SET_BY_WAYBILL =
      List.of("id", "enabled", "disabled", "version", "createdAt", "updatedAt");

  private DestinationView() {}

  /**
   * The read-back.
   *
   * @param secrets its sealed fields, of which only the fingerprints are shown
   */
  static ObjectNode json(Destination destination, List<SealedField> secrets) {
    ObjectNode json =
        Json.object()
            .put("id", destination.id().value())
            .put("organizationId", destination.organizationId().value())
            .put("label", destination.label())
            .put("type", destination.type().word());
    destination.description().ifPresent(text -> json.put("description", text));
    if (!destination.fallback().destinationIds().isEmpty()) {
      ArrayNode ids = json.putArray("fallbackDestinationIds");
      destination.fallback().destinationIds().forEach(id -> ids.add(id.value()));
    }
    destination.fallback().after().ifPresent(after -> json.put("fallbackAfter", after.toMillis()));
    json.put("isDefault", destination.isDefault())
        .put("enabled", destination.enabled())
        .put("version", destination.version())
        .put("createdAt", destination.createdAt().toString())
        .put("updatedAt", destination.updatedAt().toString());
    destination
        .switchedOff()
        .filter(off -> !destination.enabled())
        .ifPresent(off -> {
          ObjectNode disabled =
              json.putObject("disabled").put("at", off.at().toString()).put("by", off.by());
          off.reason().ifPresent(reason -> disabled.put("reason", reason));
        });
    ObjectNode config = json.putObject("config");
    Masks masks = new Masks(secrets);
    switch (destination.config()) {
      case WebhookConfig webhook -> write(webhook, masks, config.putObject("webhook"));
      case EmailConfig email -> write(email, masks, config.putObject("email"));
      case StorageConfig storage -> write(storage, masks, config.putObject("storage"));
    }
    return json;
  }

  private static void write(WebhookConfig webhook, Masks masks, ObjectNode json) {
    json.put("url", webhook.url().toString()).put("method", webhook.method());
    ObjectNode headers = json.putObject("headers");
    for (String name : webhook.headerNames()) {
      headers.put(name, masks.of(WebhookConfig.credentialName(name)));
    }
    json.put("timeout", webhook.timeout().toMillis());
    write(webhook.retry(), json);
    json.put("body", webhook.body().name().toLowerCase(Locale.ROOT));
    IdentityView.write(webhook, masks::of, json);
  }

  private static void write(EmailConfig email, Masks masks, ObjectNode json) {
    ObjectNode smtp =
        json.put("service", "smtp")
            .putObject("smtpConfig")
            .put("host", email.smtp().host())
            .put("port", email.smtp().port())
            .put("secure", email.smtp().secure());
    if (email.smtp().authenticates()) {
      smtp.putObject("auth")
          .put("user", masks.of(EmailConfig.USER))
          .put("pass", masks.of(EmailConfig.PASSWORD));
    }
    json.put("from", email.from()).put("subject", email.subject());
    email.bodyTemplate().ifPresent(text -> json.put("bodyTemplate", text));
    email.htmlTemplate().ifPresent(text -> json.put("htmlTemplate", text));
    email.attachmentName().ifPresent(text -> json.put("attachmentName", text));
    ArrayNode recipients = json.putArray("recipients");
    email.recipients().forEach(recipients::add);
    email.encryption().ifPresent(encryption -> write(encryption, masks, json));
    json.put("timeout", email.timeout().toMillis());
    write(email.retry(), json);
  }

  /** Whole, so that a file made of it asks for no less. */
  private static void write(MailEncryption encryption, Masks masks, ObjectNode email) {
    ObjectNode json =
        email
            .putObject("encryption")
            .put("enabled", true)
            .put("algorithm", MailEncryption.ALGORITHM);
    switch (encryption) {
      case MailEncryption.ToCertificates(String pem) -> json.put("certificates", pem);
      case MailEncryption.ToPassword(Optional<String> coverTemplate) -> {
        json.put("password", masks.of(EmailConfig.ENCRYPTION_PASSWORD));
        coverTemplate.ifPresent(text -> json.put("coverTemplate", text));
      }
    }
  }

  private static void write(StorageConfig storage, Masks masks, ObjectNode json) {
    ObjectNode config =
        json.put("provider", "s3")
            .putObject("config")
            .put("region", storage.region())
            .put("bucket", storage.bucket());
    storage.endpoint().ifPresent(url -> config.put("endpoint", url.toString()));
    config.put("forcePathStyle", storage.forcePathStyle());
    for (String name : storage.credentialNames()) {
      config.put(name.substring(name.lastIndexOf('.') + 1), masks.of(name));
    }
    config.put("serverSideEncryption", storage.serverSideEncryption());
    storage.kmsKeyId().ifPresent(id -> config.put("kmsKeyId", id));
    storage.storageClass().ifPresent(name -> config.put("storageClass", name));
    json.put("path", storage.path());
    storage
        .retention()
        .ifPresent(kept ->
            json.putObject("retention")
                .put("days", kept.days())
                .put("autoCleanup", kept.autoCleanup()));
    if (!storage.metadata().isEmpty()) {
      ObjectNode metadata = json.putObject("metadata");
      new TreeMap<>(storage.metadata()).forEach(metadata::put);
    }
    json.put("timeout", storage.timeout().toMillis());
    write(storage.retry(), json);
  }

  private static void write(Optional<RetryConfig> retryConfig, ObjectNode json) {
    retryConfig.ifPresent(retry ->
        json.putObject("retryConfig")
            .put("maxRetries", retry.maxRetries())
            .put("baseDelay", retry.baseDelay().toMillis())
            .put("backoffMultiplier", retry.backoffMultiplier())
            .put("maxBackoffDelay", retry.maxBackoffDelay().toMillis()));
  }

  /** What is shown of each credential. */
  private record Masks(List<SealedField> secrets) {
    String of(String name) {
      return secrets.stream()
          .filter(field -> field.name().equals(name))
          .findFirst()
          .map(field -> DestinationPlan.MASK + " (fingerprint " + field.fingerprint() + ")")
          .orElse(DestinationPlan.MASK);
    }
  }

  /** Where it sends to, without what a URL's path and query could give away. */
  static String target(Destination destination) {
    return switch (destination.config()) {
      case WebhookConfig webhook ->
          webhook.url().getScheme() + "://" + webhook.url().getRawAuthority();
      case EmailConfig email -> "smtp://" + email.smtp().host() + ":" + email.smtp().port();
      case StorageConfig storage -> "s3://" + storage.bucket();
    };
  }
}
