package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.EmailRules;
import io.waybill.domain.FieldError;
import io.waybill.domain.MailAddress;
import io.waybill.domain.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the mail of one attempt. Checks everything again: topics can be written by others. */
final class Composer {
  private final CredentialSource credentials;

  Composer(CredentialSource credentials) {
    this.credentials = credentials;
  }

  Composed compose(Attempt attempt, EmailConfig config) {
    return compose(attempt, config, logIn -> mail(attempt, config, logIn));
  }

  /** The same without the mail. */
  Composed composeLogIn(Attempt attempt, EmailConfig config) {
    return compose(attempt, config, Composed.LogInAlone::new);
  }

  /** What is made of a destination that is right, once it is known who logs in. */
  @FunctionalInterface
  private interface Next {
    Composed with(Dialogue.@Nullable LogIn logIn);
  }

  private Composed compose(Attempt attempt, EmailConfig config, Next next) {
    List<FieldError> errors = EmailRules.checkConfig(config);
    if (!errors.isEmpty()) {
      return new Composed.Never(Reason.INVALID_FIELD, inWords(errors));
    }
    if (!config.smtp().authenticates()) {
      return next.with(null);
    }
    return switch (credentials.open(attempt.secrets(), config)) {
      case CredentialSource.Opened opened -> {
        try (opened) {
          yield withLogIn(attempt, next, opened);
        }
      }
      case CredentialSource.KeyUnavailable(String message) ->
          new Composed.NotNow(Reason.KEY_UNAVAILABLE, message);
      case CredentialSource.Broken(String message) -> new Composed.Never(Reason.INTEGRITY, message);
    };
  }

  private static Composed withLogIn(Attempt attempt, Next next, CredentialSource.Opened opened) {
    Optional<String> user = opened.value(EmailConfig.USER);
    Optional<String> password = opened.value(EmailConfig.PASSWORD);
    if (user.isEmpty() || password.isEmpty()) {
      return missing(attempt);
    }
    List<FieldError> errors =
        new ArrayList<>(EmailRules.checkCredential(EmailConfig.USER, user.get()));
    errors.addAll(EmailRules.checkCredential(EmailConfig.PASSWORD, password.get()));
    if (!errors.isEmpty()) {
      return new Composed.Never(Reason.INVALID_CREDENTIAL, inWords(errors));
    }
    return next.with(new Dialogue.LogIn(user.get(), password.get()));
  }

  private static Composed missing(Attempt attempt) {
    // Destinations and secrets are two topics; one may be read a moment before the other.
    if (attempt.secrets().version() < attempt.destination().version()) {
      return new Composed.NotNow(
          Reason.DESTINATION_PENDING, "the credentials have not arrived yet at this sender");
    }
    return new Composed.Never(
        Reason.INVALID_CREDENTIAL,
        "user or password is missing: set both anew by updating the destination");
  }

  private static Composed mail(
      Attempt attempt, EmailConfig config, Dialogue.@Nullable LogIn logIn) {
    try {
      return new Composed.Ready(
          MailRenderer.render(config, attempt),
          address(config.from()),
          config.recipients().stream().map(Composer::address).toList(),
          logIn);
    } catch (Unrenderable never) {
      return new Composed.Never(never.reason(), never.words());
    }
  }

  private static MailAddress address(String text) {
    return MailAddress.parse(text)
        .orElseThrow(() -> new IllegalStateException("an address that was checked is none"));
  }

  private static String inWords(List<FieldError> errors) {
    return errors.stream().map(FieldError::toString).collect(Collectors.joining("; "));
  }
}
