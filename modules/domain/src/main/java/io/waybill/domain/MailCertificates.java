package io.waybill.domain;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Certificates that mails are encrypted for. Who issued one is not asked: its owner's word counts,
 * who wrote the destination, as it does for the addresses beside it.
 */
public final class MailCertificates {
  private MailCertificates() {}

  public static final String EXPIRED = "certificate-expired";
  public static final String NOT_YET_VALID = "certificate-not-yet-valid";
  public static final String FOR_OTHER_ADDRESS = "certificate-for-other-address";
  public static final String MISSING = "certificate-missing";
  public static final String OF_AUTHORITY = "certificate-of-authority";
  public static final String NOT_FOR_ENCRYPTION = "certificate-not-for-encryption";
  public static final String WEAK_KEY = "weak-key";
  public static final String UNSUPPORTED_KEY = "unsupported-key";

  /** Fewest bits of an RSA key. */
  public static final int MIN_RSA_BITS = 2048;

  /** Most bits of an RSA key: longer ones cost every attempt more than they are worth. */
  public static final int MAX_RSA_BITS = 8192;

  /** Curves of NIST, as {@link AlgorithmParameters} calls them. */
  private static final List<String> CURVES = List.of("secp256r1", "secp384r1", "secp521r1");

  private static final int KEY_ENCIPHERMENT = 2;
  private static final int KEY_AGREEMENT = 4;
  private static final int NO_AUTHORITY = -1;
  private static final int RFC822_NAME = 1;
  private static final String EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4";
  private static final String ANY_PURPOSE = "2.5.29.37.0";
  private static final String EMAIL_ATTRIBUTE = "1.2.840.113549.1.9.1";
  private static final String EMAIL = "EMAIL";

  /**
   * The certificates that a recipient's mail is encrypted for: those that are his and are valid.
   *
   * @param pem as {@link #check} has found it right
   */
  public static List<X509Certificate> validFor(String pem, MailAddress recipient, Instant now) {
    return distinct(pem).stream()
        .filter(certificate -> isFor(certificate, recipient) && isValid(certificate, now))
        .toList();
  }

  /** All that is wrong with certificates and who they are for, time apart. */
  static List<FieldError> check(String field, String pem, List<String> recipients) {
    List<FieldError> unreadable = PemRules.checkCertificates(field, pem);
    if (!unreadable.isEmpty()) {
      return unreadable;
    }
    List<MailAddress> addresses =
        recipients.stream().map(MailAddress::parse).flatMap(Optional::stream).toList();
    List<X509Certificate> certificates = distinct(pem);
    List<FieldError> errors = new ArrayList<>();
    for (int i = 0; i < certificates.size(); i++) {
      String which = certificates.size() == 1 ? "" : "certificate " + (i + 1) + " ";
      Optional<Problem> problem = problem(certificates.get(i), addresses);
      problem.ifPresent(
          found -> errors.add(new FieldError(field, found.code(), which + found.words())));
    }
    return errors.isEmpty() ? withoutCertificate(certificates, recipients) : errors;
  }

  private record Problem(String code, String words) {}

  private static Optional<Problem> problem(
      X509Certificate certificate, List<MailAddress> recipients) {
    if (certificate.getBasicConstraints() != NO_AUTHORITY) {
      return Optional.of(
          new Problem(
              OF_AUTHORITY,
              "is an authority's (CA:TRUE): give the recipient's own, which it signed"));
    }
    Optional<Problem> key = problem(certificate.getPublicKey());
    if (key.isPresent()) {
      return key;
    }
    if (!isForEncryption(certificate)) {
      return Optional.of(
          new Problem(
              NOT_FOR_ENCRYPTION,
              "says of itself that it is not for this: keyUsage must have keyEncipherment (RSA) or"
                  + " keyAgreement (EC), extendedKeyUsage emailProtection, or be left out"));
    }
    if (!recipients.isEmpty() && recipients.stream().noneMatch(it -> isFor(certificate, it))) {
      return Optional.of(
          new Problem(
              FOR_OTHER_ADDRESS,
              "names mail addresses, and none of the recipients is among them: take it out, or"
                  + " give one that names a recipient or nobody"));
    }
    return Optional.empty();
  }

