package io.waybill.domain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an email destination must look like, in one place: asked by the SDK before it publishes, by
 * the topology that owns destinations, and by the channel before each attempt.
 *
 * <p>Every method names all that is wrong, not the first thing, and repeats neither an address nor
 * a credential. Credentials have a method of their own because they are sealed before a destination
 * is published. Where the host's name leads is not judged here but at each attempt.
 */
public final class EmailRules {
  private EmailRules() {}

  public static final String INVALID_ADDRESS = "invalid-address";
  public static final String INVALID_HOST = "invalid-host";

  /** Most recipients of one destination. */
  public static final int MAX_RECIPIENTS = 50;

  /** Longest subject, in bytes, of its template and as it is sent (RFC 5322, section 2.1.1). */
  public static final int MAX_SUBJECT_BYTES = 998;

  /** Longest name of an attachment, in characters. */
  public static final int MAX_ATTACHMENT_NAME_LENGTH = 200;

  /** Longest user name and password, in characters. */
  public static final int MAX_CREDENTIAL_LENGTH = 1024;

  private static final String SECTION = "config.email";

  /** All that is wrong with a configuration, credentials excepted. */
  public static List<FieldError> checkConfig(EmailConfig config) {
    List<FieldError> errors = new ArrayList<>(checkHost(config.smtp().host()));
    errors.addAll(checkPort(config.smtp().port()));
    errors.addAll(checkFrom(config.from()));
    errors.addAll(checkSubject(config.subject()));
    errors.addAll(checkBody("bodyTemplate", config.bodyTemplate()));
    errors.addAll(checkBody("htmlTemplate", config.htmlTemplate()));
    errors.addAll(checkAttachmentName(config.attachmentName()));
    errors.addAll(checkRecipients(config.recipients()));
    config
        .encryption()
        .ifPresent(encryption ->
            errors.addAll(
                MailEncryptionRules.check(
                    encryption, Optional.of(config.subject()), config.recipients())));
    errors.addAll(DestinationRules.checkTimeout(SECTION, config.timeout()));
    config.retry().ifPresent(retry -> errors.addAll(DestinationRules.checkRetry(SECTION, retry)));
    return List.copyOf(errors);
  }

  /** Whether it is a host name or an address, and nothing beside. */
  public static List<FieldError> checkHost(String host) {
    if (References.isIn(host)) {
      return List.of(References.refused(SECTION + ".smtpConfig.host"));
    }
    return HostNames.isHost(host)
        ? List.of()
        : error(
            "smtpConfig.host",
            INVALID_HOST,
            "must be a host name like smtp.example.com, without a port and without a scheme");
  }

  /** Whether it is a TCP port. */
  public static List<FieldError> checkPort(int port) {
    return port >= 1 && port <= 65535
        ? List.of()
        : error("smtpConfig.port", DestinationRules.OUT_OF_RANGE, "must be 1 to 65535");
  }

  /** Whether it is exactly one address. */
  public static List<FieldError> checkFrom(String from) {
    return MailAddress.parse(from).isPresent()
        ? List.of()
        : error("from", INVALID_ADDRESS, "must be " + MailAddress.FORM_IN_WORDS);
  }

  /** All that is wrong with the recipients; each is named by its place in the list. */
  public static List<FieldError> checkRecipients(List<String> recipients) {
    if (recipients.isEmpty()) {
      return error("recipients", DestinationRules.REQUIRED, "must name at least one recipient");
    }
    if (recipients.size() > MAX_RECIPIENTS) {
      return error(
          "recipients",
          DestinationRules.TOO_MANY,
          "are " + recipients.size() + ", at most " + MAX_RECIPIENTS + " are allowed");
    }
    List<FieldError> errors = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < recipients.size(); i++) {
      Optional<MailAddress> address = MailAddress.parse(recipients.get(i));
      String field = "recipients[" + i + "]";
      if (address.isEmpty()) {
        errors.addAll(error(field, INVALID_ADDRESS, "must be " + MailAddress.FORM_IN_WORDS));
      } else if (!seen.add(address.get().address())) {
        errors.addAll(error(field, DestinationRules.INVALID_VALUE, "stands in the list twice"));
      }
    }
    return List.copyOf(errors);
  }

  /** All that is wrong with the template of the subject. */
  public static List<FieldError> checkSubject(String subject) {
    if (subject.isBlank()) {
      return error("subject", DestinationRules.REQUIRED, "is missing");
    }
    List<FieldError> errors = new ArrayList<>(noControls("subject", subject));
    if (subject.getBytes(StandardCharsets.UTF_8).length > MAX_SUBJECT_BYTES) {
      errors.addAll(
          error(
              "subject",
              DestinationRules.TOO_LONG,
              "must have at most " + MAX_SUBJECT_BYTES + " bytes"));
    }
    errors.addAll(TemplateRules.check(SECTION + ".subject", subject));
    return List.copyOf(errors);
  }

  /**
   * All that is wrong with the template of a body.
   *
   * @param field {@code bodyTemplate} or {@code htmlTemplate}
   */
  public static List<FieldError> checkBody(String field, Optional<String> template) {
    return template
        .map(text -> TemplateRules.check(SECTION + "." + field, text))
        .orElseGet(List::of);
  }

  /** All that is wrong with the template of the attachment's name. */
  public static List<FieldError> checkAttachmentName(Optional<String> template) {
    if (template.isEmpty()) {
      return List.of();
    }
    String name = template.get();
    String field = "attachmentName";
    if (name.isBlank()) {
      return error(field, DestinationRules.INVALID_VALUE, "is empty: leave it out");
    }
    List<FieldError> errors = new ArrayList<>(noControls(field, name));
    if (name.length() > MAX_ATTACHMENT_NAME_LENGTH) {
      errors.addAll(
          error(
              field,
              DestinationRules.TOO_LONG,
              "must have at most " + MAX_ATTACHMENT_NAME_LENGTH + " characters"));
    }
    errors.addAll(TemplateRules.check(SECTION + "." + field, name));
    String literals = TemplateScan.of(name).literals();
    if (literals.indexOf('/') >= 0 || literals.indexOf('\\') >= 0 || literals.startsWith(".")) {
      errors.addAll(
          error(
              field,
              DestinationRules.INVALID_VALUE,
              "must be a file name: no slash, no backslash, no dot at its begin"));
    }
    return List.copyOf(errors);
  }

  /**
   * All that is wrong with a user name or password; it is never repeated.
   *
   * @param name {@link EmailConfig#USER} or {@link EmailConfig#PASSWORD}
   */
  public static List<FieldError> checkCredential(String name, String value) {
    String field = "config." + name;
    List<FieldError> errors = new ArrayList<>();
    if (value.length() > MAX_CREDENTIAL_LENGTH) {
      errors.add(
          new FieldError(
              field,
              DestinationRules.TOO_LONG,
              "must have at most " + MAX_CREDENTIAL_LENGTH + " characters"));
    }
    if (RequestRules.hasControlCharacters(value)) {
      errors.add(
          new FieldError(
              field, DestinationRules.INVALID_VALUE, "must not hold control characters"));
    }
    UnsetCredential.check(field, UnsetCredential.ANY_CREDENTIAL, value).ifPresent(errors::add);
    return List.copyOf(errors);
  }

  private static List<FieldError> noControls(String field, String text) {
    return RequestRules.hasControlCharacters(text)
        ? error(
            field,
            DestinationRules.INVALID_VALUE,
            "must be one line without control characters: it becomes part of a header")
        : List.of();
  }

  private static List<FieldError> error(String field, String code, String message) {
    return List.of(new FieldError(SECTION + "." + field, code, message));
  }
}
