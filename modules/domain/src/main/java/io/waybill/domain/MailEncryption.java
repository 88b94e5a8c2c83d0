package io.waybill.domain;

import java.util.Optional;

/**
 * For whom the mails of a destination are encrypted. How is not a choice: {@link #ALGORITHM}, as
 * CMS AuthEnvelopedData (RFC 5083, RFC 5084).
 */
public sealed interface MailEncryption {
  /** The only algorithm. */
  String ALGORITHM = "AES-256-GCM";

  /**
   * For whoever holds the key of a certificate: S/MIME 4 (RFC 8551).
   *
   * @param pem one certificate or several. One that names mail addresses is for these recipients
   *     only, one that names none is for all
   */
  record ToCertificates(String pem) implements MailEncryption {
    /** A certificate names a person. */
    @Override
    public String toString() {
      return "ToCertificates[" + pem.length() + " characters]";
    }
  }

  /**
   * For whoever knows a password that is given to him apart; it is sealed as {@link
   * EmailConfig#ENCRYPTION_PASSWORD}.
   *
   * @param coverTemplate of what can be read without the password; absent means Waybill's own
   */
  record ToPassword(Optional<String> coverTemplate) implements MailEncryption {}
}
