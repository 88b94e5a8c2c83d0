package io.waybill.embedded;

import java.nio.file.Path;
import java.util.Map;

/**
 * What the embedded broker is told.
 *
 * @param dataDir holds the broker's data in {@code kafka/}; made when it is missing. One broker at
 *     a time may use it
 * @param port where clients connect on loopback; 0 takes a free one at each start
 * @param overrides broker properties that win over the embedded defaults, for tests; where it
 *     listens, the node and its folder are not up for change
 */
public record EmbeddedBrokerConfig(Path dataDir, int port, Map<String, String> overrides) {

  public EmbeddedBrokerConfig {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 0 (any free one) to 65535, not " + port);
    }
    dataDir = dataDir.toAbsolutePath().normalize();
    overrides = Map.copyOf(overrides);
  }

  /** The embedded defaults on the given port. */
  public EmbeddedBrokerConfig(Path dataDir, int port) {
    this(dataDir, port, Map.of());
  }

  /**
   * The broker properties of the embedded defaults without addresses, node and folder; for a broker
   * elsewhere that should behave the same.
   */
  public static Map<String, String> defaults() {
    return BrokerSettings.DEFAULTS;
  }
}
