package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.MailEncryption;
import io.waybill.domain.MailEncryptionRules;
import io.waybill.domain.OrganizationId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code config.email.encryption}. Whatever looks as if mails were to be encrypted, and yet
 * does not say for whom, is refused: a mail must not go in clear by mistake.
 */
final class EncryptionDraft {
  private static final String PATH = "config.email.";
  private static final String SECTION = PATH + "encryption";
  private static final String FIELD = SECTION + ".";
  private static final Set<String> FIELDS = DestinationFormat.ENCRYPTION.names();
  private static final List<String> WHEN_ENABLED =
      List.of("certificates", "password", "coverTemplate");

  private final FieldReader fields;
  private final Optional<OrganizationId> organization;
  private final Instant now;

  EncryptionDraft(FieldReader fields, Optional<OrganizationId> organization, Instant now) {
    this.fields = fields;
    this.organization = organization;
    this.now = now;
  }

  /** For whom mails are encrypted; nothing when they are not, or with errors noted. */
  Optional<MailEncryption> read(JsonNode email, Optional<String> subject, List<String> recipients) {
    Optional<JsonNode> found =
        fields.object(
            email, PATH, "encryption", "an object with enabled and certificates or a password");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    JsonNode node = found.get();
    fields.onlyKnown(FIELD, node, FIELDS);
    fields
        .text(node, FIELD, "algorithm")
        .ifPresent(word -> fields.addAll(MailEncryptionRules.checkAlgorithm(word)));
    if (FieldReader.isAbsent(node.path("enabled"))) {
      fields.error(FIELD + "enabled", DestinationRules.REQUIRED, "is missing: say true or false");
      return Optional.empty();
    }
    Optional<Boolean> enabled = fields.flag(node, FIELD, "enabled");
    if (enabled.isEmpty()) {
      return Optional.empty();
    }
    if (!enabled.get()) {
      refuseWhatIsOfEncryptedMails(node);
      return Optional.empty();
    }
    Optional<MailEncryption> encryption = enabled(node);
    encryption.ifPresent(to -> {
      fields.addAll(MailEncryptionRules.check(to, subject, recipients));
      fields.addAll(MailEncryptionRules.checkValidity(to, now));
      MailEncryptionRules.warnings(to, now).forEach(fields::warning);
    });
    return encryption;
  }

  private void refuseWhatIsOfEncryptedMails(JsonNode node) {
    for (String name : WHEN_ENABLED) {
      if (!FieldReader.isAbsent(node.path(name))) {
        fields.error(
            FIELD + name,
            DestinationJson.UNKNOWN_FIELD,
            "belongs to encrypted mails: set enabled to true, or leave this out");
      }
    }
  }

  private Optional<MailEncryption> enabled(JsonNode node) {
    Optional<String> certificates = fields.text(node, FIELD, "certificates");
    Optional<String> password = fields.text(node, FIELD, "password");
    Optional<String> cover = fields.text(node, FIELD, "coverTemplate");
    if (fields.hasErrorIn(FIELD + "certificates") || fields.hasErrorIn(FIELD + "password")) {
      return Optional.empty();
    }
    password.ifPresent(this::password);
    if (certificates.isPresent() && password.isPresent()) {
      fields.error(
          SECTION,
          MailEncryptionRules.KEY_AMBIGUOUS,
          "has certificates and a password: choose one, or create two destinations");
      return Optional.empty();
    }
    if (certificates.isPresent()) {
      cover.ifPresent(text ->
          fields.error(
              FIELD + "coverTemplate",
              DestinationJson.UNKNOWN_FIELD,
              "belongs to a password: a mail to certificates has no part that can be read"));
      return Optional.of(new MailEncryption.ToCertificates(certificates.get()));
    }
    if (password.isPresent()) {
      return Optional.of(new MailEncryption.ToPassword(cover));
    }
    fields.error(
        SECTION,
        MailEncryptionRules.KEY_MISSING,
        "is enabled and says not for whom, and mails are never sent in clear instead: give"
            + " certificates of the recipients, or a password that they get apart");
    return Optional.empty();
  }

  private void password(String value) {
    fields.credential(EmailConfig.ENCRYPTION_PASSWORD, value);
    if (!DestinationJson.isMask(value)) {
      fields.addAll(MailEncryptionRules.checkPassword(value, organization));
    }
  }
}
