package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.channel.CredentialSource;
import io.waybill.channel.email.cms.Envelope;
import io.waybill.channel.email.cms.PasswordKeys;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.EmailRules;
import io.waybill.domain.FieldError;
import io.waybill.domain.MailAddress;
import io.waybill.domain.MailCertificates;
import io.waybill.domain.MailEncryption;
import io.waybill.domain.MailEncryptionRules;
import io.waybill.domain.Reason;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the mail of one attempt. Checks everything again: topics can be written by others. */
final class Composer {
  private final CredentialSource credentials;
  private final PasswordKeys keys;
  private final InstantSource clock;

  Composer(CredentialSource credentials, PasswordKeys keys, InstantSource clock) {
    this.credentials = credentials;
    this.keys = keys;
    this.clock = clock;
  }

  Composed compose(Attempt attempt, EmailConfig config) {
    return compose(attempt, config, (logIn, password) -> mail(attempt, config, logIn, password));
  }

  /** The same without the mail. */
  Composed composeLogIn(Attempt attempt, EmailConfig config) {
    return compose(attempt, config, (logIn, password) -> new Composed.LogInAlone(logIn));
  }

  /** What is made of a destination that is right, once its credentials are known. */
  @FunctionalInterface
  private interface Next {
    Composed with(Dialogue.@Nullable LogIn logIn, Optional<String> encryptionPassword);
  }

  private Composed compose(Attempt attempt, EmailConfig config, Next next) {
    List<FieldError> errors = EmailRules.checkConfig(config);
    if (!errors.isEmpty()) {
      return new Composed.Never(Reason.INVALID_FIELD, inWords(errors));
    }
    List<FieldError> withoutKey = withoutValidCertificate(config);
    if (!withoutKey.isEmpty()) {
      return new Composed.Never(Reason.CERTIFICATE_NOT_VALID, inWords(withoutKey));
    }
    if (config.credentialNames().isEmpty()) {
      return next.with(null, Optional.empty());
    }
    return switch (credentials.open(attempt.secrets(), config)) {
      case CredentialSource.Opened opened -> {
        try (opened) {
          yield withCredentials(attempt, config, next, opened);
        }
      }
      case CredentialSource.KeyUnavailable(String message) ->
          new Composed.NotNow(Reason.KEY_UNAVAILABLE, message);
      case CredentialSource.Broken(String message) -> new Composed.Never(Reason.INTEGRITY, message);
    };
  }

  /** Nobody gets a mail while one cannot: what is replayed later is replayed for all. */
  private List<FieldError> withoutValidCertificate(EmailConfig config) {
    List<FieldError> errors = new ArrayList<>();
    if (config.encryption().orElse(null) instanceof MailEncryption.ToCertificates to) {
      for (int i = 0; i < config.recipients().size(); i++) {
        if (validFor(to, address(config.recipients().get(i))).isEmpty()) {
          errors.add(
              new FieldError(
                  "config.email.recipients[" + i + "]",
                  MailCertificates.EXPIRED,
                  "has no certificate that is valid now, and no mail is sent in clear: update the"
                      + " destination with a new certificate, then replay"));
        }
      }
    }
    return errors;
  }

  private List<X509Certificate> validFor(MailEncryption.ToCertificates to, MailAddress recipient) {
    return MailCertificates.validFor(to.pem(), recipient, clock.instant());
  }

  private static Composed withCredentials(
      Attempt attempt, EmailConfig config, Next next, CredentialSource.Opened opened) {
    List<FieldError> errors = new ArrayList<>();
    for (String name : config.credentialNames()) {
      Optional<String> value = opened.value(name);
      if (value.isEmpty()) {
        return missing(attempt, name);
      }
      errors.addAll(
          name.equals(EmailConfig.ENCRYPTION_PASSWORD)
              ? MailEncryptionRules.checkPassword(
                  value.get(), Optional.of(attempt.destination().organizationId()))
              : EmailRules.checkCredential(name, value.get()));
    }
    if (!errors.isEmpty()) {
      return new Composed.Never(Reason.INVALID_CREDENTIAL, inWords(errors));
    }
    Optional<Dialogue.LogIn> logIn =
        opened
            .value(EmailConfig.USER)
            .flatMap(user ->
                opened
                    .value(EmailConfig.PASSWORD)
                    .map(password -> new Dialogue.LogIn(user, password)));
    return next.with(
        config.smtp().authenticates() ? logIn.orElseThrow() : null,
        opened.value(EmailConfig.ENCRYPTION_PASSWORD));
  }

  private static Composed missing(Attempt attempt, String name) {
    // Destinations and secrets are two topics; one may be read a moment before the other.
    if (attempt.secrets().version() < attempt.destination().version()) {
      return new Composed.NotNow(
          Reason.DESTINATION_PENDING, "the credentials have not arrived yet at this sender");
    }
    return new Composed.Never(
        Reason.INVALID_CREDENTIAL,
        name.equals(EmailConfig.ENCRYPTION_PASSWORD)
            ? "the password that mails are encrypted with is missing: set it anew by updating the"
                + " destination"
            : "user or password is missing: set both anew by updating the destination");
  }

  private Composed mail(
      Attempt attempt,
      EmailConfig config,
      Dialogue.@Nullable LogIn logIn,
      Optional<String> encryptionPassword) {
    try {
      return new Composed.Ready(
          MailRenderer.render(config, attempt),
          protection(attempt, config, encryptionPassword),
          address(config.from()),
          config.recipients().stream().map(Composer::address).toList(),
          logIn);
    } catch (Unrenderable never) {
      return new Composed.Never(never.reason(), never.words());
    }
  }

  private Protection protection(
      Attempt attempt, EmailConfig config, Optional<String> encryptionPassword) {
    Optional<MailEncryption> encryption = config.encryption();
    if (encryption.isEmpty()) {
      return new Protection.ConnectionAlone();
    }
    return switch (encryption.get()) {
      case MailEncryption.ToCertificates to -> {
        Map<MailAddress, Envelope> envelopes = new HashMap<>();
        for (String text : config.recipients()) {
          MailAddress recipient = address(text);
          envelopes.put(recipient, Envelope.toCertificates(validFor(to, recipient)));
        }
        yield new Protection.ByCertificates(envelopes);
      }
      case MailEncryption.ToPassword(Optional<String> coverTemplate) ->
          new Protection.ByPassword(
              keys.envelope(attempt.destination().id().value(), encryptionPassword.orElseThrow()),
              MailRenderer.cover(coverTemplate, attempt));
    };
  }

  private static MailAddress address(String text) {
    return MailAddress.parse(text)
        .orElseThrow(() -> new IllegalStateException("an address that was checked is none"));
  }

  private static String inWords(List<FieldError> errors) {
    return errors.stream().map(FieldError::toString).collect(Collectors.joining("; "));
  }
}
