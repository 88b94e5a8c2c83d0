package io.waybill.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was asked of a run, and when what happened; {@code run.json}.
 *
 * @param plannedKills how many SIGKILLs its schedule has
 * @param calm windows in which nothing was wrong
 * @param dead windows in which one destination was dead, and nothing else was wrong
 * @param load when requests were published; empty of a run that did not come to its end
 */
record Run(
    long seed,
    Duration lasts,
    int brokers,
    Duration every,
    int perSecond,
    String commit,
    long plannedKills,
    List<Window> calm,
    List<Window> dead,
    Optional<Window> load) {

  private static final double MILLIS = 1_000.0;

  /** From then to then. */
  record Window(Instant from, Instant to) {
    boolean has(Instant time) {
      return !time.isBefore(from) && time.isBefore(to);
    }

    Duration length() {
      return Duration.between(from, to);
    }
  }

  Run {
    calm = List.copyOf(calm);
    dead = List.copyOf(dead);
  }

  static Run of(
      SoakConfig config,
      String commit,
      List<Fault> schedule,
      List<Window> calm,
      List<Window> dead) {
    return new Run(
        config.seed(),
        config.lasts(),
        config.brokers(),
        config.every(),
        config.perSecond(),
        commit,
        schedule.stream().mapToLong(fault -> fault.kind().kills()).sum(),
        calm,
        dead,
        Optional.empty());
  }

  /** With the time in which requests were published. */
  Run loaded(Window window) {
    return new Run(
        seed,
        lasts,
        brokers,
        every,
        perSecond,
        commit,
        plannedKills,
        calm,
        dead,
        Optional.of(window));
  }

  ObjectNode json() {
    ObjectNode json = RunFiles.object();
    json.put("seed", seed);
    json.put("seconds", lasts.toMillis() / MILLIS);
    json.put("brokers", brokers);
    json.put("signalEveryMillis", every.toMillis());
    json.put("requestsPerSecond", perSecond);
    json.put("commit", commit);
    json.put("plannedKills", plannedKills);
    write(json, "calm", calm);
    write(json, "dead", dead);
    write(json, "load", load.stream().toList());
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
        Duration.ofMillis(Math.round(json.path("seconds").asDouble() * MILLIS)),
        json.path("brokers").asInt(),
        Duration.ofMillis(json.path("signalEveryMillis").asLong()),
        json.path("requestsPerSecond").asInt(),
        json.path("commit").asText(),
        json.path("plannedKills").asLong(),
        windows(json.path("calm")),
        windows(json.path("dead")),
        windows(json.path("load")).stream().findFirst());
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
