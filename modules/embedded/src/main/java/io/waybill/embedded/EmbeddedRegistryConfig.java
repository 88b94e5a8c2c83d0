package io.waybill.embedded;

import java.nio.file.Path;

/**
 * What the embedded schema registry is told.
 *
 * @param dataDir holds the schemas in {@code registry/}; may be the broker's. One registry at a
 *     time may use it
 * @param port where it listens on loopback; 0 takes a free one at each start
 */
public record EmbeddedRegistryConfig(Path dataDir, int port) {

  public EmbeddedRegistryConfig {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 0 (any free one) to 65535, not " + port);
    }
    dataDir = dataDir.toAbsolutePath().normalize();
  }
}
