package io.waybill.app;

import io.waybill.domain.DestinationType;
import io.waybill.wire.Topics;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which topics hold a marker, and which may. */
final class Sightings {
  private Sightings() {}

  static Set<String> topicsWith(Marker marker, List<RawRecord> cluster) {
    return cluster.stream()
        .filter(record -> record.holds(marker))
        .map(RawRecord::topic)
        .collect(Collectors.toSet());
  }

  /** The topics whose records carry payloads, and the stores of requests and tasks that wait. */
  static boolean mayHoldPayloads(String topic) {
    Set<String> topics =
        new HashSet<>(
            Set.of(Topics.REQUESTS, Topics.FAN_OUT_REKEYED, Topics.DEAD_LETTERS, Topics.COMMANDS));
    for (DestinationType type : DestinationType.values()) {
      topics.addAll(Set.of(Topics.tasks(type), Topics.expressTasks(type), Topics.retry(type)));
    }
    return topics.contains(topic)
        || isChangelogOf("waybill.timer", topic)
        || isChangelogOf("waybill.fan-out", topic);
  }

  /** Where the configuration of destinations stands, as far as it is no secret. */
  static boolean mayHoldConfigurations(String topic) {
    return Set.of(Topics.DESTINATION_COMMANDS, Topics.DESTINATIONS).contains(topic)
        || isChangelogOf("waybill.destinations", topic);
  }

  static boolean isChangelogOf(String application, String topic) {
    return topic.startsWith(application + "-") && topic.endsWith("-changelog");
  }
}
