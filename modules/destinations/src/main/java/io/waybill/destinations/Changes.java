package io.waybill.destinations;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand.Update;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.SealedField;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.WebhookConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The next version of a destination, and what the audit says of the step. */
final class Changes {
  private Changes() {}

  static Destination updated(Destination before, Update update, Instant now) {
    return new Destination(
        before.id(),
        before.organizationId(),
        update.label(),
        update.description(),
        update.config(),
        update.fallback(),
        update.isDefault(),
        before.enabled(),
        before.deleted(),
        before.version() + 1,
        before.createdAt(),
        now,
        before.switchedOff());
  }

  static Destination enabled(Destination before, Instant now) {
    return flagged(before, before.isDefault(), true, before.deleted(), now, Optional.empty());
  }

  static Destination disabled(
      Destination before, String actor, Optional<String> reason, Instant now) {
    return flagged(
        before,
        before.isDefault(),
        false,
        before.deleted(),
        now,
        Optional.of(new Destination.SwitchedOff(now, actor, reason)));
  }

  static Destination withDefault(Destination before, boolean isDefault, Instant now) {
    return flagged(
        before, isDefault, before.enabled(), before.deleted(), now, before.switchedOff());
  }

  /** Only the mark is set: what it was stays readable as long as the record is kept. */
  static Destination deleted(Destination before, Instant now) {
    return flagged(before, before.isDefault(), before.enabled(), true, now, before.switchedOff());
  }

  private static Destination flagged(
      Destination before,
      boolean isDefault,
      boolean enabled,
      boolean deleted,
      Instant now,
      Optional<Destination.SwitchedOff> switchedOff) {
    return new Destination(
        before.id(),
        before.organizationId(),
        before.label(),
        before.description(),
        before.config(),
        before.fallback(),
        isDefault,
        enabled,
        deleted,
        before.version() + 1,
        before.createdAt(),
        now,
        switchedOff);
  }

  /** Names of what differs, in the words of configuration files and errors. */
  static List<String> fields(Registered before, Destination after, List<SealedField> secrets) {
    Destination old = before.destination();
    List<String> changed = new ArrayList<>();
    add(changed, "label", old.label(), after.label());
    add(changed, "description", old.description(), after.description());
    add(changed, "isDefault", old.isDefault(), after.isDefault());
    add(
        changed,
        "fallbackDestinationIds",
        old.fallback().destinationIds(),
        after.fallback().destinationIds());
    add(changed, "fallbackAfter", old.fallback().after(), after.fallback().after());
    addConfig(changed, old.config(), after.config());
    // Ciphertexts are compared, not fingerprints: the same value under a new key is a change.
    add(changed, "secrets", byName(before.secrets()), byName(secrets));
    return changed;
  }

  /** Audit details: names of changed fields, the version, fingerprints of the credentials. */
  static Map<String, String> details(
      Destination after, List<String> changed, List<SealedField> secrets) {
    Map<String, String> details = new HashMap<>();
    details.put("version", Long.toString(after.version()));
    if (!changed.isEmpty()) {
      details.put("changed", String.join(",", changed));
    }
    if (!secrets.isEmpty()) {
      details.put(
          "fingerprints",
          new TreeMap<>(SealedFields.fingerprints(secrets))
              .entrySet().stream()
                  .map(field -> field.getKey() + "=" + field.getValue())
                  .collect(Collectors.joining(",")));
    }
    return details;
  }

  private static void addConfig(
      List<String> changed, DestinationConfig before, DestinationConfig after) {
    switch (after) {
      case WebhookConfig webhook -> {
        if (!(before instanceof WebhookConfig old)) {
          changed.add("config");
          return;
        }
        add(changed, "config.webhook.url", old.url(), webhook.url());
        add(changed, "config.webhook.method", old.method(), webhook.method());
        add(changed, "config.webhook.headers", old.headerNames(), webhook.headerNames());
        add(changed, "config.webhook.timeout", old.timeout(), webhook.timeout());
        add(changed, "config.webhook.retryConfig", old.retry(), webhook.retry());
        add(changed, "config.webhook.body", old.body(), webhook.body());
        add(changed, "config.webhook.signing", old.signing(), webhook.signing());
        add(changed, "config.webhook.auth", old.auth(), webhook.auth());
        add(changed, "config.webhook.tls", old.tls(), webhook.tls());
        add(changed, "config.webhook.gzip", old.gzip(), webhook.gzip());
        add(changed, "config.webhook.errorExcerpt", old.errorExcerpt(), webhook.errorExcerpt());
      }
      case EmailConfig email -> {
        if (!(before instanceof EmailConfig old)) {
          changed.add("config");
          return;
        }
        add(changed, "config.email.smtpConfig", old.smtp(), email.smtp());
        add(changed, "config.email.from", old.from(), email.from());
        add(changed, "config.email.subject", old.subject(), email.subject());
        add(changed, "config.email.bodyTemplate", old.bodyTemplate(), email.bodyTemplate());
        add(changed, "config.email.htmlTemplate", old.htmlTemplate(), email.htmlTemplate());
        add(changed, "config.email.attachmentName", old.attachmentName(), email.attachmentName());
        add(changed, "config.email.recipients", old.recipients(), email.recipients());
        add(changed, "config.email.encryption", old.encryption(), email.encryption());
        add(changed, "config.email.timeout", old.timeout(), email.timeout());
        add(changed, "config.email.retryConfig", old.retry(), email.retry());
      }
      case StorageConfig storage -> {
        if (!(before instanceof StorageConfig old)) {
          changed.add("config");
          return;
        }
        String place = "config.storage.config.";
        add(changed, place + "region", old.region(), storage.region());
        add(changed, place + "bucket", old.bucket(), storage.bucket());
        add(changed, place + "endpoint", old.endpoint(), storage.endpoint());
        add(changed, place + "forcePathStyle", old.forcePathStyle(), storage.forcePathStyle());
        add(
            changed,
            place + "serverSideEncryption",
            old.serverSideEncryption(),
            storage.serverSideEncryption());
        add(changed, place + "kmsKeyId", old.kmsKeyId(), storage.kmsKeyId());
        add(changed, place + "storageClass", old.storageClass(), storage.storageClass());
        add(changed, place + "credentials", old.credentials(), storage.credentials());
        add(changed, "config.storage.path", old.path(), storage.path());
        add(changed, "config.storage.metadata", old.metadata(), storage.metadata());
        add(changed, "config.storage.retention", old.retention(), storage.retention());
        add(changed, "config.storage.timeout", old.timeout(), storage.timeout());
        add(changed, "config.storage.retryConfig", old.retry(), storage.retry());
      }
    }
  }

  private static void add(List<String> changed, String name, Object before, Object after) {
    if (!Objects.equals(before, after)) {
      changed.add(name);
    }
  }

  private static Map<String, SealedField> byName(List<SealedField> fields) {
    return fields.stream()
        .collect(Collectors.toMap(SealedField::name, field -> field, (first, second) -> first));
  }
}
