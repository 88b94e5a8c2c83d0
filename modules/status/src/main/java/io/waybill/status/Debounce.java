package io.waybill.status;

import java.time.Duration;

/**
 * How often one kind of alert may be raised about one destination. What comes and goes is told each
 * time it comes, {@code maximum} times within {@code window}, then {@code cooldown} has to pass.
 * What stays is told again after each {@code cooldown}.
 */
public record Debounce(Duration window, Duration cooldown, int maximum) {
  /** More would be kept in each destination's state. */
  public static final int HIGHEST_MAXIMUM = 100;

  public Debounce {
    if (window.toMillis() < 1) {
      throw new IllegalArgumentException("window must be at least 1 ms, not " + window);
    }
    if (cooldown.toMillis() < 1) {
      throw new IllegalArgumentException("cooldown must be at least 1 ms, not " + cooldown);
    }
    if (maximum < 1 || maximum > HIGHEST_MAXIMUM) {
      throw new IllegalArgumentException(
          "maximum must be 1 to " + HIGHEST_MAXIMUM + ", not " + maximum);
    }
  }

  static Debounce minutes(int window, int cooldown, int maximum) {
    return new Debounce(Duration.ofMinutes(window), Duration.ofMinutes(cooldown), maximum);
  }
}
