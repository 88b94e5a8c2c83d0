package io.waybill.domain;

import java.util.Locale;

/** What an alert is about. The word is public API: one may be added, none changes its meaning. */
public enum AlertKind {
  /** Too large a share of the attempts of the last minutes failed. */
  FAILURE_RATE,
  /** Too many attempts failed one after the other. */
  CONSECUTIVE_FAILURES,
  /** Too many tasks have not ended. */
  BACKLOG,
  /** Attempts take too long on average. */
  LATENCY,
  /** The destination has been failing for so long that it will be disabled if it goes on. */
  WARNED_BEFORE_DISABLING,
  /** The destination was disabled, and not by its owner. */
  DISABLED,
  /** Nothing is the matter any more of what an alert had told. */
  RECOVERED;

  /** The word in topics, JSON and configuration: {@code failure-rate}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Reads {@link #word()}.
   *
   * @throws IllegalArgumentException when there is no such kind
   */
  public static AlertKind parse(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
