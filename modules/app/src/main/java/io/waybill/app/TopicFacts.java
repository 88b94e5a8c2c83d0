package io.waybill.app;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;

/**
 * A topic as Kafka describes it.
 *
 * @param replicas of the partition that has fewest
 * @param settings as they hold, whether the topic's own or the brokers'
 */
record TopicFacts(String name, int partitions, int replicas, Map<String, String> settings) {
  TopicFacts {
    settings = Map.copyOf(settings);
  }

  static TopicFacts of(TopicDescription description, Config config) {
    return new TopicFacts(
        description.name(),
        description.partitions().size(),
        description.partitions().stream()
            .mapToInt(partition -> partition.replicas().size())
            .min()
            .orElse(0),
        config.entries().stream()
            .filter(entry -> entry.value() != null)
            .collect(Collectors.toMap(entry -> entry.name(), entry -> entry.value())));
  }

  Optional<String> setting(String key) {
    return Optional.ofNullable(settings.get(key)).filter(value -> !value.isEmpty());
  }
}
