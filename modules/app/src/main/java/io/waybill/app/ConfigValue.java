package io.waybill.app;

import java.util.Locale;
import java.util.Optional;

/**
 * One value of the effective configuration, for people: secrets are masked, references stand as
 * they were written.
 *
 * @param key the whole key
 * @param variable the environment variable that it comes from, if it does
 */
public record ConfigValue(String key, String text, Source source, Optional<String> variable) {
  /** Where a value comes from. */
  public enum Source {
    FILE,
    ENVIRONMENT,
    DEFAULT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
