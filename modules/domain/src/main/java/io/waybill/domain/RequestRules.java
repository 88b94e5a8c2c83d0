package io.waybill.domain;

import java.time.Duration;

/** The limits of a request, in one place. Sizes in bytes of UTF-8 unless said otherwise. */
public final class RequestRules {
  private RequestRules() {}

  /** Largest payload data: 10 MiB. */
  public static final int MAX_DATA_BYTES = 10 * 1024 * 1024;

  /** Largest metadata object. */
  public static final int MAX_METADATA_BYTES = 64 * 1024;

  /** Most destinations of one request. */
  public static final int MAX_DESTINATIONS = 50;

  /** Deepest nesting of arrays and objects in data and metadata. */
  public static final int MAX_DEPTH = 64;

  /** Longest string in data, in characters: a whole payload can be one string. */
  public static final int MAX_STRING_LENGTH = MAX_DATA_BYTES;

  /** Longest {@code payload.type}, in characters. */
  public static final int MAX_TYPE_LENGTH = 128;

  /** Longest {@code idempotencyKey} and {@code correlationId}, in characters. */
  public static final int MAX_KEY_LENGTH = 255;

  /** Most tags of one request. */
  public static final int MAX_TAGS = 50;

  /** Longest tag, in characters. */
  public static final int MAX_TAG_LENGTH = 128;

  /**
   * How far {@code deliverAt} may lie ahead. Requests are kept for a limited time, and what is left
   * of it is for the retries after the first attempt.
   */
  public static final Duration MAX_DELIVER_AHEAD = Duration.ofDays(5);

  /** Longest name of who asks for something, in characters. */
  public static final int MAX_ACTOR_LENGTH = 255;

  /**
   * Whether {@code actor} can stand in the audit trail: it is copied there, and what no audit
   * record can hold would stop whoever writes it.
   */
  public static boolean isActor(String actor) {
    return !actor.isBlank() && actor.length() <= MAX_ACTOR_LENGTH && !hasControlCharacters(actor);
  }

  /**
   * Whether {@code text} has a character that no header, subject or log line may carry: a control
   * character or half of a surrogate pair.
   */
  public static boolean hasControlCharacters(String text) {
    return text.codePoints().anyMatch(point -> Character.isISOControl(point) || isHalfAPair(point));
  }

  /** {@link String#codePoints} gives a surrogate only when its other half is missing. */
  private static boolean isHalfAPair(int point) {
    return Character.getType(point) == Character.SURROGATE;
  }
}
