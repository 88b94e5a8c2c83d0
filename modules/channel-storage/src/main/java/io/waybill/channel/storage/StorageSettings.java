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
 * @param parts when an object is written in parts
 */
public record StorageSettings(
    String userAgent,
    int maxConnections,
    Duration connectTimeout,
    Duration keepAlive,
    Duration timeToLive,
    Parts parts) {

  public StorageSettings {
    if (maxConnections < 1) {
      throw new IllegalArgumentException("maxConnections must be at least 1");
    }
  }

  /**
   * How large objects are written.
   *
   * @param threshold from how many bytes on
   * @param size of each part in bytes, the last one excepted; stores take no less than 5 MiB
   */
  public record Parts(int threshold, int size) {
    static final Parts USUAL = new Parts(8 * 1024 * 1024, 5 * 1024 * 1024);
  }

  /** What fits most installations. */
  public static StorageSettings defaults(String version) {
    return new StorageSettings(
        "Waybill/" + version,
        1_000,
        Duration.ofSeconds(10),
        Duration.ofSeconds(15),
        Duration.ofMinutes(5),
        Parts.USUAL);
  }
}
