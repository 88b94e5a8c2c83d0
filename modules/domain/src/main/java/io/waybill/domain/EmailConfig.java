package io.waybill.domain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The part of an email destination's configuration that is not secret.
 *
 * @param smtp the server that takes the mails
 * @param from the sender's address, {@code a@x.com} or {@code Name <a@x.com>}
 * @param subject template
 * @param bodyTemplate of the text part; absent means Waybill's own
 * @param htmlTemplate of the HTML part; absent means text only
 * @param attachmentName template of the attachment's file name; absent means Waybill's own
 * @param recipients each gets a mail of its own
 * @param timeout of one attempt, over name resolution and all recipients
 * @param retry the destination's own policy, else the service's
 * @param encryption for whom mails are encrypted; absent means that they are not
 */
public record EmailConfig(
    Smtp smtp,
    String from,
    String subject,
    Optional<String> bodyTemplate,
    Optional<String> htmlTemplate,
    Optional<String> attachmentName,
    List<String> recipients,
    Duration timeout,
    Optional<RetryConfig> retry,
    Optional<MailEncryption> encryption)
    implements DestinationConfig {

  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  /** Name of the sealed user name. */
  public static final String USER = "email.smtpConfig.auth.user";

  /** Name of the sealed password. */
  public static final String PASSWORD = "email.smtpConfig.auth.pass";

  /** Name of the sealed password that mails are encrypted with. */
  public static final String ENCRYPTION_PASSWORD = "email.encryption.password";

  public EmailConfig {
    recipients = List.copyOf(recipients);
  }

  /** One whose mails are not encrypted. */
  public EmailConfig(
      Smtp smtp,
      String from,
      String subject,
      Optional<String> bodyTemplate,
      Optional<String> htmlTemplate,
      Optional<String> attachmentName,
      List<String> recipients,
      Duration timeout,
      Optional<RetryConfig> retry) {
    this(
        smtp,
        from,
        subject,
        bodyTemplate,
        htmlTemplate,
        attachmentName,
        recipients,
        timeout,
        retry,
        Optional.empty());
  }

  /**
   * An SMTP server.
   *
   * @param secure TLS from the first byte (RFC 8314); otherwise STARTTLS (RFC 3207), without which
   *     nothing is sent unless the operator allows it for this host
   * @param authenticates whether {@link #USER} and {@link #PASSWORD} are sealed beside it
   */
  public record Smtp(String host, int port, boolean secure, boolean authenticates) {}

  @Override
  public DestinationType type() {
    return DestinationType.EMAIL;
  }

  @Override
  public List<String> credentialNames() {
    List<String> names =
        new ArrayList<>(smtp.authenticates() ? List.of(USER, PASSWORD) : List.of());
    if (isEncryptedToPassword()) {
      names.add(ENCRYPTION_PASSWORD);
    }
    return List.copyOf(names);
  }

  private boolean isEncryptedToPassword() {
    return encryption.filter(to -> to instanceof MailEncryption.ToPassword).isPresent();
  }

  @Override
  public String credentialsGoTo() {
    return (smtp.secure() ? "smtps" : "smtp")
        + "://"
        + smtp.host().toLowerCase(Locale.ROOT)
        + ":"
        + smtp.port();
  }

  /** Without addresses and templates: both can hold what is nobody's business. */
  @Override
  public String toString() {
    return "EmailConfig[%s, recipients=%d, timeout=%s, retry=%s, encrypted=%s]"
        .formatted(smtp, recipients.size(), timeout, retry, encryption.isPresent());
  }
}
