package io.waybill.app;

import io.waybill.embedded.EmbeddedBroker;
import io.waybill.embedded.EmbeddedBrokerConfig;
import io.waybill.embedded.EmbeddedRegistry;
import io.waybill.embedded.EmbeddedRegistryConfig;
import io.waybill.embedded.PrivateFolder;
import io.waybill.guard.Cidr;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.PayloadKeyFile;
import io.waybill.wire.TopicCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything in one process and one folder: the real broker, a small registry, all roles, and a
 * development keyset. The folder is kept, so that a restart finds every delivery where it was.
 *
 * <p>One owner starts and closes it; single use.
 */
public final class EmbeddedDefault implements AutoCloseable {
  private static final String STREAMS = "streams";

  private final Path dataDir;
  private final List<Cidr> allowCidrs;
  private final int httpPort;
  private final Sending sending;
  private final EmbeddedBroker broker;
  private final EmbeddedRegistry registry;
  private @Nullable WaybillProcess process;

  /**
   * @param dataDir created when missing, for its owner only
   * @param kafkaPort 0 takes a free one
   * @param registryPort 0 takes a free one
   * @param httpPort 0 takes a free one
   * @param allowCidrs networks that receivers may be in although the address guard denies them
   * @param sending what the operator says about sending
   */
  public EmbeddedDefault(
      Path dataDir,
      int kafkaPort,
      int registryPort,
      int httpPort,
      List<Cidr> allowCidrs,
      Sending sending) {
    this.dataDir = dataDir.toAbsolutePath().normalize();
    this.allowCidrs = List.copyOf(allowCidrs);
    this.httpPort = httpPort;
    this.sending = sending;
    this.broker = new EmbeddedBroker(new EmbeddedBrokerConfig(this.dataDir, kafkaPort));
    this.registry = new EmbeddedRegistry(new EmbeddedRegistryConfig(this.dataDir, registryPort));
  }

  /** What a start found. */
  public record Started(EmbeddedEndpoint endpoint, boolean keysetIsNew) {}

  /**
   * Starts all and returns when every role takes work.
   *
   * @throws IllegalStateException when a port is taken or the folder is in use; the message says
   *     what to do
   */
  public Started start() {
    try {
      PrivateFolder.create(dataDir);
      // Inside an open data folder too: its stores hold payloads that wait.
      PrivateFolder.create(dataDir.resolve(STREAMS));
    } catch (IOException e) {
      throw new UncheckedIOException("data folder " + dataDir + " cannot be made", e);
    }
    Path keyset = dataDir.resolve("keyset.json");
    // The broker's lock comes first: it is what keeps a second process out of the folder.
    broker.start();
    registry.start();
    Path payloadKeys = dataDir.resolve("payload-keys.json");
    new PayloadKeyFile(payloadKeys).createUnlessThere();
    boolean keysetIsNew = Keyset.loadOrCreateDevelopment(keyset).created();
    WaybillConfig config =
        new WaybillConfig(
            Role.all(),
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            Map.of("schema.registry.url", registry.url()),
            keyset,
            dataDir.resolve(STREAMS),
            "embedded",
            TopicCatalog.EMBEDDED_PARTITIONS,
            allowCidrs,
            httpPort,
            sending.withPayloadKeys(payloadKeys));
    WaybillProcess started = new WaybillProcess(config, WaybillProcess.Topics.CREATE);
    process = started;
    started.start();
    started.awaitReady();
    EmbeddedEndpoint endpoint =
        new EmbeddedEndpoint(
            broker.bootstrapServers(),
            registry.url(),
            keyset,
            payloadKeys,
            started.httpUrl(),
            allowCidrs,
            sending.unencryptedSmtp());
    endpoint.write(dataDir);
    return new Started(endpoint, keysetIsNew);
  }

  /** Whether every role works. */
  public boolean isHealthy() {
    return process != null && process.isHealthy();
  }

  @Override
  public void close() {
    if (process != null) {
      // Only what this process wrote: another one may own the folder, and this one never started.
      EmbeddedEndpoint.delete(dataDir);
      process.close();
    }
    registry.close();
    broker.close();
  }
}
