package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.EmailRules;
import io.waybill.domain.MailAddress;
import io.waybill.domain.MailEncryption;
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
  private static final String SMTP_PATH = PATH + "smtpConfig.";
  private static final Set<String> FIELDS = DestinationFormat.EMAIL.namesAnd("apiKey", "config");
  private static final Set<String> SMTP_FIELDS = DestinationFormat.SMTP.names();
  private static final Set<String> AUTH_FIELDS = DestinationFormat.SMTP_AUTH.names();
  private static final int SUBMISSION_PORT = 587;
  private static final int TLS_PORT = 465;
  private static final int RELAY_PORT = 25;

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
    Optional<EmailConfig.Smtp> smtp = isSmtp(json) ? smtp(json) : Optional.empty();
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
    Duration timeout = fields.timeout(json, SECTION, EmailConfig.DEFAULT_TIMEOUT);
    Optional<RetryConfig> retry = fields.retryConfig(json, PATH);
    if (smtp.isEmpty() || from.isEmpty() || subject.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new EmailConfig(
            smtp.get(),
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

  /** Whether the service is the one that can be sent with; otherwise an error says so. */
  private boolean isSmtp(JsonNode json) {
    Optional<String> service = fields.required(json, PATH, "service");
    if (service.isEmpty()) {
      return false;
    }
    return switch (service.get()) {
      case "smtp" -> {
        refuseFieldsOfOtherServices(json);
        yield true;
      }
      case "sendgrid", "ses", "resend", "gmail" -> {
        fields.error(
            PATH + "service",
            DestinationRules.NOT_AVAILABLE,
            "\""
                + service.get()
                + "\" comes in a later release: use service \"smtp\" with smtpConfig, which every"
                + " such provider offers too");
        yield false;
      }
      default -> {
        fields.error(
            PATH + "service",
            DestinationRules.INVALID_VALUE,
            "must be smtp, sendgrid, ses, resend or gmail, lower case");
        yield false;
      }
    };
  }

  private void refuseFieldsOfOtherServices(JsonNode json) {
    for (String name : List.of("apiKey", "config")) {
      if (!FieldReader.isAbsent(json.path(name))) {
        fields.error(
            PATH + name,
            DestinationJson.UNKNOWN_FIELD,
            "belongs to other services: smtp logs in with smtpConfig.auth");
      }
    }
  }

  private Optional<EmailConfig.Smtp> smtp(JsonNode json) {
    Optional<JsonNode> found =
        fields.object(json, PATH, "smtpConfig", "an object with host, port, secure and auth");
    if (found.isEmpty()) {
      if (!fields.hasErrorIn(PATH + "smtpConfig")) {
        fields.error(PATH + "smtpConfig", DestinationRules.REQUIRED, "is missing");
      }
      return Optional.empty();
    }
    JsonNode node = found.get();
    fields.onlyKnown(SMTP_PATH, node, SMTP_FIELDS);
    Optional<String> host = fields.required(node, SMTP_PATH, "host");
    host.ifPresent(text -> fields.addAll(EmailRules.checkHost(text)));
    boolean secure = fields.flag(node, SMTP_PATH, "secure").orElse(false);
    int port =
        fields.wholeNumber(node, SMTP_PATH, "port").orElse(secure ? TLS_PORT : SUBMISSION_PORT);
    fields.addAll(EmailRules.checkPort(port));
    warnOfUnusualPort(port, secure);
    boolean authenticates = auth(node);
    return host.map(name -> new EmailConfig.Smtp(name, port, secure, authenticates));
  }

  private void warnOfUnusualPort(int port, boolean secure) {
    if (port == TLS_PORT && !secure) {
      fields.warning(
          "config.email.smtpConfig.port 465 usually speaks TLS from the first byte: set secure to"
              + " true if no mail gets through");
    }
    if ((port == SUBMISSION_PORT || port == RELAY_PORT) && secure) {
      fields.warning(
          "config.email.smtpConfig.port "
              + port
              + " usually begins in clear and goes on with STARTTLS: set secure to false if no mail"
              + " gets through");
    }
  }

  private boolean auth(JsonNode smtp) {
    Optional<JsonNode> auth =
        fields.object(smtp, SMTP_PATH, "auth", "an object with user and pass");
    if (auth.isEmpty()) {
      return false;
    }
    String path = SMTP_PATH + "auth.";
    fields.onlyKnown(path, auth.get(), AUTH_FIELDS);
    credential(auth.get(), path, "user", EmailConfig.USER);
    credential(auth.get(), path, "pass", EmailConfig.PASSWORD);
    return true;
  }

  private void credential(JsonNode auth, String path, String field, String name) {
    fields
        .required(auth, path, field)
        .ifPresent(value -> {
          fields.addAll(EmailRules.checkCredential(name, value));
          fields.credential(name, value);
        });
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
