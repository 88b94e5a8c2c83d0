package io.waybill.wire;

import io.waybill.domain.EmailConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where providers take mails by SMTP: host names as their own manuals give them, all with STARTTLS
 * and a log-in. A preset is another way of writing a host, and is stored as one.
 */
enum SmtpPreset {
  BREVO("brevo", "smtp-relay.brevo.com"),
  GMAIL("gmail", "smtp.gmail.com"),
  MAILGUN("mailgun", "smtp.mailgun.org"),
  MAILGUN_EU("mailgun-eu", "smtp.eu.mailgun.org"),
  MAILJET("mailjet", "in-v3.mailjet.com"),
  OFFICE365("office365", "smtp.office365.com"),
  POSTMARK("postmark", "smtp.postmarkapp.com"),
  RESEND("resend", "smtp.resend.com"),
  SENDGRID("sendgrid", "smtp.sendgrid.net"),
  SES("ses", "email-smtp.%s.amazonaws.com");

  private static final int SUBMISSION_PORT = 587;

  private final String word;
  private final String host;

  SmtpPreset(String word, String host) {
    this.word = word;
    this.host = host;
  }

  static List<String> words() {
    return Arrays.stream(values()).map(preset -> preset.word).toList();
  }

  static Optional<SmtpPreset> parse(String word) {
    return Arrays.stream(values()).filter(preset -> preset.word.equals(word)).findFirst();
  }

  /** Whether its host has a region in it. */
  boolean needsRegion() {
    return this == SES;
  }

  /**
   * The server.
   *
   * @param region checked before; empty for presets without
   */
  EmailConfig.Smtp server(String region) {
    return new EmailConfig.Smtp(host.replace("%s", region), SUBMISSION_PORT, false, true);
  }
}
