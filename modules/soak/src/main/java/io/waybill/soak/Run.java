package io.waybill.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What was asked of a run, and when what happened; {@code run.json}.
 *
 * @param calm windows in which nothing was wrong
 * @param dead windows in which one destination was dead, and nothing else was wrong
 */
record Run(
    long seed,
    Duration lasts,
    int brokers,
    Duration every,
    int perSecond,
    String commit,
    List<Window> calm,
    List<Window> dead) {

  /** From then to then. */
  record Window(Instant from, Instant to) {
    boolean has(Instant time) {
      return !time.isBefore(from) && time.isBefore(to);
    }
  }

  Run {
    calm = List.copyOf(calm);
    dead = List.copyOf(dead);
  }

  static Run of(SoakConfig config, String commit, List<Window> calm, List<Window> dead) {
    return new Run(
        config.seed(),
        config.lasts(),
        config.brokers(),
        config.every(),
        config.perSecond(),
        commit,
        calm,
        dead);
  }

  ObjectNode json() {
    ObjectNode json = RunFiles.object();
    json.put("seed", seed);
    json.put("seconds", lasts.toSeconds());
    json.put("brokers", brokers);
    json.put("signalEveryMillis", every.toMillis());
    json.put("requestsPerSecond", perSecond);
    json.put("commit", commit);
    write(json, "calm", calm);
    write(json, "dead", dead);
    return json;
  }

  private static void write(ObjectNode json, String name, List<Window> windows) {
    var array = json.putArray(name);
    for (Window window : windows) {
      array.addObject().put("from", window.from().toString()).put("to", window.to().toString());
    }
  }

  static Run read(JsonNode json) {
    return new Run(
        json.path("seed").asLong(),
        Duration.ofSeconds(json.path("seconds").asLong()),
        json.path("brokers").asInt(),
        Duration.ofMillis(json.path("signalEveryMillis").asLong()),
        json.path("requestsPerSecond").asInt(),
        json.path("commit").asText(),
        windows(json.path("calm")),
        windows(json.path("dead")));
  }

  private static List<Window> windows(JsonNode array) {
    List<Window> windows = new ArrayList<>();
    array.forEach(one ->
        windows.add(
            new Window(
                Instant.parse(one.path("from").asText()), Instant.parse(one.path("to").asText()))));
    return windows;
  }
}
