package io.waybill.app;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;

/**
 * The brokers as they describe themselves.
 *
 * @param settings of each broker, by its id
 * @param transactionVersion that the cluster has agreed on; empty when it was never set, and when
 *     {@code problems} says that it cannot be read
 * @param problems why something could not be read, by what it is
 */
record BrokerFacts(
    Map<String, Map<String, String>> settings,
    Optional<Short> transactionVersion,
    Map<String, String> problems) {
  static final String SETTINGS = "settings";
  static final String FEATURES = "features";
  static final String TRANSACTION_VERSION = "transaction.version";
  private static final long WITHIN_SECONDS = 10;

  BrokerFacts {
    settings = new TreeMap<>(settings);
    problems = new TreeMap<>(problems);
  }

  /** Asks every broker, for any may come to keep the senders' offsets and transactions. */
  static BrokerFacts ask(Admin admin) {
    Map<String, String> problems = new HashMap<>();
    Map<String, Map<String, String>> settings =
        ask(() -> settings(admin), SETTINGS, problems).orElse(Map.of());
    Optional<Short> version =
        ask(() -> transactionVersion(admin), FEATURES, problems).flatMap(found -> found);
    return new BrokerFacts(settings, version, problems);
  }

  /** One question to the brokers. */
  private interface Question<T> {
    T ask() throws ExecutionException, TimeoutException, InterruptedException;
  }

  private static <T> Optional<T> ask(
      Question<T> question, String what, Map<String, String> problems) {
    try {
      return Optional.of(question.ask());
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      problems.put(what, String.valueOf(cause.getMessage()));
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaProblem("interrupted while waiting to read the brokers' " + what, e);
    }
  }

  private static Map<String, Map<String, String>> settings(Admin admin)
      throws ExecutionException, TimeoutException, InterruptedException {
    List<ConfigResource> brokers =
        within(admin.describeCluster().nodes()).stream()
            .map(Node::idString)
            .map(id -> new ConfigResource(ConfigResource.Type.BROKER, id))
            .toList();
    Map<String, Map<String, String>> settings = new HashMap<>();
    within(admin.describeConfigs(brokers).all())
        .forEach((broker, config) -> {
          Map<String, String> own = new HashMap<>();
          config.entries().stream()
              .filter(entry -> entry.value() != null)
              .forEach(entry -> own.put(entry.name(), entry.value()));
          settings.put(broker.name(), own);
        });
    return settings;
  }

  private static Optional<Short> transactionVersion(Admin admin)
      throws ExecutionException, TimeoutException, InterruptedException {
    return Optional.ofNullable(
            within(admin.describeFeatures().featureMetadata())
                .finalizedFeatures()
                .get(TRANSACTION_VERSION))
        .map(FinalizedVersionRange::maxVersionLevel);
  }

  private static <T> T within(KafkaFuture<T> future)
      throws ExecutionException, TimeoutException, InterruptedException {
    return future.get(WITHIN_SECONDS, TimeUnit.SECONDS);
  }
}
