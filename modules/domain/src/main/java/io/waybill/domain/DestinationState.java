package io.waybill.domain;

import java.util.Locale;

/** Where one destination of a delivery stands. */
public enum DestinationState {
  PENDING(false),
  PARKED(false),
  RETRYING(false),
  DELIVERED(true),
  FAILED(true),
  CANCELLED(true);

  private final String word = name().toLowerCase(Locale.ROOT);
  private final boolean terminal;

  DestinationState(boolean terminal) {
    this.terminal = terminal;
  }

  /** Whether only a replay can change it. */
  public boolean isTerminal() {
    return terminal;
  }

  /** The word in topics and JSON: lower case. */
  public String word() {
    return word;
  }

  /** Reads {@link #word()}. */
  public static DestinationState parse(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
