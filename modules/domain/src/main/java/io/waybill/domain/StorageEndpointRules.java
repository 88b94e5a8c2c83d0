package io.waybill.domain;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the URL of a store must look like. Read by {@link URI} alone, whose host the channel dials:
 * two parsers that disagree about a host are how an address gets past a check.
 */
final class StorageEndpointRules {
  private StorageEndpointRules() {}

  private static final String FIELD = "config.storage.config.endpoint";
  private static final int MAX_ENDPOINT_LENGTH = 512;

  /** All that is wrong with the URL of a store that is not Amazon's. */
  static List<FieldError> check(String url) {
    if (References.isIn(url)) {
      return List.of(References.refused(FIELD));
    }
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      // The exception's message repeats the URL, which may hold a password.
      return badUrl(
          "is not a URL: the character at position " + e.getIndex() + " cannot stand there");
    }
    String scheme = uri.getScheme();
    if (!"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
      return badUrl("must start with https:// or http://");
    }
    List<FieldError> errors = new ArrayList<>();
    String authority = uri.getRawAuthority();
    if (authority != null && authority.contains("@")) {
      errors.add(
          new FieldError(
              FIELD,
              StorageRules.USERINFO_NOT_ALLOWED,
              "must not hold user and password: they belong into accessKeyId and secretAccessKey,"
                  + " which are sealed"));
    } else if (uri.getHost() == null) {
      errors.addAll(
          badUrl(
              "has no usable host: a host is a name of letters, digits, dots and hyphens, an IPv4"
                  + " address of four numbers, or an IPv6 address in brackets"));
    }
    if (uri.getPort() != -1 && (uri.getPort() < 1 || uri.getPort() > 65535)) {
      errors.addAll(badUrl("has a port outside 1 to 65535"));
    }
    String path = uri.getRawPath();
    if (path != null && !path.isEmpty() && !path.equals("/")) {
      errors.addAll(badUrl("must not hold a path: the bucket has a field of its own"));
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      errors.addAll(badUrl("must not hold a query (?) or a fragment (#)"));
    }
    if (url.length() > MAX_ENDPOINT_LENGTH || !url.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      errors.addAll(badUrl("must be ASCII, at most " + MAX_ENDPOINT_LENGTH + " characters"));
    }
    return List.copyOf(errors);
  }

  private static List<FieldError> badUrl(String message) {
    return List.of(new FieldError(FIELD, StorageRules.INVALID_URL, message));
  }
}
