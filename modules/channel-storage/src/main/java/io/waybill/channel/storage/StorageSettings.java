package io.waybill.channel.storage;

import java.time.Duration;

/**
 * How the storage channel uses its machine.
 *
 * @param userAgent what stores see as {@code User-Agent}
 * @param maxConnections per store; the sender's limits on attempts under way come first
 * @param connectTimeout for each address of a host, so that a second address gets a chance, and
 *     again for its TLS handshake
 * @param keepAlive how long an idle connection is kept when the store says nothing
 * @param timeToLive a connection's age at which it is given up, so that a moved name is noticed
 */
public record StorageSettings(
    String userAgent,
    int maxConnections,
    Duration connectTimeout,
    Duration keepAlive,
    Duration timeToLive) {

  public StorageSettings {
    if (maxConnections < 1) {
      throw new IllegalArgumentException("maxConnections must be at least 1");
    }
  }

  /** What fits most installations. */
  public static StorageSettings defaults(String version) {
    return new StorageSettings(
        "Waybill/" + version,
        1_000,
        Duration.ofSeconds(10),
        Duration.ofSeconds(15),
        Duration.ofMinutes(5));
  }
}
