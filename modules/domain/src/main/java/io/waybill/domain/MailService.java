package io.waybill.domain;

import java.util.List;
import java.util.Optional;

/** Who takes the mails of a destination, and hands them on to where the recipients are. */
public sealed interface MailService
    permits EmailConfig.Smtp, MailService.Ses, MailService.SendGrid {

  /** How a destination's owner names it: {@code config.email.service}. */
  String word();

  /** The host that is called, for messages and before an operator's own endpoint is looked at. */
  String host();

  /** Names of the credentials that it asks for, as they are sealed. */
  List<String> credentialNames();

  /** Where these go; see {@link DestinationConfig#credentialsGoTo}. */
  String credentialsGoTo();

  /**
   * Amazon SES, by the interface of its version 2.
   *
   * @param region becomes part of the host that is called, and so is checked before it does
   * @param configurationSet of the account, named with every mail
   * @param session whether a session token is sealed beside the key pair
   */
  record Ses(String region, Optional<String> configurationSet, boolean session)
      implements MailService {
    public static final String ACCESS_KEY_ID = "email.config.accessKeyId";
    public static final String SECRET_ACCESS_KEY = "email.config.secretAccessKey";
    public static final String SESSION_TOKEN = "email.config.sessionToken";

    @Override
    public String word() {
      return "ses";
    }

    @Override
    public String host() {
      return "email." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : "");
    }

    @Override
    public List<String> credentialNames() {
      return session
          ? List.of(ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN)
          : List.of(ACCESS_KEY_ID, SECRET_ACCESS_KEY);
    }

    /** One of Amazon's regions is as trustworthy as the other. */
    @Override
    public String credentialsGoTo() {
      return "https://email.amazonaws.com:443";
    }
  }

  /** SendGrid, by the interface of its version 3. */
  record SendGrid() implements MailService {
    public static final String API_KEY = "email.apiKey";

    @Override
    public String word() {
      return "sendgrid";
    }

    @Override
    public String host() {
      return "api.sendgrid.com";
    }

    @Override
    public List<String> credentialNames() {
      return List.of(API_KEY);
    }

    @Override
    public String credentialsGoTo() {
      return "https://api.sendgrid.com:443";
    }
  }
}