  private static Optional<Problem> problem(PublicKey key) {
    if (key instanceof RSAPublicKey rsa && key.getAlgorithm().equals("RSA")) {
      int bits = rsa.getModulus().bitLength();
      return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS
          ? Optional.empty()
          : Optional.of(
              new Problem(
                  WEAK_KEY,
                  "has an RSA key of "
                      + bits
                      + " bits: "
                      + MIN_RSA_BITS
                      + " to "
                      + MAX_RSA_BITS
                      + " are taken"));
    }
    if (key instanceof ECPublicKey ec && curve(ec).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            UNSUPPORTED_KEY,
            "has a key that no mail can be encrypted for here: take RSA, or EC on P-256, P-384 or"
                + " P-521"));
  }

  /** The curve of a key, as {@link AlgorithmParameters} calls it; nothing of others than NIST's. */
  public static Optional<String> curve(ECPublicKey key) {
    return CURVES.stream().filter(name -> isOn(name, key.getParams())).findFirst();
  }

  private static boolean isOn(String curve, ECParameterSpec key) {
    try {
      AlgorithmParameters known = AlgorithmParameters.getInstance("EC");
      known.init(new ECGenParameterSpec(curve));
      ECParameterSpec spec = known.getParameterSpec(ECParameterSpec.class);
      return spec.getCurve().equals(key.getCurve())
          && spec.getGenerator().equals(key.getGenerator())
          && spec.getOrder().equals(key.getOrder());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM does not know the curve " + curve, e);
    }
  }

  private static boolean isForEncryption(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    int needed =
        certificate.getPublicKey() instanceof ECPublicKey ? KEY_AGREEMENT : KEY_ENCIPHERMENT;
    try {
      List<String> purposes = certificate.getExtendedKeyUsage();
      return (usage == null || usage[needed])
          && (purposes == null
              || purposes.contains(EMAIL_PROTECTION)
              || purposes.contains(ANY_PURPOSE));
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  private static List<FieldError> withoutCertificate(
      List<X509Certificate> certificates, List<String> recipients) {
    List<FieldError> errors = new ArrayList<>();
    for (int i = 0; i < recipients.size(); i++) {
      Optional<MailAddress> recipient = MailAddress.parse(recipients.get(i));
      if (recipient.isPresent()
          && certificates.stream().noneMatch(it -> isFor(it, recipient.get()))) {
        errors.add(
            new FieldError(
                "config.email.recipients[" + i + "]",
                MISSING,
                "has no certificate: each one names other addresses. Add his to"
                    + " encryption.certificates, or a destination of his own"));
      }
    }
    return errors;
  }

  /** Which certificates are not valid at a time. */
  static List<FieldError> checkValidity(String field, String pem, Instant now) {
    List<FieldError> errors = new ArrayList<>();
    for (X509Certificate certificate : distinct(pem)) {
      if (now.isBefore(certificate.getNotBefore().toInstant())) {
        errors.add(
            new FieldError(
                field,
                NOT_YET_VALID,
                "is valid from " + day(certificate.getNotBefore().toInstant()) + " on, not yet"));
      } else if (!isValid(certificate, now)) {
        errors.add(
            new FieldError(
                field,
                EXPIRED,
                "expired on "
                    + day(certificate.getNotAfter().toInstant())
                    + ": give the recipient's new one"));
      }
    }
    return List.copyOf(errors);
  }

  private static boolean isValid(X509Certificate certificate, Instant now) {
    return !now.isBefore(certificate.getNotBefore().toInstant())
        && !now.isAfter(certificate.getNotAfter().toInstant());
  }

  private static String day(Instant time) {
    return time.atZone(ZoneOffset.UTC).toLocalDate().toString();
  }

  private static List<X509Certificate> distinct(String pem) {
    return List.copyOf(new LinkedHashSet<>(PemRules.certificates(pem)));
  }

  private static boolean isFor(X509Certificate certificate, MailAddress recipient) {
    Set<String> addresses = addresses(certificate);
    return addresses.isEmpty() || addresses.contains(recipient.address().toLowerCase(Locale.ROOT));
  }

  /** As it names them, in lower case: nobody's two mailboxes differ in case alone. */
  private static Set<String> addresses(X509Certificate certificate) {
    Set<String> addresses = new HashSet<>();
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      if (names != null) {
        names.stream()
            .filter(name -> name.get(0).equals(RFC822_NAME))
            .forEach(name -> addresses.add(name.get(1).toString().toLowerCase(Locale.ROOT)));
      }
      String subject =
          certificate.getSubjectX500Principal().getName("RFC2253", Map.of(EMAIL_ATTRIBUTE, EMAIL));
      addresses.addAll(emailsIn(subject));
    } catch (CertificateParsingException e) {
      // Whom it names cannot be read, so it is for nobody.
      addresses.add("");
    }
    return addresses;
  }

  /** Of a name as RFC 2253 writes it: parted by comma and plus, which values hold escaped. */
  private static Set<String> emailsIn(String name) {
    Set<String> found = new HashSet<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i <= name.length(); i++) {
      char c = i < name.length() ? name.charAt(i) : ',';
      if (c == '\\' && i + 1 < name.length()) {
        i++;
        part.append(name.charAt(i));
      } else if (c == ',' || c == '+') {
        if (part.indexOf(EMAIL + "=") == 0) {
          found.add(part.substring(EMAIL.length() + 1).toLowerCase(Locale.ROOT));
        }
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    return found;
  }
}
