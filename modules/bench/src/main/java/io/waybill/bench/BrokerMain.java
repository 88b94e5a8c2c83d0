package io.waybill.bench;

import io.waybill.embedded.EmbeddedBroker;
import io.waybill.embedded.EmbeddedBrokerConfig;
import io.waybill.embedded.EmbeddedRegistry;
import io.waybill.embedded.EmbeddedRegistryConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The embedded broker and schema registry as a process of the benchmark. */
final class BrokerMain {
  /** What has been measured goes at once: a fast benchmark writes some hundred MiB a second. */
  private static final Map<String, String> FORGETS_SOON =
      Map.of("log.retention.check.interval.ms", "2000", "log.segment.delete.delay.ms", "1000");

  private BrokerMain() {}

  /** {@code args}: data folder. Ready line: bootstrap servers, registry URL. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    try (EmbeddedBroker broker =
            new EmbeddedBroker(new EmbeddedBrokerConfig(folder, 0, FORGETS_SOON));
        EmbeddedRegistry registry = new EmbeddedRegistry(new EmbeddedRegistryConfig(folder, 0))) {
      broker.start();
      registry.start();
      Orders.serve(broker.bootstrapServers() + " " + registry.url(), Orders::unknown);
    }
    System.exit(0);
  }
}
