package io.waybill.domain;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a webhook destination must look like, in one place: asked by the SDK before it publishes, by
 * the topology that owns destinations, and by the channel before each attempt.
 *
 * <p>Every method names all that is wrong, not the first thing. Header values have a method of
 * their own because they are sealed before a destination is published. Addresses are not judged
 * here: a name can mean another address at every look-up, so that belongs to each attempt.
 */
public final class WebhookRules {
  private WebhookRules() {}

  public static final String INVALID_URL = "invalid-url";
  public static final String USERINFO_NOT_ALLOWED = "userinfo-not-allowed";
  public static final String INVALID_HEADER = "invalid-header";
  public static final String FORBIDDEN_HEADER = "forbidden-header";

  /** Longest URL, in characters. */
  public static final int MAX_URL_LENGTH = 2048;

  /** Most configured headers. */
  public static final int MAX_HEADERS = 50;

  /** Names and values of all configured headers together, in bytes. */
  public static final int MAX_HEADER_BYTES = 8 * 1024;

  private static final int LONGEST_SHOWN = 255;
  private static final String SECTION = "config.webhook";
  private static final Set<String> METHODS = Set.of("POST", "PUT", "PATCH");

  /** RFC 9110, section 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** Framing, routing and hop-by-hop fields: another value there changes what a request is. */
  private static final Set<String> FORBIDDEN_NAMES =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "expect",
          "upgrade",
          "te",
          "trailer",
          "http2-settings");

  private static final List<String> FORBIDDEN_PREFIXES = List.of("proxy-", "webhook-", "waybill-");

  /** All that is wrong with a configuration, header values excepted. */
  public static List<FieldError> checkConfig(WebhookConfig config) {
    List<FieldError> errors = new ArrayList<>(checkUrl(config.url().toString()));
    errors.addAll(checkMethod(config.method()));
    errors.addAll(DestinationRules.checkTimeout(SECTION, config.timeout()));
    config.retry().ifPresent(retry -> errors.addAll(DestinationRules.checkRetry(SECTION, retry)));
    errors.addAll(checkHeaderNames(config.headerNames()));
    errors.addAll(checkIdentity(config));
    return List.copyOf(errors);
  }

  /** All that is wrong with signing, authentication and TLS, beside URL and headers. */
  public static List<FieldError> checkIdentity(WebhookConfig config) {
    List<String> names = config.headerNames();
    List<FieldError> errors = new ArrayList<>();
    List<String> all = new ArrayList<>(names);
    if (config.auth().orElse(null) instanceof WebhookAuth.ApiKey key) {
      all.add(key.header());
    }
    config.signing().ifPresent(signing -> errors.addAll(SigningRules.check(signing, all)));
    config.auth().ifPresent(auth -> errors.addAll(WebhookAuthRules.check(auth, names)));
    config.tls().ifPresent(tls -> errors.addAll(checkTls(tls, config.url())));
    if (config.gzip() && names.stream().anyMatch("content-encoding"::equalsIgnoreCase)) {
      errors.add(
          new FieldError(
              "config.webhook.gzip",
              INVALID_HEADER,
              "sets the header Content-Encoding, which stands in headers too: leave one of them"
                  + " out"));
    }
    return List.copyOf(errors);
  }

  private static List<FieldError> checkTls(WebhookTls tls, URI url) {
    String field = SECTION + ".tls";
    List<FieldError> errors = new ArrayList<>();
    if (!"https".equalsIgnoreCase(url.getScheme())) {
      errors.add(
          new FieldError(
              field, DestinationRules.INVALID_VALUE, "belongs to an https URL: this one is not"));
    }
    if (tls.ca().isEmpty() && tls.clientCertificate().isEmpty()) {
      errors.add(
          new FieldError(
              field,
              DestinationRules.REQUIRED,
              "holds nothing: give ca, or clientCertificate and clientKey, or leave it out"));
    }
    tls.ca().ifPresent(pem -> errors.addAll(PemRules.checkCertificates(field + ".ca", pem)));
    tls.clientCertificate()
        .ifPresent(
            pem -> errors.addAll(PemRules.checkCertificates(field + ".clientCertificate", pem)));
    return errors;
  }

  /** All that is wrong with a URL as its owner wrote it. Nothing of it is repeated in a message. */
  public static List<FieldError> checkUrl(String url) {
    return WebhookUrlRules.check(url);
  }

  /** Whether the method is exactly one of those that carry a body. */
  public static List<FieldError> checkMethod(String method) {
    return METHODS.contains(method)
        ? List.of()
        : List.of(
            new FieldError(
                "config.webhook.method",
                DestinationRules.INVALID_VALUE,
                "must be POST, PUT or PATCH, upper case"));
  }

  /** All that is wrong with the names of the configured headers. */
  public static List<FieldError> checkHeaderNames(List<String> names) {
    List<FieldError> errors = new ArrayList<>();
    if (names.size() > MAX_HEADERS) {
      errors.add(
          new FieldError(
              "config.webhook.headers",
              DestinationRules.TOO_MANY,
              "are " + names.size() + ", at most " + MAX_HEADERS + " are allowed"));
    }
    if (names.stream().mapToInt(String::length).sum() > MAX_HEADER_BYTES) {
      errors.add(headersTooLong());
    }
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      errors.addAll(checkHeaderName(name));
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        errors.add(
            new FieldError(headerField(name), INVALID_HEADER, "is named twice; case is ignored"));
      }
    }
    return List.copyOf(errors);
  }

  /** What is wrong with the name of one configured header. */
  public static List<FieldError> checkHeaderName(String name) {
    String field = headerField(name);
    if (!TOKEN.matcher(name).matches()) {
      return List.of(
          new FieldError(
              field,
              INVALID_HEADER,
              "is not a header name: letters, digits and !#$%&'*+-.^_`|~ are allowed"));
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (FORBIDDEN_NAMES.contains(lower)
        || FORBIDDEN_PREFIXES.stream().anyMatch(lower::startsWith)) {
      return List.of(
          new FieldError(field, FORBIDDEN_HEADER, "cannot be configured: Waybill sets it itself"));
    }
    return List.of();
  }

  /** All that is wrong with the value of one configured header; it is never repeated. */
  public static List<FieldError> checkHeaderValue(String name, String value) {
    String field = headerField(name);
    List<FieldError> errors = new ArrayList<>();
    if (name.length() + value.length() > MAX_HEADER_BYTES) {
      errors.add(headersTooLong());
    }
    if (!value.chars().allMatch(c -> c == '\t' || (c >= 0x20 && c < 0x7f))) {
      errors.add(
          new FieldError(
              field,
              INVALID_HEADER,
              "has a character that no header can carry: visible ASCII, blank and tab are"
                  + " allowed"));
    }
    UnsetCredential.check(field, name, value).ifPresent(errors::add);
    return List.copyOf(errors);
  }

  /**
   * Whether all headers together are too long to be sent.
   *
   * @param bytes names and values of all of them
   */
  public static List<FieldError> checkHeaderBytes(long bytes) {
    return bytes > MAX_HEADER_BYTES ? List.of(headersTooLong()) : List.of();
  }

  private static FieldError headersTooLong() {
    return new FieldError(
        "config.webhook.headers",
        DestinationRules.TOO_LONG,
        "are longer than " + MAX_HEADER_BYTES + " bytes, names and values together");
  }

  private static String headerField(String name) {
    // A broken name must not break the line or the terminal that the error is shown in.
    String shown = TOKEN.matcher(name).matches() ? name : name.replaceAll("[^!-~]", "?");
    return "config.webhook.headers."
        + (shown.length() > LONGEST_SHOWN ? shown.substring(0, LONGEST_SHOWN) : shown);
  }
}
