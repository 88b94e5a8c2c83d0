package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.EmailRules;
import io.waybill.domain.MailAddress;
import io.waybill.domain.MailEncryption;
import io.waybill.domain.MailService;
import io.waybill.domain.MailServiceRules;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RetryConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code config.email}. */
final class EmailDraft {
  private static final String SECTION = "config.email";
  private static final String PATH = SECTION + ".";
  private static final Set<String> FIELDS = DestinationFormat.EMAIL.names();

  private final FieldReader fields;
  private final EncryptionDraft encryption;

  /**
   * A reader of one section.
   *
   * @param organization whose destination it is, where that is known
   * @param now by which certificates are valid or not
   */
  EmailDraft(FieldReader fields, Optional<OrganizationId> organization, Instant now) {
    this.fields = fields;
    this.encryption = new EncryptionDraft(fields, organization, now);
  }

  /** The configuration, or nothing with errors noted. */
  Optional<DestinationConfig> read(JsonNode json) {
    fields.onlyKnown(PATH, json, FIELDS);
    Optional<MailService> service = new MailServiceDraft(fields).read(json);
    Optional<String> from = fields.required(json, PATH, "from");
    from.ifPresent(text -> fields.addAll(EmailRules.checkFrom(text)));
    Optional<String> subject = fields.required(json, PATH, "subject");
    subject.ifPresent(text -> fields.addAll(EmailRules.checkSubject(text)));
    Optional<String> body = body(json, "bodyTemplate");
    Optional<String> html = body(json, "htmlTemplate");
    Optional<String> attachmentName = fields.text(json, PATH, "attachmentName");
    fields.addAll(EmailRules.checkAttachmentName(attachmentName));
    List<String> recipients = recipients(json);
    Optional<MailEncryption> encrypted = encryption.read(json, subject, recipients);
    service.ifPresent(it -> fields.addAll(MailServiceRules.checkEncryption(it, encrypted)));
    Duration timeout = fields.timeout(json, SECTION, EmailConfig.DEFAULT_TIMEOUT);
    Optional<RetryConfig> retry = fields.retryConfig(json, PATH);
    if (service.isEmpty() || from.isEmpty() || subject.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new EmailConfig(
            service.get(),
            from.get(),
            subject.get(),
            body,
            html,
            attachmentName,
            recipients,
            timeout,
            retry,
            encrypted));
  }

  private Optional<String> body(JsonNode json, String field) {
    Optional<String> template = fields.text(json, PATH, field);
    fields.addAll(EmailRules.checkBody(field, template));
    return template;
  }

  /** Without those that are named again. */
  private List<String> recipients(JsonNode json) {
    if (FieldReader.isAbsent(json.path("recipients"))) {
      fields.error(PATH + "recipients", DestinationRules.REQUIRED, "is missing");
      return List.of();
    }
    List<String> texts = fields.texts(json, PATH, "recipients");
    if (fields.hasErrorIn(PATH + "recipients")) {
      return List.of();
    }
    List<String> folded = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String text : texts) {
      // What is no address stays, so that the rules can say so.
      if (MailAddress.parse(text).map(it -> seen.add(it.address())).orElse(true)) {
        folded.add(text);
      }
    }
    if (folded.size() < texts.size()) {
      fields.warning(
          "config.email.recipients names "
              + (texts.size() - folded.size())
              + " addresses again: each gets one mail");
    }
    fields.addAll(EmailRules.checkRecipients(folded));
    return folded;
  }
}
