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
   * Whether mails are encrypted. True is refused until that can be done, and never sent in clear
   * instead.
   */
  public EmailSpec encryption(boolean enabled, String algorithm) {
    object("encryption").put("enabled", enabled);
    object("encryption").put("algorithm", algorithm);
    return this;
  }
}
