package io.waybill.client;

import java.util.List;
import java.util.Map;

/**
 * Mails while they are being described. Templates take fields of data and metadata: {@code
 * {{totalEvents}}}.
 *
 * <pre>{@code
 * DestinationSpec.email("hospital-001", "Compliance Team Email")
 *     .smtp("smtp.hospital.com", 587)
 *     .login(user, password)
 *     .from("audit@hospital.com")
 *     .subject("Daily Compliance Report - {{date}}")
 *     .recipients("compliance@hospital.com")
 * }</pre>
 */
public final class EmailSpec extends SpecBuilder<EmailSpec> {
  EmailSpec(String organizationId, String label) {
    super(organizationId, label, "email");
  }

  @Override
  EmailSpec self() {
    return this;
  }

  /** The mail server, reached with STARTTLS. */
  public EmailSpec smtp(String host, int port) {
    object("smtpConfig").put("host", host);
    object("smtpConfig").put("port", port);
    return with("service", "smtp");
  }

  /** TLS from the first byte instead of STARTTLS. */
  public EmailSpec smtps(String host, int port) {
    object("smtpConfig").put("secure", true);
    return smtp(host, port);
  }

  /** User name and password at the mail server. Both are sealed. */
  public EmailSpec login(String user, String password) {
    object("smtpConfig").put("auth", Map.of("user", user, "pass", password));
    return this;
  }

  /** The sender: {@code a@x.com} or {@code Name <a@x.com>}. */
  public EmailSpec from(String address) {
    return with("from", address);
  }

  /** Template of the subject, one line. */
  public EmailSpec subject(String template) {
    return with("subject", template);
  }

  /** Template of the text. */
  public EmailSpec body(String template) {
    return with("bodyTemplate", template);
  }

  /** Template of the HTML part. */
  public EmailSpec html(String template) {
    return with("htmlTemplate", template);
  }

  /** Template of the attachment's file name. */
  public EmailSpec attachmentName(String template) {
    return with("attachmentName", template);
  }

  /** Each gets a mail of its own. */
  public EmailSpec recipients(String... addresses) {
    return with("recipients", List.of(addresses));
  }

  /**
   * Mails are encrypted for the owners of these certificates, with AES-256-GCM.
   *
   * @param certificates in PEM; one that names addresses is for these recipients only
   */
  public EmailSpec encryptedTo(String certificates) {
    object("encryption").put("enabled", true);
    object("encryption").put("certificates", certificates);
    return this;
  }

  /**
   * Mails are encrypted for whoever knows a password, with AES-256-GCM. It is sealed.
   *
   * @param password of 16 characters at least; tell the recipients, apart from any mail
   */
  public EmailSpec encryptedWith(String password) {
    object("encryption").put("enabled", true);
    object("encryption").put("password", password);
    return this;
  }

  /** Template of the text that can be read without the password. */
  public EmailSpec cover(String template) {
    object("encryption").put("coverTemplate", template);
    return this;
  }

  /**
   * Whether mails are encrypted. True needs {@link #encryptedTo} or {@link #encryptedWith}, too:
   * without a word for whom it is refused, and never sent in clear instead.
   */
  public EmailSpec encryption(boolean enabled, String algorithm) {
    object("encryption").put("enabled", enabled);
    object("encryption").put("algorithm", algorithm);
    return this;
  }
}
