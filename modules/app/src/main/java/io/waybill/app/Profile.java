package io.waybill.app;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How much must be kept whatever happens: the word {@code profile} of the configuration. */
public enum Profile {
  /** Brokers and topics must be as the promise needs them, or nothing starts. */
  PRODUCTION,
  /** One broker will do, and what it loses is lost. */
  DEVELOPMENT;

  /** The word in the configuration. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads {@link #word()}. */
  public static Optional<Profile> parse(String word) {
    return Stream.of(values()).filter(profile -> profile.word().equals(word)).findFirst();
  }

  /** How records must be kept. */
  Durability durability() {
    return switch (this) {
      case PRODUCTION -> Durability.PROMISED;
      case DEVELOPMENT -> Durability.ANY;
    };
  }
}
