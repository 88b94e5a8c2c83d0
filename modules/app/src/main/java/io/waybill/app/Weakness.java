package io.waybill.app;

import io.waybill.app.TopicJudge.Difference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Something in which brokers or topics keep less than the promise needs.
 *
 * @param places brokers or topics, all with the same
 * @param setting what is wrong there
 * @param toDo for an operator
 */
record Weakness(List<String> places, String setting, String found, String wanted, String toDo) {
  private static final String ALTER =
      "kafka-configs --alter --entity-type topics --entity-name TOPIC --add-config ";

  Weakness {
    places = List.copyOf(places);
  }

  static Weakness of(String place, String setting, String found, String wanted, String toDo) {
    return new Weakness(List.of(place), setting, found, wanted, toDo);
  }

  /** Topics with the same difference together, for there may be many. */
  static List<Weakness> ofTopics(Map<String, List<Difference>> topics) {
    Map<Difference, List<String>> same = new LinkedHashMap<>();
    topics.forEach((topic, differences) ->
        differences.stream()
            .filter(difference -> difference.weight() != TopicJudge.Weight.OTHER)
            .forEach(
                difference -> same.computeIfAbsent(difference, _ -> new ArrayList<>()).add(topic)));
    return same.entrySet().stream()
        .map(entry ->
            new Weakness(
                entry.getValue(),
                entry.getKey().setting(),
                entry.getKey().found(),
                entry.getKey().wanted(),
                toDo(entry.getKey())))
        .toList();
  }

  private static String toDo(Difference difference) {
    return switch (difference.setting()) {
      case TopicJudge.PARTITIONS ->
          "the number of partitions cannot be changed on a live installation, because state and"
              + " destinations are found by partition: set `partitions` in the configuration to"
              + " what is there, or begin with new topics";
      case TopicJudge.REPLICAS ->
          "add replicas with kafka-reassign-partitions; new topics get them from `waybill topics"
              + " apply --replication-factor 3`";
      default -> ALTER + difference.setting() + "=" + difference.wanted().replace("at least ", "");
    };
  }

  @Override
  public String toString() {
    return String.join(", ", places)
        + ": "
        + setting
        + " is "
        + found
        + ", must be "
        + wanted
        + "; "
        + toDo;
  }
}
