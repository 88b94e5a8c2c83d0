package io.waybill.domain;

import java.util.Locale;

/** Where a delivery stands as a whole. */
public enum OverallState {
  /** Accepted; no attempt has ended yet. */
  QUEUED,
  /** Under way. */
  PROCESSING,
  /** Every destination has it, or a fallback in its place. */
  COMPLETED,
  /** No destination got it, and none will by itself. */
  FAILED,
  /** Some destinations got it, the others will not by themselves. */
  PARTIAL,
  /** The request was refused. */
  REJECTED,
  /** The same as an earlier request. */
  DUPLICATE,
  /** Ended by a command before any destination got it. */
  CANCELLED,
  /** Ended because its time was over before any destination got it. */
  EXPIRED;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** Whether nothing more happens by itself; a retry or a replay can still open it again. */
  public boolean hasEnded() {
    return switch (this) {
      case QUEUED, PROCESSING -> false;
      case COMPLETED, FAILED, PARTIAL, REJECTED, DUPLICATE, CANCELLED, EXPIRED -> true;
    };
  }

  /** The word in topics and JSON: lower case. */
  public String word() {
    return word;
  }

  /** Reads {@link #word()}. */
  public static OverallState parse(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
