package io.waybill.domain;

import java.util.Locale;
import java.util.Optional;

/** How a destination is reached. Each type has its own topics and its own consumer group. */
public enum DestinationType {
  WEBHOOK,
  EMAIL,
  STORAGE;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** The word used in JSON, topic names and metrics: lower case. */
  public String word() {
    return word;
  }

  /** Reads {@link #word()}; case matters. */
  public static Optional<DestinationType> parse(String word) {
    for (DestinationType type : values()) {
      if (type.word().equals(word)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
