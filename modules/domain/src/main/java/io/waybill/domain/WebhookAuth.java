package io.waybill.domain;

import java.util.List;

/** How a webhook's sender proves who it is, without the credentials, which are sealed. */
public sealed interface WebhookAuth {
  String USERNAME = "webhook.auth.username";
  String PASSWORD = "webhook.auth.password";
  String TOKEN = "webhook.auth.token";
  String KEY = "webhook.auth.key";

  /** The word in JSON and topics. */
  String word();

  /** The header that it sets. */
  String header();

  /** Names of its sealed credentials. */
  List<String> credentialNames();

  /** User name and password: {@code Authorization: Basic ...} (RFC 7617, UTF-8). */
  record Basic() implements WebhookAuth {
    public static final String WORD = "basic";

    @Override
    public String word() {
      return WORD;
    }

    @Override
    public String header() {
      return "Authorization";
    }

    @Override
    public List<String> credentialNames() {
      return List.of(USERNAME, PASSWORD);
    }
  }

  /** A token: {@code Authorization: Bearer ...} (RFC 6750). */
  record Bearer() implements WebhookAuth {
    public static final String WORD = "bearer";

    @Override
    public String word() {
      return WORD;
    }

    @Override
    public String header() {
      return "Authorization";
    }

    @Override
    public List<String> credentialNames() {
      return List.of(TOKEN);
    }
  }

  /** A key in a header of the receiver's own. */
  record ApiKey(String header) implements WebhookAuth {
    public static final String WORD = "api-key";
    public static final String DEFAULT_HEADER = "X-Api-Key";

    @Override
    public String word() {
      return WORD;
    }

    @Override
    public List<String> credentialNames() {
      return List.of(KEY);
    }
  }
}
