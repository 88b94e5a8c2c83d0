package io.waybill.domain;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What encrypted mails ask of a destination: a certificate or a password that can be used, and
 * nothing of the data where everybody can read it. Asked by whoever asks {@link EmailRules}.
 *
 * <p>What changes with time is judged apart: by the SDK before it publishes, and before each
 * attempt. A mail that cannot be encrypted is not sent.
 */
public final class MailEncryptionRules {
  private MailEncryptionRules() {}

  public static final String UNSUPPORTED_ALGORITHM = "unsupported-algorithm";
  public static final String KEY_MISSING = "encryption-key-missing";
  public static final String KEY_AMBIGUOUS = "encryption-key-ambiguous";
  public static final String WEAK_PASSWORD = "weak-password";

  /** A template asks for a field that would travel in clear. */
  public static final String SHOWN_IN_CLEAR = "shown-in-clear";

  /** Shortest password, in characters. */
  public static final int MIN_PASSWORD_LENGTH = 16;

  /** Longest password, in characters. */
  public static final int MAX_PASSWORD_LENGTH = 256;

  /**
   * What subject and covering text of an encrypted mail may show. Taken from the delivery itself:
   * data that has a field called {@code date} does not show it there.
   */
  public static final Set<String> CLEAR_NAMES =
      Set.of(
          "date",
          "time",
          "timestamp",
          "year",
          "month",
          "day",
          "deliveryId",
          "organizationId",
          "type");

  /** How long before its end a certificate is worth a warning. */
  public static final Duration EXPIRES_SOON = Duration.ofDays(30);

  private static final int FEWEST_DIFFERENT_CHARACTERS = 8;
  private static final String ENCRYPTION = "config.email.encryption";
  private static final String CERTIFICATES = ENCRYPTION + ".certificates";

  /** Whether it is the one algorithm; letters count in either case. */
  public static List<FieldError> checkAlgorithm(String algorithm) {
    return algorithm.toUpperCase(Locale.ROOT).equals(MailEncryption.ALGORITHM)
        ? List.of()
        : List.of(
            new FieldError(
                ENCRYPTION + ".algorithm",
                UNSUPPORTED_ALGORITHM,
                "must be "
                    + MailEncryption.ALGORITHM
                    + ", the only one here: nothing weaker is used, and nothing that does not"
                    + " notice a change"));
  }

  /**
   * All that is wrong, time and password apart.
   *
   * @param recipients as configured; what is no address is left to others
   */
  public static List<FieldError> check(
      MailEncryption encryption, Optional<String> subject, List<String> recipients) {
    List<FieldError> errors = new ArrayList<>();
    subject.ifPresent(text -> errors.addAll(checkClear("config.email.subject", text)));
    if (encryption instanceof MailEncryption.ToCertificates to) {
      errors.addAll(MailCertificates.check(CERTIFICATES, to.pem(), recipients));
    }
    if (encryption instanceof MailEncryption.ToPassword to) {
      to.coverTemplate().ifPresent(text -> errors.addAll(checkCover(text)));
    }
    return List.copyOf(errors);
  }

  private static List<FieldError> checkCover(String template) {
    String field = ENCRYPTION + ".coverTemplate";
    List<FieldError> errors = new ArrayList<>(TemplateRules.check(field, template));
    errors.addAll(checkClear(field, template));
    return errors;
  }

  private static List<FieldError> checkClear(String field, String template) {
    return CLEAR_NAMES.containsAll(TemplateRules.firstNames(template))
        ? List.of()
        : List.of(
            new FieldError(
                field,
                SHOWN_IN_CLEAR,
                "travels in clear, also with an encrypted mail, and so may show "
                    + CLEAR_NAMES.stream()
                        .sorted()
                        .map(name -> "{{" + name + "}}")
                        .collect(Collectors.joining(", "))
                    + " and nothing else: move every other field into bodyTemplate, which is"
                    + " encrypted"));
  }

  /** All that is wrong with certificates at a time: which are not valid yet, or no longer. */
  public static List<FieldError> checkValidity(MailEncryption encryption, Instant now) {
    return encryption instanceof MailEncryption.ToCertificates to
        ? MailCertificates.checkValidity(CERTIFICATES, to.pem(), now)
        : List.of();
  }

  /** What is right now, and will not be for long; in words. */
  public static List<String> warnings(MailEncryption encryption, Instant now) {
    if (!(encryption instanceof MailEncryption.ToCertificates to)) {
      return List.of();
    }
    return PemRules.certificates(to.pem()).stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .filter(end -> end.isAfter(now) && end.isBefore(now.plus(EXPIRES_SOON)))
        .map(end ->
            CERTIFICATES
                + ": a certificate expires on "
                + end.atZone(ZoneOffset.UTC).toLocalDate()
                + "; from then on mails become dead letters, for none is sent in clear: update the"
                + " destination with a new one before, beside the old one if need be")
        .toList();
  }

  /**
   * All that is wrong with a password; it is never repeated.
   *
   * @param organization whose password it is, where that is known
   */
  public static List<FieldError> checkPassword(
      String password, Optional<OrganizationId> organization) {
    String field = "config." + EmailConfig.ENCRYPTION_PASSWORD;
    Optional<FieldError> unset =
        UnsetCredential.check(field, UnsetCredential.ANY_CREDENTIAL, password);
    if (unset.isPresent()) {
      return List.of(unset.get());
    }
    if (password.length() > MAX_PASSWORD_LENGTH) {
      return List.of(
          new FieldError(
              field,
              DestinationRules.TOO_LONG,
              "must have at most " + MAX_PASSWORD_LENGTH + " characters"));
    }
    // Others are other bytes on other machines, and what cannot be typed cannot be opened.
    if (!password.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      return List.of(
          new FieldError(
              field,
              DestinationRules.INVALID_VALUE,
              "must be of printable ASCII characters: the recipient types it on a machine whose"
                  + " encoding nobody knows"));
    }
    boolean weak =
        password.length() < MIN_PASSWORD_LENGTH
            || password.chars().distinct().count() < FEWEST_DIFFERENT_CHARACTERS
            || organization.map(id -> password.equalsIgnoreCase(id.value())).orElse(false);
    return weak
        ? List.of(
            new FieldError(
                field,
                WEAK_PASSWORD,
                "must have at least "
                    + MIN_PASSWORD_LENGTH
                    + " characters, at least "
                    + FEWEST_DIFFERENT_CHARACTERS
                    + " of them different, and not be the organization's id: whoever has the mail"
                    + " can try passwords for ever; `openssl rand -base64 24` makes a good one"))
        : List.of();
  }
}
