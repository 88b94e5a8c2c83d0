package io.waybill.soak;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.checker.History;
import io.waybill.checker.HistoryFiles;
import io.waybill.testkit.StallWatch.Stall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run wrote down.
 *
 * @param watched how many records the reader of committed records has read that noted the stalls;
 *     empty when it has failed, or the run did not come to its end
 * @param alarms lines in which a process of Waybill says that more is wrong than was done to it, or
 *     a broker that it starts over a session that lives
 * @param loads the machine's load averages
 */
record Evidence(
    Run run,
    List<Happened> happened,
    History history,
    List<Acknowledged> acknowledged,
    List<Stall> stalls,
    OptionalLong watched,
    List<String> alarms,
    List<Double> loads) {

  private static final String RECORDS = "records";

  private static final Pattern ALARM =
      Pattern.compile(
          "sender failed|sender died|Exception in thread|StackOverflowError|OutOfMemoryError");

  Evidence {
    happened = List.copyOf(happened);
    acknowledged = List.copyOf(acknowledged);
    stalls = List.copyOf(stalls);
    alarms = List.copyOf(alarms);
    loads = List.copyOf(loads);
  }

  static Evidence read(RunFiles files) {
    List<JsonNode> stalls = RunFiles.read(files.stalls(), line -> line);
    return new Evidence(
        Run.read(RunFiles.readJson(files.run())),
        RunFiles.read(files.faults(), Happened::read),
        HistoryFiles.read(List.of(files.submitted()), files.received()),
        RunFiles.read(files.submitted(), Acknowledged::read),
        stalls.stream().filter(line -> line.has("topic")).map(Evidence::stall).toList(),
        stalls.stream()
            .filter(line -> line.has(RECORDS))
            .mapToLong(line -> line.path(RECORDS).asLong())
            .findFirst(),
        alarms(files.logs()),
        RunFiles.read(files.machine(), line -> line.path("load").asDouble()));
  }

  static String line(Stall stall) {
    return RunFiles.object()
        .put("topic", stall.topic())
        .put("partition", stall.partition())
        .put("from", stall.from().toString())
        .put("to", stall.to().toString())
        .toString();
  }

  /** The last line of the history of stalls. */
  static String lineOfRecords(long records) {
    return RunFiles.object().put(RECORDS, records).toString();
  }

  /** The last line of the history of stalls, when whoever noted them has failed. */
  static String lineOfFailure(@Nullable String why) {
    return RunFiles.object().put("failed", why).toString();
  }

  private static Stall stall(JsonNode line) {
    return new Stall(
        line.path("topic").asText(),
        line.path("partition").asInt(),
        Instant.parse(line.path("from").asText()),
        Instant.parse(line.path("to").asText()));
  }

  private static List<String> alarms(Path logs) {
    List<String> alarms = new ArrayList<>();
    try (Stream<Path> all = Files.list(logs)) {
      for (Path log : all.sorted().toList()) {
        String name = log.getFileName().toString();
        boolean isWaybill = Roster.ROLES.keySet().stream().anyMatch(name::startsWith);
        Files.readAllLines(log).stream()
            .filter(
                line -> isWaybill ? ALARM.matcher(line).find() : line.contains(NodeMain.NOT_FENCED))
            .forEach(line -> alarms.add(name + ": " + line));
      }
      return alarms;
    } catch (IOException e) {
      throw new UncheckedIOException("the logs of the run cannot be read", e);
    }
  }
}
