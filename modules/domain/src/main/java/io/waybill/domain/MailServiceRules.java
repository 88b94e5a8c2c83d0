package io.waybill.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the services ask for that mails are handed over to by HTTP. Asked by whoever asks {@link
 * EmailRules}; values are never repeated.
 */
public final class MailServiceRules {
  private MailServiceRules() {}

  private static final String SECTION = "config.email.";
  private static final Pattern CONFIGURATION_SET = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** It becomes a header's value, so nothing that could end one. */
  private static final Pattern API_KEY = Pattern.compile("[!-~]{1,1024}");

  /** All that is wrong with a service, credentials excepted. */
  public static List<FieldError> check(MailService service) {
    if (service instanceof EmailConfig.Smtp smtp) {
      List<FieldError> errors = new ArrayList<>(EmailRules.checkHost(smtp.host()));
      errors.addAll(EmailRules.checkPort(smtp.port()));
      return List.copyOf(errors);
    }
    if (service instanceof MailService.Ses ses) {
      List<FieldError> errors = new ArrayList<>(checkRegion(ses.region()));
      ses.configurationSet().ifPresent(name -> errors.addAll(checkConfigurationSet(name)));
      return List.copyOf(errors);
    }
    return List.of();
  }

  /** Whether it is one of Amazon's regions: anything else could become another host's name. */
  public static List<FieldError> checkRegion(String region) {
    return checkRegion("config.region", region);
  }

  /**
   * The same.
   *
   * @param field below {@code config.email.}
   */
  public static List<FieldError> checkRegion(String field, String region) {
    if (References.isIn(region)) {
      return List.of(References.refused(SECTION + field));
    }
    return StorageRules.isRegionOfAmazon(region)
        ? List.of()
        : invalid(field, "must be a region of Amazon's, such as us-east-1");
  }

  /** What is wrong with the name of a configuration set. */
  public static List<FieldError> checkConfigurationSet(String name) {
    return CONFIGURATION_SET.matcher(name).matches()
        ? List.of()
        : invalid(
            "config.configurationSet", "must be 1 to 64 letters, digits, hyphens and underscores");
  }

  /**
   * All that is wrong with a credential.
   *
   * @param name one of {@link MailService#credentialNames}, of SES or SendGrid
   */
  public static List<FieldError> checkCredential(String name, String value) {
    String field = "config." + name;
    Optional<FieldError> unset =
        UnsetCredential.check(field, UnsetCredential.ANY_CREDENTIAL, value);
    if (unset.isPresent()) {
      return List.of(unset.get());
    }
    return switch (name) {
      case MailService.Ses.ACCESS_KEY_ID -> StorageCredentialRules.checkKeyIdOfAmazon(field, value);
      case MailService.Ses.SECRET_ACCESS_KEY ->
          StorageCredentialRules.checkSecretOfAmazon(field, value);
      case MailService.Ses.SESSION_TOKEN -> StorageCredentialRules.checkToken(field, value);
      case MailService.SendGrid.API_KEY ->
          API_KEY.matcher(value).matches()
              ? List.of()
              : invalid(
                  "apiKey",
                  "must be at most 1024 visible ASCII characters without blanks: the key alone,"
                      + " without Bearer before it");
      default -> throw new IllegalArgumentException("not a credential of a mail service");
    };
  }

  /**
   * What a service cannot carry of what was promised to recipients. It is refused, never sent with
   * less.
   */
  public static List<FieldError> checkEncryption(
      MailService service, Optional<MailEncryption> encryption) {
    boolean cannot =
        service instanceof MailService.SendGrid
            && encryption.filter(to -> to instanceof MailEncryption.ToCertificates).isPresent();
    return cannot
        ? List.of(
            new FieldError(
                SECTION + "encryption.certificates",
                DestinationRules.NOT_AVAILABLE,
                "cannot be had with service sendgrid, which makes each mail out of parts and has"
                    + " none for S/MIME: encrypt with a password, or use service ses, or smtp with"
                    + " smtpConfig.preset \"sendgrid\""))
        : List.of();
  }

  private static List<FieldError> invalid(String field, String message) {
    return List.of(new FieldError(SECTION + field, DestinationRules.INVALID_VALUE, message));
  }
}
