package io.waybill.destinations;

import java.time.Duration;

/**
 * The limits of the destinations topology.
 *
 * @param maxDestinations most destinations of one organization, deleted ones not counted
 * @param commandMemory how long a command id gets its first answer again, at least
 * @param deletedRetention how long a deleted destination is kept, at least
 * @param sweepInterval how often what is due to be forgotten is looked for
 * @param sweepLimit most entries that one look forgets, so that it never holds up commands
 */
public record DestinationsConfig(
    int maxDestinations,
    Duration commandMemory,
    Duration deletedRetention,
    Duration sweepInterval,
    int sweepLimit) {

  public DestinationsConfig {
    if (maxDestinations < 1) {
      throw new IllegalArgumentException(
          "maxDestinations must be at least 1, not " + maxDestinations);
    }
    if (sweepLimit < 1) {
      throw new IllegalArgumentException("sweepLimit must be at least 1, not " + sweepLimit);
    }
    requirePositive("commandMemory", commandMemory);
    requirePositive("deletedRetention", deletedRetention);
    requirePositive("sweepInterval", sweepInterval);
  }

  /**
   * 10,000 destinations, command ids known for 24 h, deleted destinations kept for 30 days (as long
   * as dead letters can be replayed), 1,000 entries forgotten per minute.
   */
  public static DestinationsConfig defaults() {
    return new DestinationsConfig(
        10_000, Duration.ofHours(24), Duration.ofDays(30), Duration.ofMinutes(1), 1_000);
  }

  private static void requirePositive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " must be longer than nothing, not " + value);
    }
  }
}
