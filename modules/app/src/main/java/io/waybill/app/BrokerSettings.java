package io.waybill.app;

import io.waybill.sender.SenderConfig;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the brokers take what senders write beside their offsets. With too small a limit a commit
 * is refused with an error that ends the producer, again and again, and only under load.
 */
final class BrokerSettings {
  static final String OFFSET_METADATA = "offset.metadata.max.bytes";
  private static final Logger LOG = LoggerFactory.getLogger(BrokerSettings.class);
  private static final long WITHIN_SECONDS = 10;

  private BrokerSettings() {}

  /**
   * Asks every broker, for any may come to keep the senders' offsets. Brokers that do not tell (it
   * needs the right to describe the cluster's configuration) are taken to have Kafka's default,
   * which is enough.
   *
   * @throws IllegalStateException when a broker takes less than senders need
   */
  static void requireRoomForCommits(Admin admin) {
    Map<ConfigResource, Config> brokers;
    try {
      Collection<Node> nodes =
          admin.describeCluster().nodes().get(WITHIN_SECONDS, TimeUnit.SECONDS);
      List<ConfigResource> resources =
          nodes.stream()
              .map(node -> new ConfigResource(ConfigResource.Type.BROKER, node.idString()))
              .toList();
      brokers = admin.describeConfigs(resources).all().get(WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // Worst case: the limit is too small, and the sender's commits fail loudly.
      LOG.atWarn()
          .addKeyValue("setting", OFFSET_METADATA)
          .addKeyValue("needed", SenderConfig.LONGEST_COMMIT_METADATA)
          .addKeyValue("problem", String.valueOf(e.getMessage()))
          .log("brokers do not tell a setting, Kafka's default is assumed");
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaProblem("interrupted while waiting to read the brokers' settings", e);
    }
    requireRoomForCommits(brokers);
  }

  /** The same of what the brokers told. */
  static void requireRoomForCommits(Map<ConfigResource, Config> brokers) {
    String tooSmall =
        brokers.entrySet().stream()
            .filter(broker -> isTooSmall(broker.getValue()))
            .map(broker ->
                "broker "
                    + broker.getKey().name()
                    + " has "
                    + broker.getValue().get(OFFSET_METADATA).value())
            .sorted()
            .collect(Collectors.joining(", "));
    if (!tooSmall.isEmpty()) {
      throw new IllegalStateException(
          "the brokers take too little metadata with a commit: "
              + OFFSET_METADATA
              + " must be at least "
              + SenderConfig.LONGEST_COMMIT_METADATA
              + ", but "
              + tooSmall
              + ". Senders write there which tasks beyond the offset are done, so that a crash"
              + " repeats only what was under way. Remove the setting (Kafka's default is 4096)"
              + " and restart the brokers");
    }
  }

  private static boolean isTooSmall(Config broker) {
    ConfigEntry entry = broker.get(OFFSET_METADATA);
    return entry != null
        && entry.value() != null
        && Long.parseLong(entry.value()) < SenderConfig.LONGEST_COMMIT_METADATA;
  }
}
