package io.waybill.domain;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the URL of a webhook must look like. Read by {@link URI} alone, whose parts the channel
 * dials: two parsers that disagree about a host are how an address gets past a check.
 */
final class WebhookUrlRules {
  private WebhookUrlRules() {}

  /** All that is wrong with a URL as its owner wrote it. Nothing of it is repeated in a message. */
  static List<FieldError> check(String url) {
    String field = "config.webhook.url";
    if (url.isBlank()) {
      return List.of(
          new FieldError(
              field, DestinationRules.REQUIRED, "is missing: give an http or https URL"));
    }
    if (References.isIn(url)) {
      return List.of(References.refused(field));
    }
    List<FieldError> errors = new ArrayList<>();
    if (url.length() > WebhookRules.MAX_URL_LENGTH) {
      errors.add(
          new FieldError(
              field,
              WebhookRules.INVALID_URL,
              "has "
                  + url.length()
                  + " characters, at most "
                  + WebhookRules.MAX_URL_LENGTH
                  + " are allowed"));
    }
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      // The exception's message repeats the URL, which may hold a password.
      errors.add(
          new FieldError(
              field,
              WebhookRules.INVALID_URL,
              "is not a URL: the character at position "
                  + e.getIndex()
                  + " cannot stand there (blanks and non-ASCII characters must be %-encoded)"));
      return List.copyOf(errors);
    }
    checkParts(uri, field, errors);
    return List.copyOf(errors);
  }

  private static void checkParts(URI uri, String field, List<FieldError> errors) {
    String scheme = uri.getScheme();
    if (!"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
      errors.add(
          new FieldError(field, WebhookRules.INVALID_URL, "must start with https:// or http://"));
      return;
    }
    String authority = uri.getRawAuthority();
    if (uri.getRawUserInfo() != null || (authority != null && authority.contains("@"))) {
      errors.add(
          new FieldError(
              field,
              WebhookRules.USERINFO_NOT_ALLOWED,
              "must not hold user and password: put them into an Authorization header, which is"
                  + " sealed"));
    } else if (uri.getHost() == null) {
      errors.add(
          new FieldError(
              field,
              WebhookRules.INVALID_URL,
              "has no usable host: a host is a name of letters, digits, dots and hyphens, an IPv4"
                  + " address of four numbers, or an IPv6 address in brackets"));
    }
    if (uri.getPort() != -1 && (uri.getPort() < 1 || uri.getPort() > 65535)) {
      errors.add(new FieldError(field, WebhookRules.INVALID_URL, "has a port outside 1 to 65535"));
    }
    if (uri.getRawFragment() != null) {
      errors.add(
          new FieldError(
              field, WebhookRules.INVALID_URL, "must not hold a fragment (#): it is never sent"));
    }
    // URI lets other letters through where RFC 3986 does not; on the wire they would be guessed.
    if (!uri.toString().chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      errors.add(
          new FieldError(
              field, WebhookRules.INVALID_URL, "must be ASCII: %-encode other characters"));
    }
  }
}
