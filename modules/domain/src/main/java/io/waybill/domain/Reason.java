package io.waybill.domain;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why something did not (yet) go through: the code in events, dead letters, status and metrics. The
 * kebab-case form is public API; a code may be added, never given another meaning.
 */
public enum Reason {
  // Requests and records that cannot be taken
  /** Not JSON, or not one JSON object, or not UTF-8, or a broken Avro record. */
  MALFORMED,
  /** The record's schema id is not known to the registry. */
  UNKNOWN_SCHEMA,
  /** One or more fields are wrong; the field errors say which. */
  INVALID_FIELD,
  /** The payload's data is larger than 10 MiB. */
  PAYLOAD_TOO_LARGE,
  /** The idempotency key was used for other content. */
  IDEMPOTENCY_CONFLICT,
  /** The delivery id was used for other content. */
  DELIVERY_ID_CONFLICT,
  /** The request's topic may not speak for the organization that it names. */
  ORGANIZATION_NOT_ALLOWED,
  /** None of the destinations can be sent to. */
  NO_DESTINATION,
  /** No such delivery, or no such task in it, in this organization. */
  DELIVERY_NOT_FOUND,

  // Destinations that cannot be resolved
  /** No such destination in this organization. */
  DESTINATION_NOT_FOUND,
  /** Switched off by its owner. */
  DESTINATION_DISABLED,
  /** Deleted while a task was under way. */
  DESTINATION_DELETED,
  /** The task's type is not the destination's. */
  TYPE_MISMATCH,

  // Waiting, at no cost of an attempt
  /** Waits for its next attempt. */
  RETRY,
  /** Waits because the publisher asked for a later time. */
  DELIVER_AT,
  /** Waits for a destination version that this sender has not seen yet. */
  DESTINATION_PENDING,
  /** Waits because the credentials cannot be opened now. */
  KEY_UNAVAILABLE,
  /** Waits because the payload or the registry cannot be reached now. */
  DEPENDENCY_UNAVAILABLE,
  /** Waits because the operator's egress proxy lets nothing out now, or not to there. */
  EGRESS_UNAVAILABLE,
  /** Waits because the destination, its organization or its type is paused. */
  PAUSED,
  /** Waits because the destination's breaker is open. */
  BREAKER_OPEN,
  /** Waits because the destination's lane is full. */
  OVERFLOW,

  // Ends
  /** All attempts are used up. */
  ATTEMPTS_EXHAUSTED,
  /** Older than the destination's maxAge. */
  MAX_AGE,
  /** The request's expiresAt has passed. */
  EXPIRED,
  /** Cancelled by a command. */
  CANCELLED,
  /** The request record that holds the payload is gone or differs from its SHA-256. */
  PAYLOAD_MISSING,
  /** The key that the payload was sealed with was destroyed: nobody can read it any more. */
  PAYLOAD_KEY_DESTROYED,

  // Attempts: answers
  /** A status code that another try may change: 408, 425, 429, 5xx. */
  HTTP_TRANSIENT,
  /** A status code that another try will not change: most of 4xx. */
  HTTP_PERMANENT,
  /** 410: the receiver is gone for good. */
  GONE,
  /** 3xx; redirects are never followed. */
  REDIRECT_REFUSED,
  /** The answer is not in the protocol of the destination's type. */
  PROTOCOL_ERROR,
  /** 4xx of a mail server, or a refusal before any mail: another try may change it. */
  SMTP_TRANSIENT,
  /** 5xx of a mail server for a sender, a recipient or a mail: another try will not change it. */
  SMTP_PERMANENT,
  /** The receiver does not take the configured credentials. */
  CREDENTIALS_REFUSED,

  // Attempts: what is made of the payload
  /** A template asks for a field that neither the data nor the metadata has. */
  TEMPLATE_FIELD_MISSING,
  /** A value that stands in a header holds a line break or another control character. */
  TEMPLATE_HEADER_INJECTION,
  /** What a template came to is too large. */
  RENDERED_TOO_LARGE,
  /** No valid certificate is left to encrypt a recipient's mail for; none is sent in clear. */
  CERTIFICATE_NOT_VALID,

  // Attempts: object storage
  /** The store refuses for now: throttled, in trouble, its answer unclear, the clock off. */
  STORAGE_TRANSIENT,
  /** The store refuses for good: no such bucket, no right to it, a key that it does not know. */
  STORAGE_PERMANENT,
  /** Other content lies under the object's key; nothing is overwritten. */
  STORAGE_CONFLICT,

  // Attempts: on the way
  /** No answer within the attempt's deadline. */
  TIMEOUT,
  /** The host has no address. */
  DNS_FAILURE,
  /** The address guard refused an address of the host, or the port. */
  ADDRESS_DENIED,
  /** Nobody listens there. */
  CONNECTION_REFUSED,
  /** The connection broke. */
  CONNECTION_LOST,
  /** The certificate or the handshake is not acceptable. */
  TLS_FAILURE,
  /** A configured header or credential cannot be sent. */
  INVALID_CREDENTIAL,
  /** A sealed credential or payload was altered, or was sealed for something else. */
  INTEGRITY,
  /** A bug in a channel: an outcome like any other, never a dead consumer. */
  CHANNEL_ERROR,

  /** A code that a newer version wrote and this one does not know. */
  UNKNOWN;

  private final String code = name().toLowerCase(Locale.ROOT).replace('_', '-');

  private static final Map<String, Reason> BY_CODE =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(Reason::code, reason -> reason));

  /** The public, kebab-case form: {@code destination-not-found}. */
  public String code() {
    return code;
  }

  /** Reads {@link #code()}; a code of a newer version is {@link #UNKNOWN}. */
  public static Reason parse(String code) {
    return BY_CODE.getOrDefault(code, UNKNOWN);
  }
}
